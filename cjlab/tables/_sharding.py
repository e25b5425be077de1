"""One shard of a log in the making: its rows in their files, and aside what belongs elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab.errors import TableError
from cjlab.tables._file import StoredFile, placed
from cjlab.tables._fingerprint import sums
from cjlab.tables._order import arranged
from cjlab.tables._part import lay, owners
from cjlab.tables._receipt import Receipt, columns_of
from cjlab.tables._shards import shard
from cjlab.tables._vocabularies import vocabularies

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

BASE = "base"
ASIDE = "aside"


def shard_written(tables: Mapping[str, pl.LazyFrame], folder: Path, *, number: int, shards: int) -> Receipt:
    """Write the tables of one shard's customers, and return the receipt.

    Rows of visitors, of nobody, and of customers of another shard are kept aside, below ``aside``.
    """
    frames = {name: _typed(frame).collect() for name, frame in tables.items()}
    owned = {name: owners(frame.columns, name) for name, frame in frames.items()}
    _refuse_ownerless(frames, owned)
    aside = {name: _laid(frame, folder, name, owned[name], (number, shards)) for name, frame in frames.items()}
    files = tuple(StoredFile.measured(folder, place) for place in placed(folder))
    lazy = {name: frame.lazy() for name, frame in frames.items()}
    filled = {name: sums(frame, name) for name, frame in lazy.items() if frames[name].height}
    waiting = {name: rows for name, rows in aside.items() if rows}
    return Receipt(files, filled, vocabularies(lazy), columns_of(frames), waiting)


def _typed(frame: pl.LazyFrame) -> pl.LazyFrame:
    """Leave out columns that have neither values nor a type."""
    return frame.drop([column for column, kind in frame.collect_schema().items() if kind == pl.Null])


def _refuse_ownerless(frames: Mapping[str, pl.DataFrame], owned: Mapping[str, Sequence[str]]) -> None:
    for name, frame in frames.items():
        if frame.height and not owned[name] and name != "unassigned":
            raise TableError(f"{name} has {frame.height:,} rows of no customer; give them once, to Writer.finish")


def _laid(frame: pl.DataFrame, folder: Path, name: str, owned: Sequence[str], place: tuple[int, int]) -> int:
    """Write what belongs here and what does not; return how many rows do not."""
    number, shards = place
    if not owned:
        if frame.height:
            _lay(frame, folder / ASIDE / f"{name}.parquet")
        return frame.height
    mine = frame.select((shard(owned, count=shards) == number) & pl.col(owned[0]).is_not_null()).to_series()
    here, away = (frame, frame.clear()) if mine.all() else (frame.filter(mine), frame.filter(~mine))
    _lay(arranged(here, name), folder / name / f"shard={number:04d}" / f"{BASE}.parquet")
    if away.height:
        _lay(away, folder / ASIDE / f"{name}.parquet")
    return away.height


def _lay(rows: pl.DataFrame, file: Path) -> None:
    lay(rows.lazy(), file)
