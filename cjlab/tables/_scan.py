"""Stored parts, read together as one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab.errors import TableError
from cjlab.tables._part import files
from cjlab.tables._schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    Schema = Mapping[str, pl.DataType]

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


def united(name: str, schemas: Iterable[Schema]) -> dict[str, pl.DataType]:
    """Return the columns of all schemas, the declared ones first; a column has one type in all of them."""
    types: dict[str, pl.DataType] = {}
    for schema in schemas:
        for column, kind in schema.items():
            if types.setdefault(column, kind) != kind:
                raise TableError(
                    f"{name}.{column} is {kind}, but {types[column]} in the stored log; cast it to {types[column]}"
                )
    declared = [column.name for column in SCHEMA["events" if name == "unassigned" else name].columns]
    places = {column: place for place, column in enumerate(declared)}
    return {column: types[column] for column in sorted(types, key=lambda one: (places.get(one, len(places)), one))}


def _scan(name: str, parts: Sequence[Sequence[Path]]) -> pl.LazyFrame:
    """Scan the files of all parts; a column that a part lacks is null in its rows."""
    schema = united(name, [pl.read_parquet_schema(found[0]) for found in parts])
    of_shard = sorted((file.parent, place, file) for place, found in enumerate(parts) for file in found)
    return pl.scan_parquet(
        [file for _, _, file in of_shard],
        schema=schema,
        missing_columns="insert",
        extra_columns="ignore",
        hive_partitioning=False,
        glob=False,
    )
