"""What models of customer value read: how often, how long ago, since when, and how much a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import listed
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.models._door import framed

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_COUNTED = {"frequency": "x", "recency": "t_x", "age": "T"}
_SPENT = {"frequency": "x", "repeat_mean": "zbar"}
_ALL = _COUNTED | _SPENT
_CLOSE = 1e-9  # weeks: what rounding may put the last purchase beyond the end


@dataclass(frozen=True, eq=False)
class History:
    """Purchases of customers as the models read them, ``(n,)`` each, and where each customer stands in the table.

    ``known`` tells the lines of those who have bought at all; the arrays have a row for each of these.
    """

    index: pd.Index[Any]
    known: NDArray[np.bool_]
    frequency: Floats
    recency: Floats
    age: Floats
    mean: Floats

    @classmethod
    def counted(cls, table: Any, as_of: str | dt.date | None = None) -> History:  # noqa: ANN401 - a log, or a frame
        """Read how often, how recently and since when."""
        return cls._read(table, as_of, _COUNTED)

    @classmethod
    def spent(cls, table: Any, as_of: str | dt.date | None = None) -> History:  # noqa: ANN401 - likewise
        """Read how often, and how much a time."""
        return cls._read(table, as_of, _SPENT)

    @classmethod
    def whole(cls, table: Any, as_of: str | dt.date | None = None) -> History:  # noqa: ANN401 - likewise
        """Read all of it."""
        return cls._read(table, as_of, _ALL)

    @classmethod
    def _read(cls, table: Any, as_of: str | dt.date | None, asked: dict[str, str]) -> History:  # noqa: ANN401 - likewise
        frame = summary(table, as_of)
        names = {name: _found(frame, name, letter) for name, letter in asked.items()}
        columns = {name: _numbers(frame, column) for name, column in names.items()}
        again = columns["frequency"] > 0
        if "age" in columns and "repeat_mean" in columns:  # who came once has spent nothing since
            columns["repeat_mean"] = np.where(again, columns["repeat_mean"], np.nan_to_num(columns["repeat_mean"]))
        known = np.all([~np.isnan(columns[name]) for name in asked], axis=0)
        _refuse_gaps(frame, names, columns, again & ~known)
        if frame.index.has_duplicates:
            twice = told(frame.index[frame.index.duplicated()])
            raise TableError(f"the table has two rows of customer {twice}; give one a customer")
        given = {name: column[known] for name, column in columns.items()}
        nothing = np.zeros(int(known.sum()))
        made = cls(
            frame.index,
            known,
            given["frequency"],
            given.get("recency", nothing),
            given.get("age", nothing),
            given.get("repeat_mean", nothing),
        )
        made._require_sense(names)
        return made

    def _require_sense(self, names: dict[str, str]) -> None:
        """Refuse what cannot be, naming the first customer."""
        x, last, age, mean = self.frequency, self.recency, self.age, self.mean
        self._refuse((x < 0) | (x != np.floor(x)), names["frequency"], x, "a whole number from 0")
        if "recency" in names:
            beyond = (last < 0) | (last > age + _CLOSE)
            self._refuse(beyond, names["recency"], last, f"weeks from 0 to what {names['age']!r} says")
            apart = (x > 0) != (last > 0)
            said = f"0 where {names['frequency']!r} is 0, and more than that elsewhere"
            self._refuse(apart, names["recency"], last, said)
        if "repeat_mean" in names:
            self._refuse(mean < 0, names["repeat_mean"], mean, "what a time brings, 0 or more; leave returns out")

    def _refuse(self, broken: NDArray[np.bool_], column: str, values: Floats, allowed: str) -> None:
        if broken.any():
            place = int(np.argmax(broken))
            who = told(self.index[self.known][place:])
            raise TableError(f"column {column!r} is {values[place]:g} for customer {who}; give {allowed}")

    @cached_property
    def pairs(self) -> tuple[Floats, Floats, NDArray[np.intp]]:
        """How often and since when, each pair that differs once, and which of them each customer has."""
        both, place = np.unique(self.frequency + 1j * self.age, return_inverse=True)
        return both.real.copy(), both.imag.copy(), place

    def require_some(self, least: int) -> History:
        """Return it if at least so many customers have bought, and some of them again."""
        if len(self.frequency) < least or not (self.frequency > 0).any():
            again = int((self.frequency > 0).sum())
            raise EvidenceError(
                f"{len(self.frequency)} customers have bought, {again} of them again; a model of how they come back "
                f"needs at least {least}, and some who came back: give a longer history"
            )
        return self

    def aligned(self, happened: pd.Series[float]) -> Floats:
        """Return what happened to each, or say of whom it is not known."""
        who = self.index[self.known]
        absent = ~who.isin(happened.index)
        if absent.any():
            raise TableError(f"happened has no customer {told(who[absent])}, who is in the table; give all of them")
        numbers = np.asarray(happened.reindex(who), dtype=np.float64)
        odd = ~np.isfinite(numbers)
        if odd.any():
            raise TableError(f"happened is {numbers[odd][0]} for customer {told(who[odd])}; give a number")
        return numbers

    def framed(self, **columns: Floats) -> pd.DataFrame:
        """Return numbers of those who have bought as a frame of all customers, NaN for the others."""
        import pandas as pd

        made = {}
        for name, numbers in columns.items():
            made[name] = np.full(len(self.index), np.nan)
            made[name][self.known] = numbers
        return pd.DataFrame(made, index=self.index)


def told(index: pd.Index[Any]) -> str:
    """Write the first customer of an index for a message."""
    return repr(index[:1].tolist()[0])


def summary(table: Any, as_of: str | dt.date | None) -> pd.DataFrame:  # noqa: ANN401 - a log, or a frame
    """Return the table as it is, or the one that :class:`cjlab.features.Value` makes of a log."""
    import pandas as pd

    from cjlab.features import Recipe, Value
    from cjlab.tables import Log

    if isinstance(table, Log):
        if as_of is None:
            raise SpecError("as_of is missing; say as of which date the log is read, such as as_of='2025-05-31'")
        return Recipe(Value()).build(table, as_of)
    if hasattr(table, "__arrow_c_stream__") and not isinstance(table, pd.DataFrame | pd.Series):
        table, _ = framed(table)
    if not isinstance(table, pd.DataFrame):
        raise TableError(
            f"the table is a {type(table).__name__}; give a Log, or a pandas frame with a row a customer and "
            f"the columns {listed(_ALL).replace(' or ', ' and ')} as cj.features.Value makes them"
        )
    if as_of is not None:
        raise SpecError(f"as_of is {as_of!r}, but a table has its date already; give it with a Log only")
    return table


def _found(frame: pd.DataFrame, name: str, letter: str) -> str:
    """Return which column is meant: by its name, by its letter in the papers, or by how it ends."""
    exact = [one for one in (name, letter) if one in frame.columns]
    mean = "_repeat_mean"
    ends = [one for one in map(str, frame.columns) if one.endswith(f"_{name}") and (name != "mean" or mean not in one)]
    found = exact or ends
    if len(found) != 1:
        said = "no column" if not found else f"several columns ({', '.join(found)})"
        raise TableError(
            f"the table has {said} for {name!r}; give one called {name!r} or {letter!r}, or ending in '_{name}' as "
            f"cj.features.Value makes it; its columns are {', '.join(map(str, frame.columns)) or 'none'}"
        )
    return found[0]


def _refuse_gaps(
    frame: pd.DataFrame, names: dict[str, str], columns: dict[str, Floats], broken: NDArray[np.bool_]
) -> None:
    """Refuse who came back and of whom something is not known."""
    if broken.any():
        place = int(np.argmax(broken))
        column = next(names[name] for name, numbers in columns.items() if np.isnan(numbers[place]))
        raise TableError(
            f"column {column!r} is missing for customer {told(frame.index[place:])}, who came back; give a "
            "number, or leave him out"
        )


def _numbers(frame: pd.DataFrame, column: str) -> Floats:
    from pandas.api.types import is_numeric_dtype

    if not is_numeric_dtype(frame[column]):
        raise TableError(f"column {column!r} is of type {frame[column].dtype}; give numbers")
    numbers = frame[column].to_numpy(dtype=np.float64, na_value=np.nan)
    if np.isinf(numbers).any():
        who = told(frame.index[int(np.argmax(np.isinf(numbers))) :])
        raise TableError(f"column {column!r} is infinite for customer {who}; give a number, or NaN where not known")
    return numbers
