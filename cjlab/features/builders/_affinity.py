"""Affinity: through which channel, and on which device, a customer answers."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, ClassVar, Self

import numpy as np

from cjlab._checks import texts, within
from cjlab.errors import SpecError
from cjlab.features._learned import learned_at
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._engagement import REACTIONS, messages
from cjlab.features.builders._rates import likeliest_of, rates
from cjlab.features.builders._shrunken import Prior, shrunken
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._where import Where

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from cjlab.features.builders._builder import When
    from cjlab.tables import Log


class _Shrunken(Builder):
    """Rates of what is told apart, shrunken, with intervals, and the best of them."""

    means: tuple[float, ...]
    strengths: tuple[float, ...]
    window: str | None
    confidence: float
    _prefix: ClassVar[str]
    _field: ClassVar[str]

    def __post_init__(self) -> None:
        """Check that there is one prior each."""
        super().__post_init__()
        words = texts(self._words, name=self._field)
        if not words:
            raise SpecError(f"{self._field} is empty; name those that are told apart")
        object.__setattr__(self, self._field, words)
        for name, usual in (("means", 1.0 / 3.0), ("strengths", 4.0)):
            given = tuple(getattr(self, name)) or (usual,) * len(words)
            if len(given) != len(words):
                raise SpecError(f"{name} are {len(given)} for {len(words)} {self._field}; give one each")
            high = 1.0 if name == "means" else 1e9
            made = tuple(within(one, 0.0, high, name=name, open_ends=True) for one in given)
            object.__setattr__(self, name, made)
        within(self.confidence, 0.0, 1.0, name="confidence", open_ends=True)

    @property
    def _words(self) -> tuple[str, ...]:
        return tuple(getattr(self, self._field))

    @abstractmethod
    def _cells(self) -> tuple[Cell, ...]:
        """Return two cells a word: how often it could be, how often it was."""

    def columns(self) -> tuple[Column, ...]:
        """Return a rate and its interval each, and the place of the best.

        Returns
        -------
        tuple of Column
            Three features a word, and one.

        Examples
        --------
        >>> import cjlab as cj
        >>> len(cj.features.Affinity(("email", "sms")).columns())
        7
        """
        cells, made = self._cells(), list[Column]()
        priors = [Prior(*one) for one in zip(self.means, self.strengths, strict=True)]
        for place, (word, prior) in enumerate(zip(self._words, priors, strict=True)):
            both, name = cells[2 * place : 2 * place + 2], f"{self._prefix}_{word}"
            made += rates(name, both, prior, confidence=self.confidence, word=word)
        named = ", ".join(f"{place} {word}" for place, word in enumerate(self._words))
        best = partial(_best, priors=priors)
        return (*made, Column(f"{self._prefix}_best", cells, best, "code", f"where the rate is highest: {named}"))

    def fitted(self, log: Log, as_of: str | dt.date) -> Self:
        """Return the same builder with the priors that a log tells before a date.

        Parameters
        ----------
        log : Log
            The log.
        as_of : date or text
            The moment; nothing at or after it is read.

        Returns
        -------
        Self
            With means and strengths at which the counts of its customers are likeliest.

        Examples
        --------
        >>> import cjlab as cj
        >>> world = cj.simulator.World.retail(n_customers=50)
        >>> log = cj.simulator.simulate(world, policy=cj.simulator.RandomContacts(rate=0.2), days=60).log
        >>> len(cj.features.Affinity(("email", "sms")).fitted(log, "2024-02-20").means)
        2
        """
        means, strengths = zip(*likeliest_of(log, as_of, self._cells()), strict=True)
        return replace(self, means=means, strengths=strengths, learned=learned_at(log, as_of, self))  # type: ignore[call-arg] # its fields


@dataclass(frozen=True)
class Affinity(_Shrunken):
    r"""How likely a customer is to answer a message of each channel, shrunken to people like him, with intervals.

    Of *n* messages delivered through a channel (distinct ``contact_id``) he opened or clicked *r*, machines apart.
    Under a beta prior of mean *m* and strength *s*, ``affinity_C`` is :math:`(ms + r) / (s + n)`, and
    ``affinity_C_low`` and ``affinity_C_high`` are the ends of the equal-tailed interval of
    :math:`\mathrm{Beta}(ms + r, (1-m)s + n - r)`, widened to the rate itself where that lies outside; of those who
    answered nothing the low end is 0, for some never will, and of those who answered everything the high end is 1
    (Brown, Cai, DasGupta 2001, doi:10.1214/ss/1009213286), with the whole of the tail beyond the other end. It is an
    interval of the rate that he showed: the mean, over these messages, of how likely each was to be answered, as tired
    of them as he then was; not of the rate that he would have rested, or at another pressure, which is higher where
    messages tire.
    ``affinity_best`` is the place of the channel with the highest rate, 0 for the first; the earlier of equals.

    Parameters
    ----------
    channels : tuple of str
        The channels that are told apart.
    means, strengths : tuple of float
        The prior of each channel: mean within 0 and 1, and strength in messages; 1/3 and 4 unless given.
        :meth:`fitted` reads them from a log.
    window : str, optional
        How far back; everything unless given.
    confidence : float
        Of the intervals.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When there is no channel, or not one prior a channel.

    References
    ----------
    Efron, Morris (1975), Data analysis using Stein's estimator, doi:10.1080/01621459.1975.10479864.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Recipe(cj.features.Affinity(("email",))).names
    ('affinity_email', 'affinity_email_low', 'affinity_email_high', 'affinity_best')
    """

    channels: tuple[str, ...]
    means: tuple[float, ...] = ()
    strengths: tuple[float, ...] = ()
    window: str | None = None
    confidence: float = 0.9
    _prefix: ClassVar[str] = "affinity"
    _field: ClassVar[str] = "channels"

    def _cells(self) -> tuple[Cell, ...]:
        return tuple(
            messages(event, channel, self.window, machine=machine)
            for channel in self.channels
            for event, machine in (("delivered", None), (REACTIONS, False))
        )


@dataclass(frozen=True)
class DeviceAffinity(_Shrunken):
    r"""What part of a customer's acts he does on each device, shrunken to people like him, with intervals.

    Of *n* rows on any of the devices named, *r* are on this one; the rest is as in :class:`Affinity`: the law of each
    device is the marginal one of a Dirichlet prior where the strengths are equal and the means add up to 1.

    Parameters
    ----------
    devices : tuple of str
        The devices that are told apart.
    means, strengths : tuple of float
        The prior of each device: mean within 0 and 1, and strength in rows; 1/3 and 4 unless given. :meth:`fitted`
        reads them from a log.
    window : str, optional
        How far back; everything unless given.
    confidence : float
        Of the intervals.
    of : Where, str or tuple of str
        Which rows; visits, opens and clicks of a person unless given.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When there is no device, or not one prior a device.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Recipe(cj.features.DeviceAffinity(("mobile",))).names[0]
    'device_affinity_mobile'
    """

    devices: tuple[str, ...]
    means: tuple[float, ...] = ()
    strengths: tuple[float, ...] = ()
    window: str | None = None
    confidence: float = 0.9
    of: Where = Where(("visit", *REACTIONS), machine=False)  # noqa: RUF009 - it is frozen
    _prefix: ClassVar[str] = "device_affinity"
    _field: ClassVar[str] = "devices"

    def _cells(self) -> tuple[Cell, ...]:
        any_of_them = Cell("count", replace(self.of, device=self.devices), window=self.window)
        mine = [Cell("count", replace(self.of, device=device), window=self.window) for device in self.devices]
        return tuple(cell for one in mine for cell in (any_of_them, one))


def _best(when: When, *counts: NDArray[np.float64], priors: list[Prior]) -> NDArray[np.float64]:
    del when
    rates = [shrunken(counts[2 * place], counts[2 * place + 1], prior) for place, prior in enumerate(priors)]
    return np.asarray(np.argmax(rates, axis=0), dtype=np.float64)
