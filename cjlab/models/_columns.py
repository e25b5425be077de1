"""What a model knows of its table: names, kinds, categories; learnt once, asked of every table after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from cjlab._checks import listed, shown
from cjlab.errors import TableError
from cjlab.models._door import framed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.models._kinds import Part

Kind = Literal["number", "category", "empty"]

_MOST = 255  # categories of one column that get a code; rarer ones are unknown, as new ones are
_NUMBERS = {"integer", "floating", "mixed-integer-float", "boolean", "decimal"}
_ADVICE = {
    "datetime64": "give the days from it to the date of the table",
    "datetime": "give the days from it to the date of the table",
    "date": "give the days from it to the date of the table",
    "timedelta64": "give it in days, as a number",
    "complex": "Complex data not supported: give real numbers",
}


@dataclass(frozen=True)
class Columns:
    """The columns that a model has learnt from, and how any later table is brought into their shape.

    Parameters
    ----------
    names : tuple of str
        In the order in which the model sees them.
    kinds : tuple of str
        ``"number"``, ``"category"``, or ``"empty"`` where nothing was known: such a column is never looked at.
    categories : mapping of str to tuple of str
        Of each category column, the values that have a code, the most frequent first.
    named : bool
        Whether the table had names of its own; one without is taken by the places of its columns.
    """

    names: tuple[str, ...]
    kinds: tuple[Kind, ...]
    categories: Mapping[str, tuple[str, ...]]
    named: bool = True

    @classmethod
    def learn(cls, X: object) -> Columns:
        """Learn names, kinds and categories of a table."""
        frame, named = framed(X)
        kinds = {str(name): _kind(str(name), values) for name, values in frame.items()}
        found = {name: _frequent(frame[name]) for name, kind in kinds.items() if kind == "category"}
        return cls(tuple(kinds), tuple(kinds.values()), found, named)

    def coded(self, X: object) -> NDArray[np.float64]:
        """Return a table as ``(n, p)`` float64, columns in the order learnt.

        Categories are their codes from 0; what is missing, and what category was never seen, is NaN.

        Raises
        ------
        TableError
            When a column is absent, of another kind than learnt, or holds an infinite value.
        """
        frame = self._ordered(X)
        values = np.empty((len(frame), len(self.names)), order="F")
        for place, (name, kind) in enumerate(zip(self.names, self.kinds, strict=True)):
            values[:, place] = np.nan if kind == "empty" else self._column(name, kind, frame.iloc[:, place])
        return values

    def place(self, name: str) -> int:
        """Return the place of a column, or say which there are."""
        if name not in self.names:
            raise TableError(f"X has no column {name!r}; its columns are {', '.join(self.names)}")
        return self.names.index(name)

    def _ordered(self, X: object) -> pd.DataFrame:
        frame, named = framed(X)
        if not (self.named and named):
            if frame.shape[1] != len(self.names):
                counts = f"X has {frame.shape[1]} features, but it is expecting {len(self.names)} features"
                raise TableError(f"{counts} as input: {', '.join(self.names[:20])}")
            return frame
        absent = [name for name in self.names if name not in frame.columns]
        if absent:
            raise TableError(f"X has no column {listed(absent)}, which the model has learnt from; add it")
        return frame[list(self.names)]

    def _column(self, name: str, kind: Kind, values: pd.Series[Any]) -> NDArray[np.float64]:
        found = _kind(name, values)
        if found == "empty":
            return np.full(len(values), np.nan)
        if found != kind:
            one = shown(values.dropna().iloc[:1].tolist()[0])
            raise TableError(f"column {name!r} was a {kind} when the model learnt, and holds {one} now; give a {kind}")
        return _coded(values, self.categories[name]) if kind == "category" else numbers(name, values)

    def _parts(self) -> Mapping[str, Part]:
        categories: dict[str, Part] = {name: list(values) for name, values in self.categories.items()}
        return {"names": list(self.names), "kinds": list(self.kinds), "categories": categories, "named": self.named}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Columns:
        categories = {name: tuple(values) for name, values in parts["categories"].items()}
        return cls(tuple(parts["names"]), tuple(parts["kinds"]), categories, parts["named"])


def _kind(name: str, values: pd.Series[Any]) -> Kind:
    """Return what a column holds, or say what to make of it."""
    from pandas.api.types import infer_dtype, is_bool_dtype, is_numeric_dtype, is_string_dtype

    dtype = values.dtype
    if is_numeric_dtype(dtype) and dtype.kind != "c":
        return "number" if is_bool_dtype(dtype) or values.notna().any() else "empty"
    if not values.notna().any():
        return "empty"
    if hasattr(dtype, "categories") or (dtype != np.dtype(object) and is_string_dtype(dtype)):
        return "category"
    held = infer_dtype(values, skipna=True)
    if held == "string":
        return "category"
    if held in _NUMBERS:
        return "number"
    one = shown(values.dropna().iloc[:1].tolist()[0])
    advice = _ADVICE.get(held, "give numbers, flags or text, one kind a column")
    raise TableError(f"column {name!r} holds {held} values, such as {one}; {advice}")


def numbers(name: str, values: pd.Series[Any]) -> NDArray[np.float64]:
    """Return a column as float64, NaN where it is missing; infinite values are refused."""
    found = values.to_numpy(dtype=np.float64, na_value=np.nan)
    endless = np.isinf(found)
    if endless.any():
        first = values.index[endless][:1].tolist()[0]
        raise TableError(
            f"column {name!r} holds infinity in {int(endless.sum()):,} rows, first in {first!r}; "
            "give finite numbers, or leave them missing (NaN)"
        )
    return found


def _frequent(values: pd.Series[Any]) -> tuple[str, ...]:
    """Return the values of a category column, the most frequent first, equal ones by name."""
    counts = values.value_counts()
    pairs = sorted((-int(count), _text(value)) for value, count in counts.items() if count)
    return tuple(name for _, name in pairs[:_MOST])


def _coded(values: pd.Series[Any], known: Sequence[str]) -> NDArray[np.float64]:
    """Return the place of each value among those known, NaN for none."""
    import pandas as pd

    held = values.astype("category").cat
    codes = {name: float(code) for code, name in enumerate(known)}
    table = np.array([codes.get(_text(one), np.nan) for one in pd.Index(held.categories)] + [np.nan])
    return table[held.codes.to_numpy()]


def _text(value: object) -> str:
    """Write a category, the same whether it came as 1 or 1.0."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
