"""Sixty-four bits for each value of a column: equal values have equal bits, whatever frame they came in."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cjlab._random import digests, mix
from cjlab.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    _Bits = NDArray[np.uint64]

_EXACT = 2**53  # below it a whole number and a float are the same number


def salt(*names: str) -> np.uint64:
    """Return 64 bits that stand for some names."""
    return np.uint64(int.from_bytes(blake2b("\0".join(names).encode(), digest_size=8).digest(), "little"))


def salted(values: pl.Series, salts: np.uint64 | _Bits) -> _Bits:
    """Return mixed bits of the values, ``(n,)`` for one salt, ``(k, n)`` for ``(k, 1)``; those of a null are 0."""
    spread = mix(bits(values) + salts)
    return spread * values.is_not_null().to_numpy() if values.null_count() else spread


def bits(values: pl.Series) -> _Bits:
    """Return ``(n,)`` bits of the values; those of a null mean nothing.

    Raises
    ------
    TableError
        When the values are Python objects.
    """
    for types, way in _WAYS:
        if isinstance(values.dtype, types):
            return way(values)
    raise TableError(f"column {values.name} is {values.dtype}, which has no logical value; cast it, or leave it out")


def _nothing(values: pl.Series) -> _Bits:
    return np.zeros(len(values), np.uint64)


def _of_texts(values: pl.Series) -> _Bits:
    """Digest each distinct text once."""
    texts = values.cast(pl.String)
    known = texts.unique().drop_nulls()
    return _looked_up(texts, known, digests(text.encode() for text in known.to_list()))


def _of_bytes(values: pl.Series) -> _Bits:
    known = values.unique().drop_nulls()
    return _looked_up(values, known, digests(known.to_list()))


def _looked_up(values: pl.Series, known: pl.Series, found: _Bits) -> _Bits:
    spread = values.replace_strict(known, pl.Series(found, dtype=pl.UInt64), default=None, return_dtype=pl.UInt64)
    return spread.fill_null(0).to_numpy()


def _of_floats(values: pl.Series) -> _Bits:
    """Take the bits of a float: one zero, one NaN."""
    numbers = values.cast(pl.Float64).fill_null(0.0).to_numpy() + 0.0
    return np.where(np.isnan(numbers), np.nan, numbers).view(np.uint64)


def _of_whole(values: pl.Series) -> _Bits:
    """Take the bits of a whole number, or of the float that equals it."""
    numbers = values.fill_null(0).to_numpy()
    exact = (numbers < _EXACT) & (numbers > -_EXACT)
    return np.where(exact, numbers.astype(np.float64).view(np.uint64), numbers.astype(np.uint64, casting="unsafe"))


def _of_flags(values: pl.Series) -> _Bits:
    return values.fill_null(value=False).to_numpy().astype(np.uint64)


def _of_times(values: pl.Series) -> _Bits:
    return values.dt.cast_time_unit("us").to_physical().fill_null(0).to_numpy().view(np.uint64)


def _of_days(values: pl.Series) -> _Bits:
    return values.to_physical().cast(pl.Int64).fill_null(0).to_numpy().view(np.uint64)


def _of_structs(values: pl.Series) -> _Bits:
    total = _nothing(values)
    for field in values.struct.unnest().get_columns():
        total += salted(field, salt("field", field.name))
    return total


def _of_lists(values: pl.Series) -> _Bits:
    """Sum the bits of the elements, each salted by its place, and the length."""
    lengths = values.list.len().fill_null(0).to_numpy().astype(np.int64)
    starts = np.cumsum(lengths) - lengths
    place = (np.arange(lengths.sum()) - np.repeat(starts, lengths)).astype(np.uint64)
    elements = values.filter(pl.Series(lengths > 0)).explode()
    total = lengths.astype(np.uint64)
    total[lengths > 0] += np.add.reduceat(mix(salted(elements, salt("element")) + place), starts[lengths > 0])
    return total


def _of_mappings(values: pl.Series) -> _Bits:
    kind: Any = values.dtype
    return _of_lists(values.cast(pl.List(pl.Struct({"key": kind.key, "value": kind.value}))))


def _of_arrays(values: pl.Series) -> _Bits:
    return _of_lists(values.arr.to_list())


def _of_extensions(values: pl.Series) -> _Bits:
    return bits(values.ext.storage())


_WAYS: tuple[tuple[tuple[type[pl.DataType], ...], Callable[[pl.Series], _Bits]], ...] = (
    ((pl.Null,), _nothing),
    ((pl.String, pl.Categorical, pl.Enum, pl.Decimal, pl.Int128, pl.UInt128), _of_texts),
    ((pl.Binary,), _of_bytes),
    ((pl.Float16, pl.Float32, pl.Float64), _of_floats),
    ((pl.Int8, pl.Int16, pl.Int32, pl.Int64, pl.UInt8, pl.UInt16, pl.UInt32, pl.UInt64), _of_whole),
    ((pl.Boolean,), _of_flags),
    ((pl.Datetime, pl.Duration), _of_times),
    ((pl.Date, pl.Time), _of_days),
    ((pl.Struct,), _of_structs),
    ((pl.List,), _of_lists),
    ((pl.Map,), _of_mappings),
    ((pl.Array,), _of_arrays),
    ((pl.BaseExtension,), _of_extensions),
)
