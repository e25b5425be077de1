"""Groups of rows: every row of a batch gets the number of its group, every number a label."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from cjlab.statistics._labels import Label
from cjlab.statistics._numbers import nulls, raw

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_FEW = 1 << 16  # combinations that may be counted rather than sorted


def encode(batch: pa.RecordBatch, by: Sequence[str]) -> tuple[NDArray[np.integer], list[Label]]:
    """Give every row the number of its group, and the label of each number."""
    codes, labels = np.zeros(batch.num_rows, dtype=np.intp), list[Label]([()])
    for name in by:
        more, values = _column(batch.column(name))
        if len(by) == 1:
            return more, [(value,) for value in values]
        codes, present = _numbered(codes * len(values) + more, len(labels) * len(values))
        labels = [(*labels[code // len(values)], values[code % len(values)]) for code in present]
    return codes, labels


def _column(values: pa.Array) -> tuple[NDArray[Any], list[Any]]:
    """Return the code of each row and the value of each code, some of which may not occur."""
    encoded = values if pa.types.is_dictionary(values.type) else values.dictionary_encode()
    known, codes, unknown = encoded.dictionary.to_pylist(), raw(encoded.indices), nulls(encoded.indices)
    if unknown is not None:
        codes = np.where(unknown, len(known), codes)
        known.append(None)
    places = {value: place for place, value in enumerate(dict.fromkeys(known))}
    if len(places) < len(known):  # a dictionary may hold a value twice, or a null of its own
        codes = np.asarray([places[value] for value in known], dtype=np.intp)[codes]
    return codes, list(places)


def _numbered(codes: NDArray[np.intp], possible: int) -> tuple[NDArray[np.intp], list[int]]:
    """List the codes that occur, and replace each by its place in the list."""
    if possible > _FEW:
        present, number = np.unique(codes, return_inverse=True)
        return number, present.tolist()
    present = np.flatnonzero(np.bincount(codes, minlength=possible))
    number = np.zeros(possible, dtype=np.intp)
    number[present] = np.arange(len(present))
    return number[codes], present.tolist()
