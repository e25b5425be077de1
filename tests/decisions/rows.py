"""Logs that are small enough to be looked through by hand."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import polars as pl

from cjlab.tables import SCHEMA, Log

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = dt.datetime(2025, 6, 1, 9, tzinfo=dt.UTC)
_TIME = pl.Datetime("us", "UTC")
_TYPES: dict[str, Any] = {"at": _TIME, "known_at": _TIME, "until": _TIME, "joined": _TIME, "stock": pl.Float64}
_COLUMNS = {
    "events": ("customer_id", "at", "event", "channel", "known_at"),
    "contacts": ("contact_id", "customer_id", "at", "campaign", "arm", "channel", "sent", "purpose", "known_at"),
    "consents": ("customer_id", "at", "channel", "purpose", "granted", "until"),
    "profiles": ("customer_id", "field", "at", "value", "known_at"),
    "item_states": ("item", "at", "place", "stock"),
    "customers": ("customer_id", "joined"),
}
_BOLD = {one.name for table in SCHEMA.values() for one in table.bold} | {"customer_id", "value", "stock"}
_KINDS = {"customer_id": pl.Int64, "contact_id": pl.Int64, "sent": pl.Boolean, "granted": pl.Boolean}


def ago(days: float) -> dt.datetime:
    """Return the moment so many days before the decision."""
    return NOW - dt.timedelta(days=days)


def log_of(**tables: Sequence[tuple[Any, ...]]) -> Log:
    """Make a log of rows; who is named anywhere has joined long ago."""
    people = {row[1 if name == "contacts" else 0] for name, rows in tables.items() for row in rows}
    given = {
        "customers": [(one, ago(400)) for one in sorted(one for one in people if isinstance(one, int))],
        "consents": (),
        "profiles": (),
        **tables,
    }
    frames: dict[str, Any] = {}
    for name, rows in given.items():
        schema = {column: _TYPES.get(column, _KINDS.get(column, pl.String)) for column in _COLUMNS[name]}
        made = pl.DataFrame(list(rows), schema=schema, orient="row")
        frames[name] = made.select(column for column in made if column.name in _BOLD or column.null_count() < len(made))
    return Log.of(**frames)
