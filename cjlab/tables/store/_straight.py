"""One Parquet file, its words read as the codes that they are stored as."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from cjlab.errors import TableError
from cjlab.tables._coded import Coded

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray


class Straight(NamedTuple):
    """Columns of a file: those that are not text, and the codes of those that are."""

    frame: pl.DataFrame
    texts: Mapping[str, Coded]


def straight(file: Path, columns: Mapping[str, pl.DataType]) -> Straight | None:
    """Read columns of a file, no word made for a row; None where they are of other types there, or not there at all."""
    import pyarrow.parquet as pq

    texts = [name for name, kind in columns.items() if kind == pl.String]
    try:
        with pq.ParquetFile(file, read_dictionary=texts) as opened:
            if not set(columns) <= set(opened.schema_arrow.names):
                return None
            read = opened.read(list(columns), use_threads=False)
    except KeyError:  # words of a column that is not there
        return None
    except (OSError, ValueError) as error:
        raise TableError(f"{file} is damaged ({error}); restore it from a copy, or write the log anew") from error
    others = {name: kind for name, kind in columns.items() if name not in texts}
    frame = pl.DataFrame(pl.from_arrow(read.select(list(others)), rechunk=False))
    if dict(frame.schema) != others:
        return None
    return Straight(frame, {name: _joined(read[name]) for name in texts})


def _joined(words: pa.ChunkedArray) -> Coded:
    """Return the codes of all row groups, each word once, in the order in which they first come."""
    codes = np.empty(len(words), np.int32)
    places: dict[str, int] = {}
    begin = 0
    for chunk in words.chunks:
        end = begin + len(chunk)
        turned = [places.setdefault(word, len(places)) for word in chunk.dictionary.to_pylist()]
        codes[begin:end] = _turned(chunk.indices, turned)
        begin = end
    return Coded(codes, tuple(places))


def _turned(indices: pa.Array, turned: list[int]) -> NDArray[np.int32]:
    """Return codes in place of a row group's own; −1 for none."""
    found: NDArray[np.int32] = indices.fill_null(len(turned)).to_numpy(zero_copy_only=False)
    if turned == list(range(len(turned))) and not indices.null_count:
        return found
    return np.array([*turned, -1], np.int32)[found]
