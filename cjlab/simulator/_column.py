"""Frames that lie on blocks of numbers, without copying them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pyarrow as pa

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

TIME = pl.Datetime("us", "UTC")
TIMES = pa.timestamp("us", "UTC")
_BYTE = 255  # categories that fit into one byte


def column(
    values: NDArray[Any], known: NDArray[np.uint8] | None = None, count: int = 0, *, kind: pa.DataType | None = None
) -> pa.Array:
    """Return numbers as an Arrow array that lies on their memory.

    Parameters
    ----------
    values : ndarray
        ``(n,)`` numbers, contiguous.
    known : ndarray, optional
        A bit each, the lowest of a byte first: which are known; all of them unless given.
    count : int
        How many are known.
    kind : pyarrow.DataType, optional
        Their type, unless it is that of the numbers.
    """
    buffers = [None if known is None else pa.py_buffer(known), pa.py_buffer(values)]
    missing = 0 if known is None else len(values) - count
    return pa.Array.from_buffers(kind or pa.from_numpy_dtype(values.dtype), len(values), buffers, missing)


def frame(parts: Sequence[pa.Table], categories: Mapping[str, Sequence[str]], flags: Sequence[str]) -> pl.DataFrame:
    """Return columns as a frame, the parts behind each other: some are codes of categories, some are flags."""
    table = pa.concat_tables(parts)
    casts = [_categories(table.column(name), name, names) for name, names in categories.items()]
    made = pl.from_arrow(table, rechunk=False)
    assert isinstance(made, pl.DataFrame)  # noqa: S101 - a table is a frame
    return made.with_columns(*casts, *(pl.col(name).cast(pl.Boolean) for name in flags))


def _categories(codes: pa.ChunkedArray, name: str, names: Sequence[str]) -> pl.Expr:
    """Return codes as categories; where none is known, no code needs to be looked at."""
    if codes.null_count == len(codes):
        return pl.lit(None, kind_of(tuple(names))).alias(name)
    return numbered(pl.col(name), names)


def numbered(codes: pl.Expr, names: Sequence[str]) -> pl.Expr:
    """Return whole numbers as the categories that they count."""
    kind = kind_of(tuple(names))
    return codes.cast(_physical(kind)).cat.to(kind)


@lru_cache(maxsize=64)
def kind_of(names: tuple[str, ...]) -> pl.Enum:
    """Return the type of categories."""
    return pl.Enum(names)


def _physical(kind: pl.Enum) -> type[pl.UInt8 | pl.UInt16]:
    return pl.UInt8 if kind.categories.len() < _BYTE else pl.UInt16


def named(codes: NDArray[np.integer], names: Sequence[str]) -> pl.Series:
    """Return codes as categories; a code below 0 is null."""
    kind = kind_of(tuple(names))
    known = codes >= 0
    series = pl.Series(np.where(known, codes, 0), dtype=_physical(kind)).cat.to(kind)
    return series if known.all() else pl.select(pl.when(pl.Series(known)).then(series)).to_series()
