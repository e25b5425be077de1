"""What pandas has no type for, settled before its frames become Polars'."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, TypeGuard

from cjlab.tables.contract._kinds import IDENTIFIER, TIME

if TYPE_CHECKING:
    import pandas as pd

    from cjlab.tables.contract._declared import Table

_EXACT = 2**53  # beyond it a 64-bit float skips whole numbers


def settled(frame: Any, table: Table) -> Any:  # noqa: ANN401 - a frame is whatever holds columns
    """Return a pandas frame whose columns Polars reads for what they are; any other frame as it is.

    An object column without values has no type yet. Whole identifiers, which pandas keeps as floats when some are
    absent, are whole again. Times with and without a zone in one column, or dates among them, become text, for the
    check to find: Arrow would take them all for UTC, or for dates.
    """
    if not _is_pandas(frame) or not frame.columns.is_unique:
        return frame
    empty = [name for name, values in frame.items() if values.dtype == object and values.isna().all()]
    names = [column.name for column in table.columns if column.name in frame.columns and column.name not in empty]
    whole = [name for name in names if table[name].kind is IDENTIFIER and _is_whole(frame[name])]
    mixed = [name for name in names if table[name].kind is TIME and _is_mixed(frame[name])]
    return frame.astype(dict.fromkeys(empty, "null[pyarrow]") | dict.fromkeys(whole, "Int64")).assign(
        **{name: frame[name].map(_iso, na_action="ignore") for name in mixed}
    )


def _is_pandas(frame: object) -> TypeGuard[pd.DataFrame]:
    return type(frame).__module__.partition(".")[0] == "pandas" and hasattr(frame, "iterrows")


def _is_whole(values: pd.Series[Any]) -> bool:
    known = values.dropna() if values.dtype.kind == "f" else values[:0]
    return len(known) > 0 and bool(((known % 1 == 0) & (known.abs() < _EXACT)).all())


def _is_mixed(values: pd.Series[Any]) -> bool:
    return values.dtype == object and len({_sort(time) for time in values.dropna()}) > 1


def _sort(time: object) -> object:
    return time.tzinfo is None if isinstance(time, dt.datetime) else type(time)


def _iso(time: object) -> str:
    return time.isoformat() if isinstance(time, dt.date) else str(time)
