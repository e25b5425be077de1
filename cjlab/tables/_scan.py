"""Stored parts, read together as one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab.errors import TableError
from cjlab.tables._part import files
from cjlab.tables._schema import SCHEMA
from cjlab.tables._union import united

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_ALWAYS = (*(name for name, table in SCHEMA.items() if not table.companion), "unassigned")


def whole(folder: Path, parts: Sequence[str]) -> dict[str, pl.LazyFrame]:
    """Return every table of a stored log; those that a log always has must be there."""
    tables = scanned(folder, parts)
    absent = [name for name in _ALWAYS if name not in tables]
    if absent:
        raise TableError(f"{folder} is no whole log: {', '.join(absent)} of {', '.join(parts)} is absent; restore it")
    return tables


def scanned(folder: Path, parts: Sequence[str]) -> dict[str, pl.LazyFrame]:
    """Return the tables that these parts have, shard by shard, and within a shard part by part."""
    stored = {name: [files(folder, name, part) for part in parts] for name in (*SCHEMA, "unassigned")}
    return {
        name: _scan(name, [of_part for of_part in found if of_part]) for name, found in stored.items() if any(found)
    }


def _scan(name: str, parts: Sequence[Sequence[Path]]) -> pl.LazyFrame:
    """Scan the files of all parts; a column that a part lacks is null in its rows."""
    base, *increments = parts
    filled = increments if increments and _is_empty(base[0]) else parts
    of_shard = sorted((file.parent, place, file) for place, found in enumerate(filled) for file in found)
    return pl.scan_parquet(
        [file for _, _, file in of_shard],
        schema=united(name, [pl.read_parquet_schema(found[0]) for found in filled]),
        missing_columns="insert",
        extra_columns="ignore",
        hive_partitioning=False,
        glob=False,
    )


def _is_empty(file: Path) -> bool:
    """Tell whether a table had no rows yet, so that the types of its columns were anybody's guess."""
    return not pl.scan_parquet(file, hive_partitioning=False, glob=False).select(pl.len()).collect().item()
