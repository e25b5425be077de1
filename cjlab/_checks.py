"""Checks at the door: each returns what it checked, or says what to change.

Rooms check what comes from outside with these, and trust it from then on.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections import Counter
from numbers import Integral, Real
from reprlib import Repr
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cjlab.errors import CjlabError, SpecError, TableError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    import pandas as pd
    import polars as pl

T = TypeVar("T")

_UNWRITABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_CENTURY = dt.timedelta(days=36_525)
_BRIEF = Repr()
_BRIEF.maxstring = _BRIEF.maxother = _BRIEF.maxlong = 120
_BRIEF.maxlevel = 3


def shown(value: object) -> str:
    """Show a value in a message, cut short where it is long."""
    return _BRIEF.repr(value)


def listed(values: Iterable[object]) -> str:
    """Join values for a message: ``'a', 'b' or 'c'``."""
    names = [repr(value) for value in values]
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def one_of(value: T, allowed: Iterable[T], *, name: str, error: type[CjlabError] = SpecError) -> T:
    """Return ``value`` if it is among ``allowed``."""
    choices = list(allowed)
    if not isinstance(value, tuple({type(one) for one in choices})) or value not in choices:
        raise error(f"{name} is {shown(value)}; allowed: {listed(choices) or 'none'}")
    return value


def within(
    value: float, low: float, high: float, *, name: str, open_ends: bool = False, error: type[CjlabError] = SpecError
) -> float:
    """Return ``value`` as a float if it lies from ``low`` to ``high`` (both excluded if ``open_ends``)."""
    number = finite(value, name=name, error=error)
    inside = low < number < high if open_ends else low <= number <= high
    if not inside:
        ends = f"above {low:g} and below {high:g}" if open_ends else f"from {low:g} to {high:g}"
        raise error(f"{name} is {shown(value)}; give a number {ends}")
    return number


def finite(value: object, *, name: str, error: type[CjlabError] = SpecError) -> float:
    """Return ``value`` as a float if it is a finite number; booleans are none, numpy's numbers are some."""
    try:
        number = math.nan if isinstance(value, bool) or not isinstance(value, Real) else float(value)
    except OverflowError:  # a whole number beyond all floats
        number = math.inf
    if not math.isfinite(number):
        raise error(f"{name} is {shown(value)}; give a finite number")
    return number


def whole(value: object, *, name: str, least: int, most: int = 10**12, error: type[CjlabError] = SpecError) -> int:
    """Return ``value`` as an int if it is a whole number from ``least`` to ``most``; numpy's are some."""
    if isinstance(value, bool) or not isinstance(value, Integral) or not least <= int(value) <= most:
        raise error(f"{name} is {shown(value)}; give a whole number from {least} to {most}")
    return int(value)


def instance(value: object, kind: type[T], *, name: str, error: type[CjlabError] = SpecError) -> T:
    """Return ``value`` if it is of a class."""
    if not isinstance(value, kind):
        what = f"the class {value.__name__}" if isinstance(value, type) else f"a {type(value).__name__}"
        raise error(f"{name} is {what}; give one of the class {kind.__name__}")
    return value


def flag(value: object, *, name: str, error: type[CjlabError] = SpecError) -> bool:
    """Return ``value`` if it is true or false, and no number or word for it."""
    if not isinstance(value, bool):
        raise error(f"{name} is {shown(value)}; give true or false")
    return value


def text(value: object, *, name: str, error: type[CjlabError] = SpecError) -> str:
    """Return ``value`` if it is text that can be read: not blank, without control characters."""
    if not isinstance(value, str) or not value.strip() or _UNWRITABLE.search(value):
        raise error(f"{name} is {shown(value)}; give text that is not blank and has no control characters")
    return value


def texts(values: object, *, name: str, error: type[CjlabError] = SpecError) -> tuple[str, ...]:
    """Return ``values`` as a tuple if it is a list of texts of which none stands twice."""
    if not isinstance(values, list | tuple):
        raise error(f"{name} is {shown(values)}; give a list of texts, such as ['a', 'b']")
    return distinct([text(value, name=name, error=error) for value in values], name=name, error=error)


def distinct(values: Iterable[T], *, name: str, error: type[CjlabError] = SpecError) -> tuple[T, ...]:
    """Return ``values`` as a tuple if none occurs twice."""
    kept = tuple(values)
    twice = {repr(value) for value, times in Counter(kept).items() if times > 1}
    if twice:
        raise error(f"{name} names {', '.join(sorted(twice))} more than once; each may stand once")
    return kept


