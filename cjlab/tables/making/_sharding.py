"""One shard of a log in the making: its rows in their files, and aside what belongs elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab.errors import TableError
from cjlab.tables._order import arranged
from cjlab.tables._vocabularies import heard
from cjlab.tables.making._receipt import Receipt, columns_of
from cjlab.tables.store._file import StoredFile
from cjlab.tables.store._part import BASE, lay, owners
from cjlab.tables.store._shards import shard

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

ASIDE = "aside"


def shard_written(tables: Mapping[str, pl.LazyFrame], folder: Path, *, number: int, shards: int) -> Receipt:
    """Write the tables of one shard's customers, and return the receipt.

    Rows of visitors, of nobody, and of customers of another shard are kept aside, below ``aside``.
    """
    frames = {name: _typed(frame).collect() for name, frame in tables.items()}
    owned = {name: owners(frame.columns, name) for name, frame in frames.items()}
    _refuse_ownerless(frames, owned)
    split = {name: _split(frame, owned[name], number, shards) for name, frame in frames.items()}
    files = [_laid(here, folder, name, number) for name, (here, _) in split.items() if owned[name]]
    waiting = {name: away.height for name, (_, away) in split.items() if away.height}
    for name in waiting:
        lay(split[name][1].lazy(), folder / ASIDE / f"{name}.parquet")
    return Receipt(tuple(files), heard(frames), columns_of(frames), waiting)


def _typed(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Leave out columns that have neither values nor a type."""
    return frame.drop([column for column, kind in frame.collect_schema().items() if kind == pl.Null])


def _refuse_ownerless(frames: Mapping[str, pl.DataFrame], owned: Mapping[str, Sequence[str]]) -> None:
    for name, frame in frames.items():
        if frame.height and not owned[name] and name != "unassigned":
            raise TableError(f"{name} has {frame.height:,} rows of no customer; give them once, to Writer.finish")


def _split(frame: pl.DataFrame, owned: Sequence[str], number: int, shards: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return what belongs to the shard, and what does not."""
    if not owned:
        return frame.clear(), frame
    mine = _mine(frame[owned[0]], number, shards)
    return (frame, frame.clear()) if mine.all() else (frame.filter(mine), frame.filter(~mine))


def _laid(rows: pl.DataFrame, folder: Path, name: str, number: int) -> StoredFile:
    """Write rows in their total order."""
    place = f"{name}/shard={number:04d}/{BASE}.parquet"
    lay(arranged(rows, name).lazy(), folder / place)
    return StoredFile.measured(folder, place, rows=rows.height)


def _mine(owner: pl.Series, number: int, shards: int) -> pl.Series:
    """Tell which rows are of the shard; each owner is asked for once where his rows stand together."""
    runs = owner.rename("owner").rle().struct.rename_fields(["rows", "owner"]).struct.unnest()
    mine = runs.select((shard(["owner"], count=shards) == number) & pl.col("owner").is_not_null()).to_series()
    return pl.Series(np.repeat(mine.to_numpy(), runs["rows"].to_numpy()))
