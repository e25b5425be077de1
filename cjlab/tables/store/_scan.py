"""Stored files, read together as tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab.errors import TableError
from cjlab.tables._union import united
from cjlab.tables.contract._schema import SCHEMA
from cjlab.tables.store._file import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cjlab.tables._union import Types
    from cjlab.tables.store._file import StoredFile
    from cjlab.tables.store._manifest import Manifest

_ALWAYS = (*(name for name, table in SCHEMA.items() if not table.companion), "unassigned")


def whole(folder: Path, manifest: Manifest) -> dict[str, pl.LazyFrame]:
    """Return every table of a stored log; those that a log always has must be there."""
    tables = scanned(folder, manifest)
    absent = [name for name in _ALWAYS if name not in tables]
    if absent:
        raise TableError(f"{folder} is no whole log: it has no {', '.join(absent)}; restore it from a copy")
    return tables


def scanned(folder: Path, manifest: Manifest) -> dict[str, pl.LazyFrame]:
    """Return the tables that have files, shard by shard, and within a shard part by part."""
    stored = {name: manifest.of(name) for name in TABLES}
    return {name: scan(folder, files, types(folder, files)) for name, files in stored.items() if files}


def types(folder: Path, files: Sequence[StoredFile]) -> dict[str, pl.DataType]:
    """Return the columns of a table, from one file of each part.

    A part without rows is asked only where none has rows: the types of its columns were anybody's guess.
    """
    one_a_part = {file.part: file for file in files if file.rows} or {files[0].part: files[0]}
    return united(files[0].table, [schema_of(folder / file.place) for file in one_a_part.values()])


def scan(folder: Path, files: Sequence[StoredFile], columns: Types) -> pl.LazyFrame:
    """Scan files of one table; a column that came with a later part is null in the rows before."""
    known = [file for file in files if file.rows] or files[:1]
    return scan_files([folder / file.place for file in known], columns)


def scan_files(files: Sequence[Path], columns: Types) -> pl.LazyFrame:
    """Scan Parquet files as rows of one table."""
    return pl.scan_parquet(
        list(files),
        schema=dict(columns),
        missing_columns="insert",
        extra_columns="ignore",
        hive_partitioning=False,
        glob=False,
    )


def schema_of(file: Path) -> Types:
    """Return the columns of a file."""
    with file.open("rb") as opened:  # a path would be taken for a pattern
        return pl.read_parquet_schema(opened)
