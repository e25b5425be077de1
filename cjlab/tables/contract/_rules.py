"""Rules within a table: each value is one that its column may hold."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import polars as pl

from cjlab._checks import listed
from cjlab.tables.contract._kinds import DAY, NUMBER, SPAN, TIME
from cjlab.tables.contract._rule import Rule, Sound
from cjlab.tables.contract._schema import SCHEMA

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from cjlab.tables.contract._declared import Column, Table


def value_rules(sound: Sound, now: dt.datetime | None) -> Iterator[Rule]:
    """Return the rules that a row can break by itself, for all columns that are sound."""
    for name, frame in sound.frames.items():
        table = SCHEMA[name]
        for column in table.columns:
            if sound.has(name, column.name):
                yield from _of_column(frame, table, column)
                yield from _future(frame, table, column, now)
        yield from _unique(sound, table)
        yield from _ordered(sound, table)


def _of_column(frame: pl.LazyFrame, table: Table, column: Column) -> Iterator[Rule]:
    rules = (_known, _finite, _told, _allowed)
    return chain.from_iterable(rule(frame, table, column) for rule in rules)


def _known(frame: pl.LazyFrame, table: Table, column: Column) -> Iterator[Rule]:
    if column.bold:
        broken = frame.filter(pl.col(column.name).is_null())
        yield Rule(
            "null", table.name, column.name, broken, "is null; no row may lack it", "fill it, or leave the row out"
        )


def _finite(frame: pl.LazyFrame, table: Table, column: Column) -> Iterator[Rule]:
    if column.kind is not NUMBER:
        return
    value = pl.col(column.name)
    remedy = "leave unknown values null"
    yield Rule("finite", table.name, column.name, frame.filter(~value.is_finite()), "is not a finite number", remedy)
    if column.span is not None:
        span = column.span
        low = value <= span.low if span.above else value < span.low
        broken = frame.filter(value.is_finite() & (low | (value > span.high)))
        yield Rule(
            "range",
            table.name,
            column.name,
            broken,
            f"is out of range; allowed: {span}",
            "correct it, or leave it null",
        )


def _told(frame: pl.LazyFrame, table: Table, column: Column) -> Iterator[Rule]:
    """Let a time or a day be one that a calendar knows in every zone."""
    if column.kind in {TIME, DAY}:
        first, last = SPAN if column.kind is TIME else (SPAN[0].date(), SPAN[1].date())
        broken = frame.filter(~pl.col(column.name).is_between(first, last))
        wrong = "lies outside the years 1 to 9999"
        yield Rule("range", table.name, column.name, broken, wrong, "correct it, or leave it null")


def _allowed(frame: pl.LazyFrame, table: Table, column: Column) -> Iterator[Rule]:
    if column.allowed:
        broken = frame.filter(~pl.col(column.name).is_in(column.allowed))
        wrong = f"holds an unknown word; allowed: {listed(column.allowed)}"
        yield Rule("word", table.name, column.name, broken, wrong, "map it to one of these")


def _future(frame: pl.LazyFrame, table: Table, column: Column, now: dt.datetime | None) -> Iterator[Rule]:
    if now is not None and column.past:
        broken = frame.filter(pl.col(column.name) > now)
        wrong = f"lies after now, {now.isoformat(timespec='seconds')}"
        yield Rule("future", table.name, column.name, broken, wrong, "correct it, or give a later now")


def _unique(sound: Sound, table: Table) -> Iterator[Rule]:
    if table.key is None or not sound.has(table.name, table.key):
        return
    frame = sound.frames[table.name]
    repeated = frame.group_by(table.key).len().filter(pl.col("len") > 1).select(table.key)
    broken = frame.join(repeated, on=table.key, how="semi")
    yield Rule("duplicate", table.name, table.key, broken, "stands in several rows", "keep one row for each")


def _ordered(sound: Sound, table: Table) -> Iterator[Rule]:
    """Nothing ends before it starts, and nothing past is known before it happens."""
    name, frame = table.name, sound.frames[table.name]
    if table.stretch and sound.has(name, *table.stretch):
        start, end = table.stretch
        broken = frame.filter(pl.col(end) < pl.col(start))
        yield Rule("order", name, end, broken, f"lies before {start}", f"correct {end} or {start}")
    if sound.has(name, "at", "known_at") and table["at"].past:
        broken = frame.filter(pl.col("known_at") < pl.col("at"))
        yield Rule(
            "order", name, "known_at", broken, "lies before at", "nothing is known before it happens: correct it"
        )
