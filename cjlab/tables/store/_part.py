"""A part of a stored log: one Parquet file a table and shard, its rows in their total order."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import polars as pl

from cjlab.tables._order import total
from cjlab.tables.making._spread import gathered, spread
from cjlab.tables.store._file import StoredFile, placed
from cjlab.tables.store._scan import scan, types
from cjlab.tables.store._shards import shard

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cjlab.tables.store._manifest import Manifest

BASE = "base"
GATHERED = "gathered"  # the part of a log written shard by shard that holds what came with another shard
_OWNERS = ("customer_id", "visitor_id")
_LOOSE = ".loose"  # rows by shard, not yet in order


def write_part(tables: Mapping[str, pl.LazyFrame], folder: Path, *, part: str, shards: int) -> tuple[StoredFile, ...]:
    """Write the tables as one part: those of customers by shard, the others whole; an empty table has a file too.

    Rows are first spread over the shards in one streaming pass, then each shard is put in order, so no more than a
    shard is sorted at a time. A column that has neither values nor a type is left out.
    """
    for name, given in tables.items():
        frame = given.drop([column for column, kind in given.collect_schema().items() if kind == pl.Null])
        found = owners(frame.collect_schema(), name)
        if found:
            _write_shards(frame, folder / name, part=part, key=shard(found, count=shards), shards=shards)
        else:
            lay_ordered(frame, folder / name / f"{part}.parquet", table=name)
    return _measured(folder)


def fold_parts(manifest: Manifest, folder: Path, stage: Path, *, part: str) -> tuple[StoredFile, ...]:
    """Write all parts of a stored log as one, shard by shard."""
    for name in sorted({file.table for file in manifest.files}):
        files = manifest.of(name)
        columns = types(folder, files)
        for number in {file.shard: None for file in [one for one in files if one.rows] or files[:1]}:
            of_shard = [file for file in files if file.shard == number]
            place = f"{name}/{part}.parquet" if number is None else f"{name}/shard={number:04d}/{part}.parquet"
            lay_ordered(scan(folder, of_shard, columns), stage / place, table=name)
    return _measured(stage)


def owners(columns: Iterable[str], table: str) -> list[str]:
    """Return the columns that say whose a row is; none for a table that is not split by customers."""
    present = set(columns)
    return [] if table == "unassigned" else [owner for owner in _OWNERS if owner in present]


def _measured(folder: Path) -> tuple[StoredFile, ...]:
    return tuple(StoredFile.measured(folder, place) for place in placed(folder))


def _write_shards(frame: pl.LazyFrame, folder: Path, *, part: str, key: pl.Expr, shards: int) -> None:
    if shards == 1:
        lay_ordered(frame, folder / "shard=0000" / f"{part}.parquet", table=folder.name)
        return
    loose = folder / _LOOSE
    spread(frame, loose, key, numbers=shards)
    pieces = list(gathered(loose))
    for number, rows in pieces:
        lay_ordered(rows, folder / f"shard={number:04d}" / f"{part}.parquet", table=folder.name)
    if not pieces:
        lay_ordered(frame.clear(), folder / "shard=0000" / f"{part}.parquet", table=folder.name)
    shutil.rmtree(loose, ignore_errors=True)


def lay_ordered(frame: pl.LazyFrame, file: Path, *, table: str) -> None:
    """Write the rows in total order: by whose and when it is, then by all the rest, so no tie is left to chance."""
    lay(frame.sort(total(frame.collect_schema().names(), table), nulls_last=True), file)


def lay(frame: pl.LazyFrame, file: Path) -> None:
    """Write rows as they come, so that they outlive a power cut.

    The folder is ours to make: Polars may go on after a write has failed, and must not make one that was removed.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    frame.sink_parquet(file, sync_on_close="all", engine="streaming")
