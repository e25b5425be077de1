"""A table that is not split by customers, put in order within the memory of a slice of it."""

from __future__ import annotations

import math
import os
import shutil
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from cjlab.tables._order import total
from cjlab.tables.making._spread import gathered, spread
from cjlab.tables.store._part import lay

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

_ROWS = 200_000  # of a slice
_SAMPLE = 1_000  # one row in so many tells where to cut
_OLDEST = pl.CompatLevel.oldest()  # text as every reader of Parquet knows it


def lay_slices(frame: pl.LazyFrame, file: Path, *, table: str, rows: int = _ROWS) -> None:
    """Write rows of nobody in their total order, which begins with a time: cut by time, then slice by slice."""
    order = total(frame.collect_schema().names(), table)
    height = int(frame.select(pl.len()).collect(engine="streaming").item())
    if height <= rows:
        lay(frame.sort(order, nulls_last=True), file)
        return
    loose = file.parent / f".{file.stem}"
    _spread(frame, loose, _cuts(frame, math.ceil(height / rows), every=min(_SAMPLE, rows)))
    with file.open("wb") as opened:
        _follow(_slices(loose, order), opened)
        os.fsync(opened.fileno())
    shutil.rmtree(loose)


def _cuts(frame: pl.LazyFrame, slices: int, *, every: int) -> NDArray[np.int64]:
    """Return times between which about equally many rows lie."""
    times = pl.col("at").to_physical().drop_nulls()
    sample = frame.select(times.gather_every(every)).collect(engine="streaming").to_series().sort().to_numpy()
    return sample[np.arange(1, slices) * len(sample) // slices]


def _spread(frame: pl.LazyFrame, loose: Path, cuts: NDArray[np.int64]) -> None:
    number = pl.col("at").to_physical().map_batches(lambda at: _numbered(at, cuts), pl.Int32, is_elementwise=True)
    spread(frame, loose, number, numbers=len(cuts) + 1)


def _numbered(at: pl.Series, cuts: NDArray[np.int64]) -> pl.Series:
    """Return each row's slice; a row without a time comes last."""
    places = np.searchsorted(cuts, at.fill_null(np.iinfo(np.int64).max).to_numpy(), side="right")
    return pl.Series(places.astype(np.int32))


def _slices(loose: Path, order: list[str]) -> Iterator[pl.DataFrame]:
    for _, rows in gathered(loose):
        yield rows.sort(order, nulls_last=True).collect(engine="streaming")


def _follow(slices: Iterator[pl.DataFrame], opened: object) -> None:
    """Write one slice behind the other."""
    writer: pq.ParquetWriter | None = None
    for rows in slices:
        table = rows.to_arrow(compat_level=_OLDEST)
        writer = writer or pq.ParquetWriter(opened, table.schema, compression="zstd")
        writer.write_table(table)
    if writer:
        writer.close()
