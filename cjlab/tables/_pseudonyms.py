"""Pseudonyms: every identifier of a person replaced, the same by the same, in all tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from cjlab._checks import listed
from cjlab.errors import KeyMaterialError, TableError
from cjlab.tables.contract._kinds import IDENTIFIER
from cjlab.tables.contract._schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cjlab.tables._key import Key

_IDENTIFIER, _TEXT, _PSEUDONYM = "\0identifier", "\0text", "\0pseudonym"


class Keyed(NamedTuple):
    """Which key made the pseudonyms of a log: its mark, and the file that no log may lie beside."""

    mark: str
    file: Path | None = None


def replaced(frames: Mapping[str, pl.LazyFrame], key: Key) -> dict[str, pl.LazyFrame]:
    """Return the tables with a pseudonym for each identifier of a person."""
    personal = {name: _personal(frame, name) for name, frame in frames.items()}
    distinct = [_distinct(frames, personal, kind) for kind in IDENTIFIER.types]
    pseudonyms = _pseudonyms(pl.concat([one.cast(pl.String) for one in distinct]).unique(), key)
    known = {one.dtype: _pairs(one, pseudonyms) for one in distinct}
    return {name: _replaced(frame, personal[name], known) for name, frame in frames.items()}


def _personal(frame: pl.LazyFrame, name: str) -> dict[str, pl.DataType]:
    """Return the personal columns of a table and their types; each must be one whose values can be replaced."""
    schema = frame.collect_schema()
    table = SCHEMA["events" if name == "unassigned" else name]
    columns = [column.name for column in table.columns if column.personal and column.name in schema]
    for column in columns:
        if schema[column] not in IDENTIFIER.types:
            found = f"{name}.{column} is {schema[column]}"
            raise TableError(f"{found}; to be pseudonymised it must be {IDENTIFIER.says}: cast it")
    return {column: schema[column] for column in columns}


def _distinct(
    frames: Mapping[str, pl.LazyFrame], personal: Mapping[str, Mapping[str, pl.DataType]], kind: pl.DataType
) -> pl.Series:
    columns = [
        frame.select(pl.col(column).alias(_IDENTIFIER)).unique()
        for name, frame in frames.items()
        for column, found in personal[name].items()
        if found == kind
    ]
    none = pl.LazyFrame(schema={_IDENTIFIER: kind})
    return pl.concat([none, *columns]).unique().drop_nulls().collect(engine="streaming").to_series()


def _pseudonyms(texts: pl.Series, key: Key) -> pl.DataFrame:
    pseudonyms = pl.Series(_PSEUDONYM, key.pseudonyms(texts.to_list()))
    table = pl.DataFrame([texts.alias(_TEXT), pseudonyms])
    collided = table.filter(pseudonyms.is_duplicated())
    if collided.height:
        same = listed(collided.sort(_PSEUDONYM)[_TEXT].head(2))
        raise KeyMaterialError(f"{same} have the same pseudonym under this key; use another key")
    return table


def _pairs(identifiers: pl.Series, pseudonyms: pl.DataFrame) -> pl.LazyFrame:
    texts = pl.DataFrame([identifiers, identifiers.cast(pl.String).alias(_TEXT)])
    return texts.join(pseudonyms, on=_TEXT).drop(_TEXT).lazy()


def _replaced(
    frame: pl.LazyFrame, columns: Mapping[str, pl.DataType], known: Mapping[pl.DataType, pl.LazyFrame]
) -> pl.LazyFrame:
    for column, kind in columns.items():
        pairs = known[kind].rename({_IDENTIFIER: column})
        joined = frame.join(pairs, on=column, how="left", maintain_order="left")
        frame = joined.with_columns(pl.col(_PSEUDONYM).alias(column)).drop(_PSEUDONYM)
    return frame
