"""The store: a log as a folder of Parquet files that is whole at every moment."""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any

import polars as pl

from cjlab.errors import SpecError
from cjlab.tables import _refusals
from cjlab.tables._manifest import Manifest, settle
from cjlab.tables._part import write_part
from cjlab.tables._pseudonyms import Keyed
from cjlab.tables._scan import scanned, whole
from cjlab.tables._schema import SCHEMA
from cjlab.tables._stage import locked, staged
from cjlab.tables._union import fitted
from cjlab.tables._vocabularies import vocabularies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from cjlab.tables._tables import Tables

_BASE = "base"
_FOLDED = ("folded", "refolded")  # a base to be, until it may take that name
_ROWS_A_SHARD = 500_000
_MOST_SHARDS = 9_999  # their number has four digits


def write(log: Tables, folder: Path, *, shards: int | None) -> None:
    """Write a log into a folder of its own, which appears whole or not at all."""
    _refusals.beside_key(log, folder)
    _refusals.occupied(folder)
    _refusals.broken(log)
    number = _enough(log) if shards is None else _counted(shards)
    mark = log.keyed.mark if log.keyed else None
    with staged(folder) as stage:
        write_part(log.tables, stage, part=_BASE, shards=number)
        words = vocabularies(whole(stage, (_BASE,)))
        Manifest(log.timezone, number, (_BASE,), words, mark).commit(stage)
        stage.rename(folder)
    settle(folder.parent)


def read(folder: Path) -> dict[str, Any]:
    """Return what a stored log holds: its tables, its zone, and which key made its pseudonyms."""
    manifest = Manifest.read(folder)
    keyed = None if manifest.pseudonyms is None else Keyed(manifest.pseudonyms)
    return {**whole(folder, manifest.parts), "timezone": manifest.timezone, "keyed": keyed}


def append(log: Tables, folder: Path, *, stored: Tables) -> None:
    """Add the rows of a log to a stored one, as one more part; nothing that was written before is touched."""
    _refusals.beside_key(log, folder)
    _refusals.broken(log)
    _refusals.unlike(log, folder, stored=stored)
    tables = _new_rows(log, stored)
    if not tables:
        return
    with _tidied(folder) as manifest:
        part = _part_name(tables, log.timezone, manifest.parts)
        with staged(folder) as stage:
            write_part(tables, stage, part=part, shards=manifest.shards)
            words = vocabularies(scanned(stage, (part,)), manifest.vocabularies)
            _move(stage, folder)
        replace(manifest, parts=(*manifest.parts, part), vocabularies=words).commit(folder)


def compact(folder: Path) -> None:
    """Fold the increments of a stored log into its base.

    The new base is committed under a name of its own; once the old one is gone it takes its name, file by file, while
    the manifest names both: at every moment it names each row once.
    """
    with _tidied(folder) as manifest:
        if manifest.parts == (_BASE,):
            return
        part = next(name for name in _FOLDED if name not in manifest.parts)
        with staged(folder) as stage:
            write_part(whole(folder, manifest.parts), stage, part=part, shards=manifest.shards)
            _move(stage, folder)
        replace(manifest, parts=(part,)).commit(folder)
        _sweep(folder, (part,))
        replace(manifest, parts=(part, _BASE)).commit(folder)
        for file in [file for file in _own(folder) if file.stem == part]:
            file.rename(file.with_stem(_BASE))
            settle(file.parent)
        replace(manifest, parts=(_BASE,)).commit(folder)


@contextmanager
def _tidied(folder: Path) -> Iterator[Manifest]:
    """Hold a stored log against other writers, and leave no file in it that does not belong to it."""
    Manifest.read(folder)
    with locked(folder):
        try:
            yield Manifest.read(folder)
        finally:
            _sweep(folder, Manifest.read(folder).parts)


def _sweep(folder: Path, parts: Sequence[str]) -> None:
    leftovers = [file for file in _own(folder) if file.stem not in parts]
    for file in leftovers:
        file.unlink()
    for shard in {file.parent for file in leftovers}:
        if not any(shard.iterdir()):
            shard.rmdir()


def _own(folder: Path) -> list[Path]:
    """List the Parquet files of the log's tables; what else a person keeps in the folder is his."""
    tables = [folder / name for name in (*SCHEMA, "unassigned")]
    return [file for table in tables for file in (*table.glob("shard=*/*.parquet"), *table.glob("*.parquet"))]


def _move(stage: Path, folder: Path) -> None:
    """Move the files of a part to their places, unseen until the manifest names them."""
    for file in stage.rglob("*.parquet"):
        place = folder / file.relative_to(stage)
        place.parent.mkdir(parents=True, exist_ok=True)
        file.rename(place)
        settle(place.parent)


def _enough(log: Tables) -> int:
    """Return how many shards keep the largest table of customers within the rows that a shard should have."""
    sharded = [frame for frame in log.tables.values() if "customer_id" in frame.collect_schema()]
    counts = pl.collect_all([frame.select(pl.len()) for frame in sharded], engine="streaming")
    most = max(int(rows.item()) for rows in counts)
    return min(_MOST_SHARDS, max(1, math.ceil(most / _ROWS_A_SHARD)))


def _counted(shards: int) -> int:
    if isinstance(shards, bool) or not isinstance(shards, int) or not 1 <= shards <= _MOST_SHARDS:
        raise SpecError(f"shards is {shards!r}; give a whole number from 1 to {_MOST_SHARDS:,}")
    return shards


def _new_rows(log: Tables, stored: Tables) -> dict[str, pl.LazyFrame]:
    """Return the tables that have rows, their types those of the stored rows."""
    types = {name: frame.collect_schema() for name, frame in _with_rows(stored.tables).items()}
    return {name: fitted(name, frame, types.get(name, {})) for name, frame in _with_rows(log.tables).items()}


def _with_rows(tables: Mapping[str, pl.LazyFrame]) -> dict[str, pl.LazyFrame]:
    counts = pl.collect_all([frame.select(pl.len()) for frame in tables.values()], engine="streaming")
    return {name: frame for (name, frame), rows in zip(tables.items(), counts, strict=True) if rows.item()}


def _part_name(tables: Mapping[str, pl.LazyFrame], timezone: str, taken: Sequence[str]) -> str:
    """Name a part by the last local day on which something in it happened."""
    day = _last_day(tables, timezone)
    return next(name for number in count(1) if (name := day if number == 1 else f"{day}-{number}") not in taken)


def _last_day(tables: Mapping[str, pl.LazyFrame], timezone: str) -> str:
    dated = [frame for frame in tables.values() if "at" in frame.collect_schema()]
    local = pl.col("at").max().dt.convert_time_zone(timezone).dt.date()
    days = pl.collect_all([frame.select(local) for frame in dated], engine="streaming") if dated else []
    return max((f"{day.item():%Y-%m-%d}" for day in days if day.item() is not None), default="undated")
