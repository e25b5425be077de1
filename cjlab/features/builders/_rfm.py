"""Scores of recency, frequency and money against people like him: RFM."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import finite, shown, whole
from cjlab.errors import SpecError
from cjlab.features._learned import learned_at
from cjlab.features._recipe import Recipe
from cjlab.features.builders._builder import Builder, Column, When
from cjlab.features.builders._purchases import PURCHASE, Frequency, Monetary, Recency, called
from cjlab.features.reading._where import Where, where_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cjlab.tables import Log

    Floats = NDArray[np.float64]

_OF = ("recency", "frequency", "monetary")


@dataclass(frozen=True)
class RFM(Builder):
    r"""Scores of recency, frequency and monetary value: quintiles, with stable ties.

    The score of a value *x* is 1 plus how many cut points are at most *x*; recency counts backwards, as −days, so that
    a high score is good in all three. Cut points are fields: scores of a customer depend on him and on them alone,
    never on who else is in the log or the shard. :meth:`fitted` takes them from customers who did it before a date,
    such
    that the score of each of these is :math:`1 + \lfloor q\,(r - 1) / n \rfloor`, *r* being the rank of his value among
    *n* (ties share the least: SQL's ``RANK``) and *q* the number of scores. Equal values have equal scores; without
    ties and with *n* divisible by *q* it is SQL's ``NTILE(q)``.

    Parameters
    ----------
    recency, frequency, monetary : tuple of float
        Cut points of −days since the last one, of how many, and of the sum of ``amount``: rising, as many of each.
    of : Where, str or tuple of str
        Which rows; purchases unless given.
    window : str, optional
        How far back frequency and money look; everything unless given.
    name : str, optional
        What its columns begin with.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When cut points do not rise, or there are not as many of each.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.RFM((-90.0, -30.0), (2.0, 5.0), (20.0, 100.0)).columns()[3].name
    'rfm_purchase'
    """

    recency: tuple[float, ...]
    frequency: tuple[float, ...]
    monetary: tuple[float, ...]
    of: Where = PURCHASE
    window: str | None = None
    name: str | None = None

    def __post_init__(self) -> None:
        """Check that cut points rise."""
        super().__post_init__()
        for name in _OF:
            cuts = tuple(finite(one, name=f"RFM: {name}") for one in getattr(self, name))
            if not cuts or list(cuts) != sorted(cuts) or len(cuts) != len(self.recency):
                raise SpecError(
                    f"RFM: {name} is {shown(cuts)}; give cut points that rise, as many of each; RFM.fitted does"
                )
            object.__setattr__(self, name, cuts)

    @classmethod
    def fitted(
        cls,
        log: Log,
        as_of: str | dt.date,
        *,
        of: Any = PURCHASE,  # noqa: ANN401 - whatever names rows
        window: str | None = None,
        scores: int = 5,
        name: str | None = None,
    ) -> RFM:
        """Return the builder with cut points taken from those who did it before a date.

        Parameters
        ----------
        log : Log
            The log; nothing at or after the date is read.
        as_of : date or text
            The date.
        of : Where, str or tuple of str
            Which rows; purchases unless given.
        window : str, optional
            How far back frequency and money look.
        scores : int
            How many scores there are, from 2.
        name : str, optional
            What its columns begin with.

        Returns
        -------
        RFM
            The builder.

        Raises
        ------
        SpecError
            When nobody did it before the date.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=60).log
        >>> len(cj.features.RFM.fitted(log, "2024-02-20").frequency)
        4
        """
        rows, many = where_of(of, name="of"), whole(scores, name="scores", least=2, most=1_000)
        frame = Recipe(*_parts(rows, window)).build(log, as_of).dropna(subset=["recency"])
        if frame.empty:
            raise SpecError(f"RFM: nobody has {rows} before {as_of}; give a later date, or the cut points")
        values = {"recency": -frame["recency"], "frequency": frame["frequency"], "monetary": frame["monetary"]}
        cuts = {kind: cut_points(one.to_numpy(np.float64), many) for kind, one in values.items()}
        return cls(**cuts, of=rows, window=window, name=name, learned=learned_at(log, as_of))

    def columns(self) -> tuple[Column, ...]:
        """Return the three scores, and them as the digits of one number: 100 R + 10 F + M.

        Returns
        -------
        tuple of Column
            The features.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.RFM((-30.0,), (2.0,), (20.0,)).columns()[0].missing
        'it never happened'
        """
        begin, never = self.name or called("rfm", self.of, self.window), "it never happened"
        parts = [part.columns()[0] for part in _parts(self.of, self.window)]
        recency, frequency, monetary = parts
        cells = tuple(part.cells[0] for part in parts)

        def scored(when: When, last: Floats, *others: Floats) -> list[Floats]:
            values = (
                -recency.formula(when, last),
                frequency.formula(when, others[0]),
                monetary.formula(when, others[1]),
            )
            cuts = (self.recency, self.frequency, self.monetary)
            made = [np.searchsorted(one, value, side="right") + 1.0 for one, value in zip(cuts, values, strict=True)]
            return [np.where(np.isnan(last), np.nan, one) for one in made]

        def picked(place: int) -> Callable[..., Floats]:
            return lambda when, *cells: scored(when, *cells)[place]

        most = len(self.recency) + 1
        single = (
            Column(f"{begin}_{kind}", cells, picked(place), f"1 to {most}", f"score of {kind} of {self.of}", never)
            for place, kind in enumerate(_OF)
        )
        whole = Column(begin, cells, lambda *given: _digits(scored(*given)), "RFM", f"scores of {self.of}", never)
        return *single, whole


def _parts(of: Where, window: str | None) -> tuple[Builder, ...]:
    return (
        Recency(of, name="recency"),
        Frequency(of, window=window, name="frequency"),
        Monetary(of, window=window, name="monetary"),
    )


def cut_points(values: Floats, scores: int) -> tuple[float, ...]:
    """Return the least value from which each score from 2 on is had; above all of them where none has it."""
    known, below = np.unique(values), np.searchsorted(np.sort(values), np.unique(values))
    reached = [below * scores >= (score - 1) * len(values) for score in range(2, scores + 1)]
    above = float(np.nextafter(known[-1], np.inf))
    return tuple(float(known[np.argmax(there)]) if there.any() else above for there in reached)


def _digits(scores: list[Floats]) -> Floats:
    recency, frequency, monetary = scores
    return 100.0 * recency + 10.0 * frequency + monetary
