"""Vocabularies: the words of events, channels and devices, each with a code that never changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SPOKEN = {
    "event": (("events", "event"),),
    "channel": (("events", "channel"), ("contacts", "channel")),
    "device": (("events", "device"),),
}


def vocabularies(
    tables: Mapping[str, pl.LazyFrame], known: Mapping[str, tuple[str | None, ...]] | None = None
) -> dict[str, tuple[str | None, ...]]:
    """Return the known words, then the new ones in the order of the alphabet."""
    before = known or {}
    return {name: _grown(before.get(name, ()), words(tables, name)) for name in SPOKEN}


def heard(frames: Mapping[str, pl.DataFrame]) -> dict[str, tuple[str, ...]]:
    """Return the words of rows that are in memory, in the order of the alphabet."""
    return {name: tuple(sorted(set().union(*_said(frames, name)))) for name in SPOKEN}


def _said(frames: Mapping[str, pl.DataFrame], name: str) -> Iterator[set[str]]:
    for table, column in SPOKEN[name]:
        if table in frames and column in frames[table].columns:
            yield set(frames[table][column].unique().drop_nulls())


def _grown(known: tuple[str | None, ...], words: set[str]) -> tuple[str | None, ...]:
    return (*known, *sorted(words.difference(known)))


def forgotten(
    known: Mapping[str, tuple[str | None, ...]], taken: Mapping[str, pl.LazyFrame], left: Mapping[str, pl.LazyFrame]
) -> dict[str, tuple[str | None, ...]]:
    """Return the known words without those that stood in the rows taken and stand in none that are left.

    The places of the others, which are their codes, stay.
    """
    gone = {name: words(taken, name) for name in SPOKEN}
    lost = {name: said - words(left, name) if said else said for name, said in gone.items()}
    return {name: tuple(None if word in lost.get(name, ()) else word for word in said) for name, said in known.items()}


def spoken(known: Mapping[str, tuple[str | None, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the known words without the places of those that were forgotten."""
    return {name: tuple(word for word in said if word is not None) for name, said in known.items()}


def words(tables: Mapping[str, pl.LazyFrame], name: str) -> set[str]:
    """Return the events, channels or devices of tables."""
    spoken = [
        tables[table].select(pl.col(column).cast(pl.String).alias(name)).unique()
        for table, column in SPOKEN[name]
        if table in tables and column in tables[table].collect_schema()
    ]
    return set(pl.concat(spoken).drop_nulls().collect(engine="streaming")[name]) if spoken else set()
