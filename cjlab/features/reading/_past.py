"""Past: what a function of one's own is handed of each customer, and what it tells."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import listed, shown
from cjlab.errors import SpecError
from cjlab.features.reading._filters import Filters
from cjlab.features.reading._source import Apart
from cjlab.features.reading._window import begin, microseconds

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import polars as pl
    from numpy.typing import NDArray

    from cjlab.features.reading._rows import Rows
    from cjlab.features.reading._where import Where
    from cjlab.tables import Log

_DAY = np.timedelta64(86_400_000_000, "us")


@dataclass(frozen=True, eq=False)
class Past:
    """What a signal is handed: the rows of one customer that were known before a date, in their order, never none.

    ``past["amount"]`` is a column that the signal reads, ``(n,)``: numbers and flags as floats with NaN, moments as
    ``datetime64[us]`` in UTC with NaT, ``"hour"``, ``"weekday"`` and ``"month"`` on the brand's clocks as whole
    numbers, words and identifiers as objects with None. The arrays are the function's own.

    Parameters
    ----------
    as_of : datetime64
        The date, in UTC; NaT for a signal that is not dated.
    at : ndarray
        When each row happened, rising, ``(n,)`` of ``datetime64[us]`` in UTC.
    columns : mapping
        The columns.

    Examples
    --------
    >>> import numpy as np, cjlab as cj
    >>> at = np.array(["2024-01-01", "2024-01-03"], "datetime64[us]")
    >>> past = cj.features.Past(np.datetime64("2024-01-05", "us"), at, {"amount": np.array([20.0, 30.0])})
    >>> past.ages, float(past["amount"].sum()), len(past)
    (array([4., 2.]), 50.0, 2)
    """

    as_of: np.datetime64
    at: NDArray[np.datetime64]
    columns: Mapping[str, NDArray[Any]]

    @property
    def ages(self) -> NDArray[np.float64]:
        """The days of 24 hours from each row to the date, ``(n,)``.

        Raises
        ------
        SpecError
            When the signal is not dated, so that it is not told the date.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> at = np.array(["2024-01-01", "2024-01-03"], "datetime64[us]")
        >>> cj.features.Past(np.datetime64("2024-01-05", "us"), at, {}).ages
        array([4., 2.])
        """
        if np.isnat(self.as_of):
            raise SpecError("the signal asks for ages, and is not dated; leave dated=True, or do without the date")
        return np.asarray((self.as_of - self.at) / _DAY, np.float64)

    def __getitem__(self, column: str) -> NDArray[Any]:
        """Return a column."""
        if column not in self.columns:
            raise SpecError(f"the signal reads no column {shown(column)}; it reads {listed(self.columns) or 'none'}")
        return self.columns[column]

    def __len__(self) -> int:
        """Say how many rows there are."""
        return len(self.at)


Answer = Callable[[Past], Any]


@dataclass(frozen=True)
class Told(Apart):
    """What a signal tells of each customer at each date."""

    where: Where
    window: str | None
    reads: tuple[str, ...]
    features: tuple[str, ...]
    function: Answer
    dated: bool = True

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that the function is handed."""
        return self.reads

    @property
    def width(self) -> int:
        """How many numbers there are."""
        return len(self.features)

    def read(self, rows: Rows, log: Log, *, customers: pl.Series, as_of: Sequence[dt.datetime]) -> NDArray[np.float64]:
        """Call the function for each customer and date with rows."""
        del log
        kept = np.flatnonzero(Filters((self.where,)).masks(rows))
        bounds = np.searchsorted(kept, rows.starts(customers))
        at, known = rows.at[kept], rows.known[kept]
        given = {name: rows.things(name)[kept] for name in self.reads}
        dates = [(microseconds(one), begin(self.window, one, rows.timezone)) for one in as_of]
        made = np.full((len(customers), len(dates), self.width), np.nan)
        for who in np.flatnonzero(np.diff(bounds)):
            mine = slice(bounds[who], bounds[who + 1])
            for place, (end, start) in enumerate(dates):
                there = np.flatnonzero((at[mine] < end) & (known[mine] < end) & (at[mine] >= start)) + mine.start
                if len(there):
                    columns = {name: column[there] for name, column in given.items()}
                    date = np.datetime64(end, "us") if self.dated else np.datetime64("NaT", "us")
                    past = Past(date, at[there].astype("datetime64[us]"), columns)
                    made[who, place] = self._asked(past)
        return made.reshape(-1, self.width)

    def _asked(self, past: Past) -> NDArray[np.float64]:
        """Return what the function says, if there is a number each."""
        try:
            said = self.function(past)
        except Exception as error:  # whatever a function of one's own raises goes on, and says of whose past
            error.add_note(
                f"raised by the signal {self.function.__name__!r} for a past of {len(past)} rows at {past.as_of}"
            )
            raise
        made = _numbers(said)
        if made.shape != (self.width,) or np.isinf(made).any():
            raise SpecError(
                f"signal {self.function.__name__!r} returned {shown(said)}; return a finite number, or NaN, for "
                f"each of {self.features}"
            )
        return made


def _numbers(said: object) -> NDArray[np.float64]:
    """Return what a function said as numbers; none where something of it is no number, such as None."""
    try:
        told = np.atleast_1d(np.asarray(said))
        if told.dtype.kind not in "biufO" or None in told.ravel().tolist() or np.ma.is_masked(said):
            return np.empty(0)
        return told.astype(np.float64)
    except (TypeError, ValueError):
        return np.empty(0)
