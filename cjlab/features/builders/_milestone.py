"""Key moments: whether a customer has passed one, and how long ago."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import listed, one_of, text, within
from cjlab.errors import SpecError
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._formulas import since
from cjlab.features.builders._purchases import PURCHASE
from cjlab.features.kernel import reached
from cjlab.features.reading._cell import NUMBERS
from cjlab.features.reading._filters import Filters
from cjlab.features.reading._rows import fixed
from cjlab.features.reading._source import Apart
from cjlab.features.reading._window import microseconds

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import polars as pl
    from numpy.typing import NDArray

    from cjlab.features.builders._builder import When
    from cjlab.features.reading._rows import Rows
    from cjlab.features.reading._where import Where
    from cjlab.tables import Log

_COUNTS = ("rows", "days")


@dataclass(frozen=True)
class KeyMoment(Builder):
    """A key moment: when something had first added up to a threshold, such as the second purchase, or 500 euros.

    ``N_passed`` is 1 where it had before the date, else 0; ``days_since_N``, of 24 hours, since the row with which it
    did. Whoever jumps over a threshold passes it once, and what is taken back later, by a return, does not undo it.

    Parameters
    ----------
    name : str
        What the moment is called.
    of : Where, str or tuple of str
        Which rows; purchases unless given.
    threshold : float
        How much is needed, above 0; 2 for the second.
    number : str, optional
        The column that is added up; rows, or days, are counted unless given.
    count : {"rows", "days"}
        What is counted where no number is added up: rows, or local days on which there are some, for who buys several
        items at a time.
    learned : datetime.datetime, optional
        When a log taught what it holds, as :class:`Builder` says; none where nothing was learned.

    Raises
    ------
    SpecError
        When the threshold is not above 0, there is no such number, or something else is to be counted.

    Examples
    --------
    >>> import cjlab as cj
    >>> second = cj.features.KeyMoment("second_purchase", count="days")
    >>> gold = cj.features.KeyMoment("gold", threshold=500.0, number="amount")
    >>> cj.features.Recipe(second, gold).names
    ('second_purchase_passed', 'days_since_second_purchase', 'gold_passed', 'days_since_gold')
    """

    name: str
    of: Where = PURCHASE
    threshold: float = 2.0
    number: str | None = None
    count: str = "rows"

    def __post_init__(self) -> None:
        """Check the name, the threshold, and what is added up."""
        super().__post_init__()
        text(self.name, name="name")
        object.__setattr__(self, "threshold", within(self.threshold, 0.0, 1e15, name="threshold", open_ends=True))
        one_of(self.count, _COUNTS, name="count")
        if self.number is not None and self.number not in NUMBERS:
            raise SpecError(f"number is {self.number!r}; allowed: {listed(NUMBERS)}")
        if self.number is not None and self.count != "rows":
            raise SpecError(f"number is {self.number!r} and count {self.count!r}; give one of them")

    def columns(self) -> tuple[Column, ...]:
        """Return whether it was passed, and how long ago.

        Returns
        -------
        tuple of Column
            Two features.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.KeyMoment("welcome", threshold=1).columns()[1].missing
        'it has not been passed'
        """
        made = Reached(self.of, self.threshold, self.number, self.count)
        name, what = self.name.replace(" ", "_"), f"{self.threshold:g} {self.number or self.count} of {self.of}"
        return (
            Column(f"{name}_passed", (made,), _passed, "0 or 1", f"whether there were {what}"),
            Column(
                *(f"days_since_{name}", (made,), since, "days", f"days since there were {what}"),
                "it has not been passed",
            ),
        )


def _passed(when: When, at: NDArray[np.float64]) -> NDArray[np.float64]:
    del when
    return np.where(np.isnan(at), 0.0, 1.0)


@dataclass(frozen=True)
class Reached(Apart):
    """When rows had first added up to a threshold, microseconds; NaN where they have not."""

    where: Where
    threshold: float
    number: str | None
    count: str
    window: None = None
    dated = False

    @property
    def columns(self) -> tuple[str, ...]:
        """The column that is added up, if any."""
        return (self.number,) if self.number else ()

    @property
    def width(self) -> int:
        """How many numbers there are."""
        return 1

    def read(self, rows: Rows, log: Log, *, customers: pl.Series, as_of: Sequence[dt.datetime]) -> NDArray[np.float64]:
        """Go through the rows of each customer, until they add up to it."""
        del log
        filters = Filters((self.where,))
        masks = filters.masks(rows)
        values = rows.numbers(self.number) if self.number else np.empty(0)
        days = rows.days_of(masks, filters.bits([self.where])) if self.count == "days" else np.empty(0, np.int32)
        moments = np.array([microseconds(one) for one in as_of], np.int64)
        found = np.full(len(customers) * len(moments), np.nan)
        reached(
            *(rows.starts(customers), rows.at, rows.known, masks, fixed(values), fixed(days), moments),
            *(self.threshold, found),
        )
        return found[:, None]
