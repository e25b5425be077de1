"""Retention: what happened before a date leaves a stored log in one step."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab._checks import flag
from cjlab.tables._moment import moment
from cjlab.tables.erasing._erase import leftovers_swept, taken
from cjlab.tables.erasing._lessened import Cut, lessened
from cjlab.tables.erasing._removed import Removed
from cjlab.tables.store._blame import writable
from cjlab.tables.store._file import intact
from cjlab.tables.store._manifest import Manifest
from cjlab.tables.store._scan import scanned
from cjlab.tables.store._store import tidied

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

_HAPPENED = ("events", "contacts", "unassigned")
_NUMBER = "contact_id"


def purge(folder: Path, before: str | dt.date, *, dry: bool) -> Removed:
    """Take everything that happened before a date out of a stored log."""
    with writable(folder):
        if flag(dry, name="dry"):
            return _purged(folder, Manifest.read(folder), before, dry=True)
        with tidied(folder) as manifest:
            leftovers_swept(folder)
            return _purged(folder, manifest, before, dry=False)


def _purged(folder: Path, manifest: Manifest, before: str | dt.date, *, dry: bool) -> Removed:
    when = moment(before, manifest.timezone)
    intact(manifest.files, folder)
    tables = scanned(folder, manifest)
    cuts = _cuts(tables, when)
    stones = manifest.erased
    made = lessened(manifest, folder, cuts, stage=None) if dry else taken(folder, manifest, cuts, stones=stones)
    return Removed(made.gone, made.blanked, len(made.anew))


def _cuts(tables: Mapping[str, pl.LazyFrame], when: dt.datetime) -> dict[str, Cut]:
    """Return what goes: rows from before, and in those that stay the numbers of contacts that go."""
    gone = (pl.col("at") < when).fill_null(value=False)
    answered = _answered(tables, gone)
    return {
        name: Cut(gone, {_NUMBER: _one_of(answered)} if name != "contacts" and _NUMBER in columns else {})
        for name, columns in ((name, tables[name].collect_schema()) for name in _HAPPENED if name in tables)
    }


def _answered(tables: Mapping[str, pl.LazyFrame], gone: pl.Expr) -> pl.Series:
    """Return the contacts that go and that an event answers which stays."""
    answers = [
        tables[name].filter(~gone).select(_NUMBER)
        for name in _HAPPENED
        if name != "contacts" and name in tables and _NUMBER in tables[name].collect_schema()
    ]
    kind = tables["contacts"].collect_schema()[_NUMBER]
    same = [one for one in answers if one.collect_schema()[_NUMBER] == kind]
    if not same:
        return pl.Series(dtype=kind)
    sent = tables["contacts"].filter(gone).select(_NUMBER)
    found = pl.concat(same).drop_nulls().unique().join(sent, on=_NUMBER, how="semi")
    return found.collect(engine="streaming").to_series()


def _one_of(numbers: pl.Series) -> pl.Expr:
    if numbers.is_empty():
        return pl.lit(value=False)
    return pl.col(_NUMBER).is_in(numbers.implode()).fill_null(value=False)
