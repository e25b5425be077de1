"""A part of a stored log: one Parquet file a table and shard, its rows in their total order."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import polars as pl

from cjlab.tables._schema import SCHEMA
from cjlab.tables._shards import shard

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from polars.io.partition import FileProviderArgs

_OWNERS = ("customer_id", "visitor_id")
_LOOSE = ".loose"  # rows by shard, not yet in order
_KEY = "\0shard"


def write_part(tables: Mapping[str, pl.LazyFrame], folder: Path, *, part: str, shards: int) -> None:
    """Write the tables as one part: those of customers by shard, the others whole; an empty table has a file too.

    Rows are first spread over the shards in one streaming pass, then each shard is put in order, so memory is bounded
    by a shard. A column that has neither values nor a type is left out.
    """
    for name, given in tables.items():
        frame = given.drop([column for column, kind in given.collect_schema().items() if kind == pl.Null])
        owners = [owner for owner in _OWNERS if owner in frame.collect_schema()] if name != "unassigned" else []
        if owners:
            _write_shards(frame, folder / name, part=part, key=shard(owners, count=shards), shards=shards)
        else:
            _write(frame, folder / name / f"{part}.parquet", table=name)


def files(folder: Path, table: str, part: str) -> list[Path]:
    """List the files of one part of a table, by shard."""
    return sorted([*(folder / table).glob(f"shard=*/{part}.parquet"), *(folder / table).glob(f"{part}.parquet")])


def _write_shards(frame: pl.LazyFrame, folder: Path, *, part: str, key: pl.Expr, shards: int) -> None:
    if shards == 1:
        _write(frame, folder / "shard=0000" / f"{part}.parquet", table=folder.name)
        return
    loose = folder / _LOOSE
    spread = pl.PartitionBy(
        loose, key=key.alias(_KEY), include_key=False, file_path_provider=_named, approximate_bytes_per_file=None
    )
    frame.sink_parquet(spread, mkdir=True, compression="lz4", maintain_order=False, engine="streaming")
    pieces = sorted(loose.glob("*.parquet")) if loose.exists() else []
    for piece in pieces:
        rows = pl.scan_parquet(piece, hive_partitioning=False, glob=False)
        _write(rows, folder / f"shard={piece.stem}" / f"{part}.parquet", table=folder.name)
    if not pieces:
        _write(frame.clear(), folder / "shard=0000" / f"{part}.parquet", table=folder.name)
    shutil.rmtree(loose, ignore_errors=True)


def _named(piece: FileProviderArgs) -> str:
    return f"{piece.partition_keys.item():04d}.parquet"


def _write(frame: pl.LazyFrame, file: Path, *, table: str) -> None:
    frame.sort(_total_order(frame.collect_schema(), table), nulls_last=True).sink_parquet(
        file, mkdir=True, sync_on_close="all", engine="streaming"
    )


def _total_order(columns: Iterable[str], table: str) -> list[str]:
    """Order by whose and when it is, then by all the rest: no tie is left to chance."""
    present = list(columns)
    first = [name for name in SCHEMA["events" if table == "unassigned" else table].order if name in present]
    return list(dict.fromkeys([*first, *present]))
