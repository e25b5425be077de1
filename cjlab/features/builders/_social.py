"""Social signals: what a customer says of the brand where others hear it, and to how many."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from cjlab._checks import flag, texts, within
from cjlab.errors import SpecError
from cjlab.features._learned import learned_at
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._formulas import counted, distinct, silence
from cjlab.features.builders._purchases import PURCHASE
from cjlab.features.builders._rates import likeliest_of, rates
from cjlab.features.builders._shrunken import Prior
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._where import Where

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.features.builders._builder import When
    from cjlab.tables import Log

_RATES: Final = 2  # of praise and of blame


@dataclass(frozen=True)
class Social(Builder):
    """Recommendations, what he says and likes where others see it, and whether he is one of the silent who only like.

    Of the window: ``social_W`` counts rows on social channels; ``said_W`` acts by which he says something, and
    ``liked_W`` those by which he only agrees; ``passive_W`` is 1 where he liked and said nothing, 0 where he said
    something, NaN where he did neither. ``recommended_W`` counts recommendations, ``recommended_to_W`` the different
    people to whom (``other_customer_id``), ``days_since_recommended`` days of 24 hours since the last, of any time.
    What others say to him lies in their rows, and is not read; :meth:`voices` reads both.

    With ``rates`` there are also ``praise_W`` and ``blame_W``: on what part of the local days on which he bought he
    recommended, or complained (on at most all of them), under a beta prior of mean *m* and strength *s*:
    :math:`(ms + r) / (s + n)`, with ``_low`` and ``_high``, the ends of an interval as :class:`Affinity` has it.

    Parameters
    ----------
    window : str
        How far back.
    says, likes, recommends : tuple of str
        The events that are such acts; what recommends is said too.
    channels : tuple of str
        The channels that are social.
    reach : bool
        Whether to read to whom he recommends.
    complains : tuple of str
        The events by which he speaks badly where others hear it.
    rates : bool
        Whether to say how often he speaks well, and badly.
    means, strengths : tuple of float
        The priors of both: mean within 0 and 1, and strength in days; 0.05 and 4 unless given. :meth:`fitted` reads
        them from a log.
    confidence : float
        Of the intervals.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When the window is no length of time, there is nothing to say, like, recommend or complain by, or a prior is
        none.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Recipe(cj.features.Social("90D", reach=False)).names[:4]
    ('social_90D', 'said_90D', 'liked_90D', 'passive_90D')
    """

    window: str = "365D"
    says: tuple[str, ...] = ("review", "comment", "share", "mention", "post")
    likes: tuple[str, ...] = ("like", "follow")
    recommends: tuple[str, ...] = ("recommendation",)
    channels: tuple[str, ...] = ("social",)
    reach: bool = True
    complains: tuple[str, ...] = ("complaint",)
    rates: bool = False
    means: tuple[float, ...] = (0.05, 0.05)
    strengths: tuple[float, ...] = (4.0, 4.0)
    confidence: float = 0.9

    def __post_init__(self) -> None:
        """Check the acts, the channels, and the priors."""
        super().__post_init__()
        for name in ("says", "likes", "recommends", "channels", "complains"):
            object.__setattr__(self, name, texts(getattr(self, name), name=name))
            if not getattr(self, name):
                raise SpecError(f"{name} is empty; name at least one")
        flag(self.reach, name="reach")
        flag(self.rates, name="rates")
        for name, high in (("means", 1.0), ("strengths", 1e9)):
            given = tuple(getattr(self, name))
            if len(given) != _RATES:
                raise SpecError(f"{name} are {len(given)}; give two, one of praise and one of blame")
            made = tuple(within(one, 0.0, high, name=name, open_ends=True) for one in given)
            object.__setattr__(self, name, made)
        within(self.confidence, 0.0, 1.0, name="confidence", open_ends=True)

    def columns(self) -> tuple[Column, ...]:
        """Return counts, whether he is passive, and his recommendations.

        Returns
        -------
        tuple of Column
            Seven features; six where it is not read to whom he recommends, and six more with rates.

        Examples
        --------
        >>> import cjlab as cj
        >>> len(cj.features.Social().columns())
        7
        """
        span, told = self.window, Where(self.recommends)
        says, likes = Where(tuple(dict.fromkeys((*self.says, *self.recommends)))), Where(self.likes)
        both = tuple(Cell("count", one, window=span) for one in (says, likes))
        what, missing = "whether he liked and said nothing", "he neither said nor liked anything"
        made = (
            counted(f"social_{span}", Where(channel=self.channels), span, "rows on social channels"),
            counted(f"said_{span}", says, span, f"rows by which he said something: {says}"),
            counted(f"liked_{span}", likes, span, f"rows by which he agreed: {likes}"),
            Column(f"passive_{span}", both, _passive, "0 or 1", what, missing),
            counted(f"recommended_{span}", told, span, "recommendations"),
            silence("days_since_recommended", told, "days since his last recommendation", "he recommended to nobody"),
        )
        people = distinct(f"recommended_to_{span}", told, "other_customer_id", span, "people to whom he recommended")
        spoken = [
            rates(f"{name}_{span}", cells, prior, confidence=self.confidence, word=word)
            for name, word, cells, prior in zip(
                ("praise", "blame"),
                (
                    "days on which he recommended, of those on which he bought",
                    "days on which he complained, of the same",
                ),
                self._spoken(),
                (Prior(*one) for one in zip(self.means, self.strengths, strict=True)),
                strict=True,
            )
            if self.rates
        ]
        return (*made, *((people,) if self.reach else ()), *(column for three in spoken for column in three))

    def _spoken(self) -> tuple[tuple[Cell, ...], ...]:
        """Return what praise and blame are counted from: days on which he bought, and on which he spoke so."""
        bought = Cell("days", PURCHASE, window=self.window)
        return tuple(
            (bought, Cell("days", Where(events), window=self.window)) for events in (self.recommends, self.complains)
        )

    def fitted(self, log: Log, as_of: str | dt.date) -> Self:
        """Return the same builder with rates, under the priors that a log tells before a date.

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
        >>> world = cj.simulator.World.retail(n_customers=200, social={"circle": 6.0})
        >>> log = cj.simulator.simulate(world, days=120).log
        >>> len(cj.features.Social().fitted(log, "2024-05-01").columns())
        13
        """
        both = likeliest_of(log, as_of, tuple(cell for one in self._spoken() for cell in one))
        means, strengths = zip(*both, strict=True)
        learned = learned_at(log, as_of, self)
        return replace(self, rates=True, means=means, strengths=strengths, learned=learned)

    def voices(self, log: Log, as_of: str | dt.date, within: str = "60D") -> pd.DataFrame:
        r"""Return who brings others in, and who speaks well or badly to how many.

        Of the *m* people whom he recommended the brand to in the window, who had never bought before, and whose time
        ``within`` is over, *b* bought for the first time within it; ``brought_rate`` is shrunken to that of all who
        recommend, as above, and ``brings`` is that rate times all whom he told. People who were told by several count
        for each. His group are those who are joined by recommendations of the window, him included. That somebody
        bought who was told is not because he was told: people who are told differ from others, and only
        recommendations asked of some at random tell what they bring.

        Parameters
        ----------
        log : Log
            The log.
        as_of : date or text
            The moment; nothing at or after it, or known later, is read.
        within : str
            How long after he is told somebody's first purchase counts, such as ``"60D"``.

        Returns
        -------
        pandas.DataFrame
            Indexed by ``customer_id``, of who recommended or complained in the window, who brings most for certain
            (``brings_low``) first: ``told`` (people), ``new`` (*m*), ``brought`` (*b*), ``brought_rate``, ``brings``,
            ``group`` (people in it), ``reach`` (part of the others of his group whom he told), ``praise``, ``blame``
            and ``warns`` (``blame`` times the others in his group); rates, ``brings`` and ``warns`` with ``_low`` and
            ``_high``.

        Raises
        ------
        SpecError
            When a length of time is none.
        EvidenceError
            When the log says of no recommendation to whom.

        Examples
        --------
        >>> import cjlab as cj
        >>> world = cj.simulator.World.retail(n_customers=400, social={"circle": 6.0})
        >>> log = cj.simulator.simulate(world, days=200).log
        >>> found = cj.features.Social().voices(log, "2024-07-19")
        >>> bool((found["brings_low"] <= found["brings"]).all())
        True
        """
        from cjlab.features.builders._voices import voices

        return voices(self, log, as_of, within)


def _passive(when: When, said: NDArray[np.float64], liked: NDArray[np.float64]) -> NDArray[np.float64]:
    del when
    return np.where(said > 0, 0.0, np.where(liked > 0, 1.0, np.nan))
