"""Columns of a batch as NumPy holds them, straight from Arrow's memory: Arrow's own way there loads pandas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from cjlab.errors import TableError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.statistics._samples import Flags, Floats

_EXACT = 2**53  # floats hold every whole number below


def numbers(values: pa.Array, *, name: str) -> NDArray[np.generic]:
    """Bring a column to whole numbers that are all known, or to float64 with NaN for what is not."""
    floating, unknown = pa.types.is_floating(values.type), nulls(values)
    if pa.types.is_decimal(values.type) or pa.types.is_null(values.type):
        values = values.cast(pa.float64(), safe=False)
    found = raw(values)
    if unknown is not None and not floating:
        found = np.where(unknown, found.dtype.type(0), found)
    if not floating and found.itemsize > np.int32().itemsize:
        _require_exact(found, name=name)
    if unknown is None and found.dtype.kind != "f":
        return found
    floats = found.astype(np.float64, copy=False)
    return floats if unknown is None else _with_nan(floats, unknown)


def raw(values: pa.Array) -> NDArray[np.generic]:
    """Return numbers or flags as they lie in memory; where they are null, whatever lies there."""
    data = values.buffers()[1]
    if pa.types.is_boolean(values.type):
        return _bits(data, values.offset, len(values))
    kind = np.dtype(values.type.to_pandas_dtype())
    return np.frombuffer(data, dtype=kind, count=len(values), offset=values.offset * kind.itemsize)


def nulls(values: pa.Array) -> Flags | None:
    """Say which values are null; None where none is."""
    if not values.null_count:
        return None
    known = values.buffers()[0]
    if known is None:  # a column of nothing but nulls keeps no record of them
        return np.ones(len(values), dtype=np.bool_)
    return np.asarray(_bits(known, values.offset, len(values)) == 0)


def zeroed(values: Floats, unknown: Flags) -> None:
    """Put 0 in place of what is unknown, by bits: a branch at each value takes many times as long."""
    bits = values.view(np.int64)
    np.bitwise_and(bits, unknown.view(np.int8) - np.int8(1), out=bits)


def _with_nan(values: Floats, unknown: Flags) -> Floats:
    """Put NaN in place of what is unknown: a float of which every bit is set."""
    return np.asarray(np.bitwise_or(values.view(np.int64), -unknown.view(np.int8)).view(np.float64))


def _bits(buffer: pa.Buffer, offset: int, count: int) -> NDArray[np.uint8]:
    start, skipped = divmod(offset, 8)
    packed = np.frombuffer(buffer, dtype=np.uint8, offset=start)
    return np.unpackbits(packed, count=skipped + count, bitorder="little")[skipped:]


def _require_exact(values: NDArray[np.generic], *, name: str) -> None:
    for end in (values.min(), values.max()):
        if not -_EXACT < end.item() < _EXACT:
            raise TableError(
                f"column {name!r} holds {int(end)}; whole numbers and decimals of 2^53 = {_EXACT} or more lose "
                "digits: take a constant away from them first, or make them float64 if its 15 digits will do"
            )
