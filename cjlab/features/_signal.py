"""Signal: features that a function of one's own makes of a customer's past."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from cjlab._checks import listed, shown, text, texts
from cjlab.errors import SpecError
from cjlab.features._builder import Builder, Column
from cjlab.features._filters import Filters
from cjlab.features._formulas import picked
from cjlab.features._plan import begin, microseconds
from cjlab.features._source import Apart
from cjlab.features._where import Where

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import polars as pl
    from numpy.typing import NDArray

    from cjlab.features._rows import Rows
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
        The date, in UTC.
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

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> at = np.array(["2024-01-01", "2024-01-03"], "datetime64[us]")
        >>> cj.features.Past(np.datetime64("2024-01-05", "us"), at, {}).ages
        array([4., 2.])
        """
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


def signal(function: Answer) -> Answer:
    """Know a function as a signal, by its name; a decorator.

    Recipes that are read back find it by that name, so the module that defines it must have been imported. Defined
    again in the same place, as in a notebook's cell, it takes the place of the one before.

    Parameters
    ----------
    function : callable
        Of a :class:`Past`; returns a number for each feature, NaN where it cannot say. It keeps nothing from one call
        to the next, and draws nothing at random.

    Returns
    -------
    callable
        The same function.

    Raises
    ------
    SpecError
        When it has no name, or another function is known by it.

    Examples
    --------
    >>> import numpy as np, cjlab as cj
    >>> @cj.features.signal
    ... def basket_spread(past):
    ...     "Standard deviation of what he spent at a time."
    ...     return np.nanstd(past["amount"])
    >>> own = cj.features.Signal("basket_spread", ("basket_spread",), of="purchase", reads=("amount",))
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=60).log
    >>> cj.features.Recipe(own).build(log, "2024-02-15").columns.tolist()
    ['basket_spread']
    """
    if not callable(function) or not getattr(function, "__name__", "<").isidentifier():
        raise SpecError(f"a signal is a function with a name, and {shown(function)} is none; define it with def")
    known = Signal.known.get(function.__name__)
    if known is not None and _place(known) != _place(function):
        raise SpecError(
            f"another signal is called {function.__name__!r}, of {_place(known)}; give this one its own name"
        )
    Signal.known[function.__name__] = function
    return function


@dataclass(frozen=True)
class Signal(Builder):
    """Features of one's own: a function is handed each customer's past, and returns them.

    The function never sees what is at or after the date, or was known then only: the lab cuts before it calls, once a
    date and customer. So what it makes keeps every law of other features. Who has no such row has NaN, and the function
    is not called. It costs a call of Python a line: what cells can add up is faster.

    Parameters
    ----------
    function : str
        The name under which :func:`signal` knows it.
    features : tuple of str
        The names of the features, in the order in which it returns them.
    of : Where, str or tuple of str
        Which rows it is handed; all events unless given.
    reads : tuple of str
        Which columns of them, those of one's own among them, and ``"hour"``, ``"weekday"`` and ``"month"``.
    window : str, optional
        How far back; everything unless given.
    units : tuple of str
        The unit of each feature; ``"1"`` unless given.

    Raises
    ------
    SpecError
        When no signal is known by that name, there is no feature, or not one unit each; and where the function returns
        something else than a finite number or NaN for each feature.

    Examples
    --------
    >>> import cjlab as cj
    >>> @cj.features.signal
    ... def evenings(past):
    ...     "Share of visits after six in the evening, and days since the first."
    ...     return (past["hour"] >= 18).mean(), past.ages[0]
    >>> own = cj.features.Signal("evenings", ("evenings", "first_seen"), "visit", ("hour",), units=("share", "days"))
    >>> cj.features.Recipe(own).describe()["unit"].tolist()
    ['share', 'days']
    """

    function: str
    features: tuple[str, ...]
    of: Where = Where()  # noqa: RUF009 - it is frozen
    reads: tuple[str, ...] = ()
    window: str | None = None
    units: tuple[str, ...] = ()
    known: ClassVar[dict[str, Answer]] = {}

    def __post_init__(self) -> None:
        """Take an event's name for its rows, and check the rest."""
        if self.function not in self.known:
            raise SpecError(
                f"no signal is called {shown(self.function)}; known are {listed(sorted(self.known)) or 'none'}: import "
                "the module that defines it, with @cj.features.signal above it"
            )
        super().__post_init__()
        for name in ("features", "reads"):
            object.__setattr__(self, name, texts(getattr(self, name), name=name))
        if not self.features:
            raise SpecError("features is empty; name what the signal returns")
        units = tuple(text(one, name="units") for one in self.units) or ("1",) * len(self.features)
        if len(units) != len(self.features):
            raise SpecError(f"units are {len(units)} for {len(self.features)} features; give one each")
        object.__setattr__(self, "units", units)

    def columns(self) -> tuple[Column, ...]:
        """Return what the function makes.

        Returns
        -------
        tuple of Column
            The features, in their order.

        Examples
        --------
        >>> import cjlab as cj
        >>> @cj.features.signal
        ... def evenings(past):
        ...     "Share of visits after six in the evening, and days since the first."
        ...     return (past["hour"] >= 18).mean(), past.ages[0]
        >>> cj.features.Signal("evenings", ("evenings", "first_seen"), "visit", ("hour",)).columns()[0].what
        'Share of visits after six in the evening, and days since the first.'
        """
        function = self.known[self.function]
        made = Told(self.of, self.window, self.reads, self.features, function)
        what = (function.__doc__ or f"what the signal {self.function} returns").strip().splitlines()[0]
        missing = f"he has no such row, or {self.function} could not say"
        return tuple(
            Column(name, (made,), partial(picked, place=place), unit, what, missing)
            for place, (name, unit) in enumerate(zip(self.features, self.units, strict=True))
        )


@dataclass(frozen=True)
class Told(Apart):
    """What a signal tells of each customer at each date."""

    where: Where
    window: str | None
    reads: tuple[str, ...]
    features: tuple[str, ...]
    function: Answer

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
                    past = Past(np.datetime64(end, "us"), at[there].astype("datetime64[us]"), columns)
                    made[who, place] = self._asked(past)
        return made.reshape(-1, self.width)

    def _asked(self, past: Past) -> NDArray[np.float64]:
        """Return what the function says, if there is a number each."""
        try:
            said = self.function(past)
        except Exception as error:
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


def _place(function: Answer) -> str:
    return f"{function.__module__}.{function.__qualname__}"
