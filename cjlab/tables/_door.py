"""The door: frames of any kind become tables with the declared types, and no value is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl

from cjlab import _checks
from cjlab.tables._pandas import settled
from cjlab.tables.contract._kinds import IDENTIFIER, TEXT, TIME
from cjlab.tables.contract._schema import SCHEMA
from cjlab.tables.store._blame import planned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.tables.contract._declared import Column, Table

_OWNERS = ("customer_id", "visitor_id")
_NAIVE = (pl.Date(), pl.Datetime("ms"), pl.Datetime("us"), pl.Datetime("ns"))


class _Ways(NamedTuple):
    """What the door knows beyond a column: the type of each identifier, and the zone of times that state none."""

    identifiers: Mapping[str, pl.DataType]
    assume: str | None


def opened(frames: Mapping[str, Any], *, assume: str | None) -> dict[str, pl.LazyFrame]:
    """Return the given tables, typed as far as that loses nothing, the four that are always there, and ``unassigned``.

    An identifier without values takes the type that it has in another table.
    """
    given = {name: _lazy(frame, SCHEMA[name]) for name, frame in frames.items() if frame is not None}
    ways = _Ways(_identifiers(given), assume)
    empty = {name: _empty(table, ways) for name, table in SCHEMA.items() if not table.companion}
    tables = empty | {name: _typed(frame, SCHEMA[name], ways) for name, frame in given.items()}
    return tables | _split(tables["events"], ways)


def _lazy(frame: Any, table: Table) -> pl.LazyFrame:  # noqa: ANN401 - a frame is whatever holds columns
    return planned(_checks.lazy(settled(frame, table), table=table.name), table.name)


def _identifiers(given: Mapping[str, pl.LazyFrame]) -> dict[str, pl.DataType]:
    """Find the type of each identifier in the first table that has it."""
    types: dict[str, pl.DataType] = {}
    for name, frame in given.items():
        schema = frame.collect_schema()
        for column in SCHEMA[name].columns:
            found = schema.get(column.name, pl.Null())
            if column.kind is IDENTIFIER and found != pl.Null:
                types.setdefault(column.name, pl.String() if found in TEXT else pl.Int64())
    return types


def _empty(table: Table, ways: _Ways) -> pl.LazyFrame:
    """Make the table without rows: its bold columns, and for events whose they are."""
    names = dict.fromkeys([*(_OWNERS if table.name == "events" else ()), *(column.name for column in table.bold)])
    return pl.LazyFrame(schema={name: _default(table[name], ways) for name in names})


def _default(column: Column, ways: _Ways) -> pl.DataType:
    return ways.identifiers.get(column.name, column.kind.types[0])


def _typed(frame: pl.LazyFrame, table: Table, ways: _Ways) -> pl.LazyFrame:
    """Type the declared columns and put them first, in their order; the others follow by name, as they are."""
    schema = frame.collect_schema()
    declared = [column for column in table.columns if column.name in schema]
    others = sorted(set(schema) - {column.name for column in declared})
    return frame.select(*(_taken(column, schema[column.name], ways) for column in declared), *others)


def _taken(column: Column, found: pl.DataType, ways: _Ways) -> pl.Expr:
    value = pl.col(column.name)
    if found == pl.Null:
        return value.cast(_default(column, ways))
    if column.kind is TIME and ways.assume and found in _NAIVE:
        return _placed(value.cast(pl.Datetime("us")), ways.assume)
    taken = column.kind.take(value, found)
    return value if taken is None else taken.alias(column.name)


def _placed(naive: pl.Expr, zone: str) -> pl.Expr:
    """Read local times in UTC: an hour that the clock shows twice is its first, one it skips keeps the offset before.

    So PEP 495 reads times with ``fold=0``. The offset before a skip is that of the day before.
    """
    day = pl.duration(days=1)
    plain, before = (
        time.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null").dt.convert_time_zone("UTC")
        for time in (naive, naive - day)
    )
    return plain.fill_null(before + day)


def _split(events: pl.LazyFrame, ways: _Ways) -> dict[str, pl.LazyFrame]:
    """Part the events that have a customer or a visitor from those that have neither."""
    present = events.collect_schema().names()
    if "customer_id" not in present and "visitor_id" in present:
        nobody = pl.lit(None, _default(SCHEMA["events"]["customer_id"], ways)).alias("customer_id")
        events = events.select(nobody, *present)
    owners = [name for name in _OWNERS if name in present]
    if not owners:
        return {"events": events, "unassigned": events.clear()}
    owned = pl.any_horizontal(pl.col(owners).is_not_null())
    return {"events": events.filter(owned), "unassigned": events.filter(~owned)}
