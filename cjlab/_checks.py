"""Checks at the door: each returns what it checked, or says what to change.

Rooms check what comes from outside with these, and trust it from then on.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import TYPE_CHECKING, Any, TypeVar

from cjlab.errors import CjlabError, SpecError, TableError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
    import polars as pl

T = TypeVar("T")


def listed(values: Iterable[object]) -> str:
    """Join values for a message: ``'a', 'b' or 'c'``."""
    names = [repr(value) for value in values]
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def one_of(value: T, allowed: Iterable[T], *, name: str, error: type[CjlabError] = SpecError) -> T:
    """Return ``value`` if it is among ``allowed``."""
    choices = list(allowed)
    if value not in choices:
        raise error(f"{name} is {value!r}; allowed: {listed(choices)}")
    return value


def within(
    value: float, low: float, high: float, *, name: str, open_ends: bool = False, error: type[CjlabError] = SpecError
) -> float:
    """Return ``value`` as a float if it lies from ``low`` to ``high`` (both excluded if ``open_ends``)."""
    number = finite(value, name=name, error=error)
    inside = low < number < high if open_ends else low <= number <= high
    if not inside:
        ends = f"above {low:g} and below {high:g}" if open_ends else f"from {low:g} to {high:g}"
        raise error(f"{name} is {value!r}; give a number {ends}")
    return number


def finite(value: float, *, name: str, error: type[CjlabError] = SpecError) -> float:
    """Return ``value`` as a float if it is a finite number; booleans are none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise error(f"{name} is {value!r}; give a finite number")
    return float(value)


def distinct(values: Iterable[T], *, name: str, error: type[CjlabError] = SpecError) -> tuple[T, ...]:
    """Return ``values`` as a tuple if none occurs twice."""
    kept = tuple(values)
    twice = {repr(value) for value in kept if kept.count(value) > 1}
    if twice:
        raise error(f"{name} names {', '.join(sorted(twice))} more than once; each may stand once")
    return kept


def lazy(frame: Any, *, table: str) -> pl.LazyFrame:  # noqa: ANN401 - a frame is whatever holds columns
    """Return a frame of any kind as a Polars lazy frame.

    Polars (eager or lazy), pandas, Arrow tables and anything that exports the Arrow PyCapsule stream
    (DuckDB relations, Ibis tables, …) are taken as they are; a pandas index that has a name becomes a column.

    Raises
    ------
    TableError
        When ``frame`` is none of these.
    """
    import polars as pl

    if isinstance(frame, pl.LazyFrame):
        return frame
    if isinstance(frame, pl.DataFrame):
        return frame.lazy()
    if type(frame).__module__.partition(".")[0] == "pandas" and hasattr(frame, "reset_index"):
        named: pd.DataFrame = frame.reset_index() if any(name is not None for name in frame.index.names) else frame
        return pl.from_pandas(named).lazy()
    if hasattr(frame, "__arrow_c_stream__"):
        return pl.DataFrame(frame).lazy()
    raise TableError(
        f"{table} is a {type(frame).__name__}; give a pandas, Polars or Arrow frame, "
        "or anything that exports an Arrow stream"
    )


def columns(frame: pl.LazyFrame, required: Iterable[str], *, table: str) -> pl.LazyFrame:
    """Return ``frame`` if it has all ``required`` columns."""
    present = frame.collect_schema().names()
    absent = [name for name in required if name not in present]
    if absent:
        raise TableError(f"{table} has no column {listed(absent)}; its columns are {', '.join(present) or 'none'}")
    return frame


def offset(text: str, *, name: str, error: type[CjlabError] = SpecError) -> dt.timedelta:
    """Return an offset such as ``"30D"`` (days), ``"2W"`` (weeks) or ``"12h"`` (hours) as a duration above 0."""
    found = re.fullmatch(r"(\d+)([DWh])", text) if isinstance(text, str) else None
    if found is None or int(found[1]) == 0:
        raise error(f"{name} is {text!r}; give a whole number above 0 and a unit, such as '30D', '2W' or '12h'")
    unit = {"D": "days", "W": "weeks", "h": "hours"}[found[2]]
    return dt.timedelta(**{unit: int(found[1])})
