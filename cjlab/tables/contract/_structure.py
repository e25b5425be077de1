"""Rules about columns: those that must exist do, and each has its type."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

import polars as pl

from cjlab._checks import listed
from cjlab.tables.contract._kinds import IDENTIFIER, TIME
from cjlab.tables.contract._rule import Rule, Sound, found
from cjlab.tables.contract._schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from polars.datatypes import DataTypeClass

    from cjlab.tables.contract._declared import Column, Table
    from cjlab.tables.contract._findings import Finding

_STRANGERS = 5  # columns named in a message
_ISO_DATE = r"^\d{4}-\d{2}-\d{2}"
_OFFSET = r"(Z|[+-]\d{2}:?\d{2})$"


def structure(frames: Mapping[str, pl.LazyFrame]) -> tuple[Sound, list[Finding]]:
    """Return the sound columns, and a finding for each column that is absent or has a wrong type."""
    tables = {name: frame for name, frame in frames.items() if name in SCHEMA}
    faults = [fault for name, frame in tables.items() for fault in _faults(frame, SCHEMA[name])]
    strangers = _strangers(tables, {(fault.table, fault.column) for fault in faults})
    unsound = {(fault.table, fault.column) for fault in (*faults, *strangers)}
    findings = [*found(faults, even_without_rows=True), *found(strangers)]
    declared = {name: _declared(frame, SCHEMA[name]) for name, frame in tables.items()}
    present = {(name, column) for name, frame in declared.items() for column in frame.collect_schema().names()}
    return Sound(declared, frozenset(present - unsound)), findings


def _faults(frame: pl.LazyFrame, table: Table) -> Iterator[Rule]:
    schema = frame.collect_schema()
    for column in _required(table, schema):
        wrong = f"is missing; it must be {column.kind.says}"
        yield Rule("missing", table.name, column.name, frame, wrong, _named_otherwise(table, column, schema))
    for column in table.columns:
        if column.name in schema and schema[column.name] not in column.kind.types:
            yield _mistyped(frame, table.name, column, schema[column.name])
    others = set(schema) - {column.name for column in table.columns}
    for name in sorted(name for name in others if not _is_kept(schema[name])):
        wrong = f"is {schema[name]}, which no file can hold"
        yield Rule("type", table.name, name, frame.drop(name), wrong, "cast it, or leave it out")


def _is_kept(kind: pl.DataType | DataTypeClass) -> bool:
    """Tell whether Parquet can hold a type: no Python objects and no struct without fields, however deep."""
    inner = [field.dtype for field in kind.fields] if isinstance(kind, pl.Struct) else [getattr(kind, "inner", None)]
    empty = isinstance(kind, pl.Struct) and not inner
    return kind != pl.Object and not empty and all(_is_kept(one) for one in inner if one is not None)


def _declared(frame: pl.LazyFrame, table: Table) -> pl.LazyFrame:
    """Return the declared columns: rules are about them, and give others names of their own."""
    present = frame.collect_schema()
    return frame.select([column.name for column in table.columns if column.name in present])


def _named_otherwise(table: Table, column: Column, present: Iterable[str]) -> str:
    """Say which columns that the table does not declare may be the one that is missing."""
    declared = {one.name for one in table.columns}
    others = [name for name in present if name not in declared]
    near = difflib.get_close_matches(column.name, others, n=1) or others[:_STRANGERS]
    return f"add it, or rename {listed(near)}" if near else "add it"


def _required(table: Table, present: Iterable[str]) -> list[Column]:
    """Return the bold columns that are absent; an event needs a customer or a visitor."""
    names = set(present)
    owner = [table["customer_id"]] if table.name == "events" and not names & {"customer_id", "visitor_id"} else []
    return [*owner, *(column for column in table.bold if column.name not in names)]


def _mistyped(frame: pl.LazyFrame, table: str, column: Column, found_type: pl.DataType) -> Rule:
    shown = frame.drop(column.name) if found_type == pl.Object else frame
    if column.kind is TIME and isinstance(found_type, pl.Datetime):
        return _unplaced(shown, table, column, found_type)
    if column.kind is TIME and found_type == pl.String and _mixes_zones(frame, column.name):
        return Rule(
            "mixed zones",
            table,
            column.name,
            shown,
            f"mixes times of several zones, or with and without one; allowed: {column.kind.says}",
            "parse it as UTC, such as polars' str.to_datetime(time_zone='UTC')",
        )
    wrong = f"is {found_type}; allowed: {column.kind.says}"
    return Rule("type", table, column.name, shown, wrong, "cast it before the log is made")


def _unplaced(frame: pl.LazyFrame, table: str, column: Column, found_type: pl.Datetime) -> Rule:
    if found_type.time_zone is None:
        wrong, remedy = "has times without a zone", "state their zone: Log.of(…, assume='Europe/Paris')"
        return Rule("time zone", table, column.name, frame, f"{wrong}; allowed: {column.kind.says}", remedy)
    wrong = f"is in {found_type.time_zone}, {found_type.time_unit}; allowed: {column.kind.says}"
    return Rule("time zone", table, column.name, frame, wrong, "make the log by Log.of, which converts it")


def _mixes_zones(frame: pl.LazyFrame, column: str) -> bool:
    text = pl.col(column)
    offset = text.str.extract(_OFFSET).str.replace("Z", "+00:00", literal=True)
    times = frame.filter(text.str.contains(_ISO_DATE)).select(offset.unique())
    return times.collect(engine="streaming").height > 1


def _strangers(tables: Mapping[str, pl.LazyFrame], unsound: set[tuple[str, str]]) -> list[Rule]:
    """Return a rule for each identifier whose type differs from that in an earlier table: nothing could match it."""
    types: dict[str, tuple[str, pl.DataType]] = {}
    rules = []
    for name, frame in tables.items():
        schema = frame.collect_schema()
        for column in SCHEMA[name].columns:
            if column.kind is IDENTIFIER and column.name in schema and (name, column.name) not in unsound:
                where, expected = types.setdefault(column.name, (name, schema[column.name]))
                if schema[column.name] != expected:
                    wrong = f"is {schema[column.name]}, but {where}.{column.name} is {expected}"
                    known = frame.filter(pl.col(column.name).is_not_null())
                    rules.append(Rule("type", name, column.name, known, wrong, "give both the same type"))
    return rules