def lazy(frame: Any, *, table: str, only: Collection[str] | None = None) -> pl.LazyFrame:  # noqa: ANN401 - a frame is whatever holds columns
    """Return a frame of any kind as a Polars lazy frame.

    Polars (eager or lazy), pandas, Arrow tables and anything that exports the Arrow PyCapsule stream
    (DuckDB relations, Ibis tables, …) are taken as they are; a pandas index that has a name becomes a column, unless
    there is a column of that name. Columns of a pandas frame that are not among ``only`` are left out.

    Raises
    ------
    TableError
        When ``frame`` is none of these, when two of its columns have one name, or no type fits a column.
    """
    import polars as pl

    if isinstance(frame, pl.LazyFrame):
        return frame
    if isinstance(frame, pl.DataFrame):
        return frame.lazy()
    if type(frame).__module__.partition(".")[0] == "pandas" and hasattr(frame, "iterrows"):
        return _of_pandas(frame, table, only).lazy()
    if hasattr(frame, "__arrow_c_stream__") and type(frame).__name__ != "Series":
        try:
            return pl.DataFrame(frame).lazy()
        except _unfit() as refused:
            raise TableError(f"{table} is no table of columns with names of their own: {refused}") from refused
    raise TableError(
        f"{table} is a {type(frame).__name__}; give a pandas, Polars or Arrow frame, "
        "or anything that exports an Arrow stream"
    )


def _of_pandas(frame: pd.DataFrame, table: str, only: Collection[str] | None) -> pl.DataFrame:
    import polars as pl

    named = frame.reset_index(level=[name for name in frame.index.names if name is not None and name not in frame])
    kept = named.loc[:, [only is None or str(name) in only for name in named.columns]]
    distinct(map(str, kept.columns), name=f"{table}: the list of columns", error=TableError)
    try:
        return pl.from_pandas(kept)
    except _unfit() as refused:
        said = " and ".join(filter(None, (_misfit(str(name), values) for name, values in kept.items())))
        raise TableError(f"{table}: {said or refused}; give each column values of one type") from refused


def _misfit(name: str, values: pd.Series[Any]) -> str:
    """Say what a column holds that no type fits; nothing if one does."""
    import polars as pl

    try:
        pl.from_pandas(values)
    except _unfit():
        kinds = sorted({type(value).__name__ for value in values})
        return f"column {name!r} is of type {values.dtype} and holds {', '.join(kinds)}"
    return ""


def _unfit() -> tuple[type[BaseException], ...]:
    """Name what Polars and Arrow raise where no type fits."""
    import polars as pl
    import pyarrow as pa

    polars = (pl.exceptions.PolarsError, pl.exceptions.PanicException)
    return (*polars, pa.ArrowException, TypeError, ValueError, OverflowError)


def columns(frame: pl.LazyFrame, required: Iterable[str], *, table: str) -> pl.LazyFrame:
    """Return ``frame`` if it has all ``required`` columns."""
    present = frame.collect_schema().names()
    absent = [name for name in required if name not in present]
    if absent:
        raise TableError(f"{table} has no column {listed(absent)}; its columns are {', '.join(present) or 'none'}")
    return frame


def zone(value: str, *, name: str, error: type[CjlabError] = SpecError) -> ZoneInfo:
    """Return the time zone of that name; names that only this machine gives a meaning (``localtime``) are none."""
    import polars as pl

    try:
        found = ZoneInfo(value)
        pl.Series([], dtype=pl.Datetime("us", "UTC")).dt.convert_time_zone(value)
    except (ZoneInfoNotFoundError, ValueError, TypeError, OSError, pl.exceptions.ComputeError) as refused:
        advice = "give a zone of the IANA list, such as 'Europe/Paris' or 'UTC'"
        raise error(f"{name} is {shown(value)}; {advice}") from refused
    return found


def offset(text: str, *, name: str, error: type[CjlabError] = SpecError) -> dt.timedelta:
    """Return an offset such as ``"30D"``, ``"2W"`` (weeks), ``"12h"`` or ``"30min"``: above 0, within a century."""
    found = re.fullmatch(r"([0-9]{1,9})(D|W|h|min)", text) if isinstance(text, str) else None
    minutes = 0 if found is None else int(found[1]) * {"D": 1_440, "W": 10_080, "h": 60, "min": 1}[found[2]]
    if not 0 < minutes * 60 <= _CENTURY.total_seconds():
        raise error(
            f"{name} is {shown(text)}; give a whole number above 0 and a unit, such as '30D', '2W', '12h' or '30min', "
            "at most a hundred years"
        )
    return dt.timedelta(minutes=minutes)
