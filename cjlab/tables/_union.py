"""Tables that are to be one: a column has the same type in all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab.errors import TableError
from cjlab.tables.contract._schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Types = Mapping[str, pl.DataType]


def united(name: str, schemas: Iterable[Types]) -> dict[str, pl.DataType]:
    """Return the columns of all schemas, the declared ones first; a column has one type in all of them."""
    types: dict[str, pl.DataType] = {}
    for schema in schemas:
        for column, kind in schema.items():
            if types.setdefault(column, kind) != kind:
                differ = f"{name}.{column} is {kind}, but {types[column]} in the stored log"
                raise TableError(f"{differ}; cast it to that, or store the log anew")
    declared = [column.name for column in SCHEMA["events" if name == "unassigned" else name].columns]
    places = {column: place for place, column in enumerate(declared)}
    return {column: types[column] for column in sorted(types, key=lambda one: (places.get(one, len(places)), one))}


def fitted(name: str, frame: pl.LazyFrame, stored: Types) -> pl.LazyFrame:
    """Return a frame whose types are the stored ones: a column without values takes any type, another must have it."""
    types = frame.collect_schema()
    others = [column for column, kind in types.items() if stored.get(column, kind) != kind]
    if not others:
        return frame
    known = frame.select(pl.col(others).is_not_null().any()).collect(engine="streaming").row(0, named=True)
    united(name, [stored, {column: types[column] for column in others if known[column]}])
    return frame.with_columns(pl.lit(None, stored[column]).alias(column) for column in others)
