"""A state made anew, or brought on by a day, of a log that knows the day already or to which it was appended."""

from __future__ import annotations

import json
import shutil
import sys
import time
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import polars as pl

from benchmarks.features.job import AFTER, AS_OF, LEARNED, processor
from benchmarks.features.with_cjlab import recipe
from cjlab.features import Recipe, State
from cjlab.tables import Log, moment

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

TABLES = ("events", "contacts", "customers", "profiles")


def split(folder: str, before: str, after: str) -> None:
    """Write what was known of a log before the date, and that again with one more day appended."""
    log = Log.read(folder)
    one, other = moment(AS_OF, log.timezone), moment(AFTER, log.timezone)
    shards = len(log.shards())
    Log.of(**_known(log, None, one), items=log.items, timezone=log.timezone).write(before, shards=shards)
    shutil.copytree(before, after)
    Log.of(**_known(log, one, other), timezone=log.timezone).append(after)


def _known(log: Log, since: dt.datetime | None, until: dt.datetime) -> dict[str, pl.LazyFrame]:
    """Return the rows of customers that came to be known in a time."""
    return {name: frame.filter(_came(frame, since, until)) for name, frame in log.tables.items() if name in TABLES}


def _came(frame: pl.LazyFrame, since: dt.datetime | None, until: dt.datetime) -> pl.Expr:
    columns = frame.collect_schema().names()
    when = pl.col("at" if "at" in columns else "joined")
    told = pl.max_horizontal(when, pl.col("known_at").fill_null(when)) if "known_at" in columns else when
    return (told < until) if since is None else (told >= since) & (told < until)


def anew(kind: Recipe, before: str, after: str, home: str) -> Callable[[], State]:
    """Make the state of the day after."""
    del before
    return lambda: State.of(kind, Log.read(after), AFTER, folder=f"{home}/after")


def advance(kind: Recipe, before: str, after: str, home: str) -> Callable[[], State]:
    """Make the state of the date, which is not measured; then that of the day after of it."""
    state = State.of(kind, Log.read(before), AS_OF, folder=f"{home}/before")
    return lambda: state.advance(Log.read(after), AFTER, folder=f"{home}/after")


def measured(job: str, kind: str, before: str, after: str) -> dict[str, object]:
    """Return the seconds of a job, and what its table adds up to."""
    with TemporaryDirectory() as home:
        made = recipe() if kind == "49" else Recipe.default(Log.read(before), LEARNED)
        ready = {"anew": anew, "advance": advance}[job](made, before, after, home)
        began, clock = processor(), time.perf_counter()
        state = ready()
        kept, inside = processor(), time.perf_counter() - clock
        table = state.build()
        total = float(table.sum(numeric_only=True).sum())
        return {
            "cpu": kept - began,
            "inside": inside,
            "table": processor() - kept,
            "lines": len(table),
            "features": len(table.columns),
            "total": total,
        }


if __name__ == "__main__":
    *what, one, other, small = sys.argv[1:]
    measured(*what, small, small)  # type: ignore[call-arg] # two words
    json.dump(measured(*what, one, other), sys.stdout)  # type: ignore[call-arg] # likewise
