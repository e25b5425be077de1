"""What is read of each customer to tell whether he still listens."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from cjlab.errors import SpecError
from cjlab.features._recipe import Recipe
from cjlab.features._span import before
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._formulas import counted, same, since
from cjlab.features.listening._audit import ACTS, Audit
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._where import Where
from cjlab.features.rhythm._change import RhythmChange
from cjlab.features.rhythm._rhythm import Rhythm
from cjlab.tables import known

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from cjlab.tables import Log

GAPS: Final = 4
"""The fewest gaps between purchases of a customer of whom it is said whether he is late."""
_GUESSED: Final = {
    "events": {"machine": pl.lit(None, pl.Boolean)},
    "contacts": {"cost": pl.lit(None, pl.Float64)},
}


class Heard(NamedTuple):
    """What is read of a log: a line a customer, and what the log does not have."""

    people: pd.DataFrame
    told: tuple[str, ...]
    lacking: tuple[str, ...]
    channels: tuple[str, ...]


@dataclass(frozen=True)
class _Reached(Builder):
    """Through what he was written to, since when, what he opened there, and how often he bought."""

    window: str
    purpose: str
    channels: tuple[str, ...]

    def columns(self) -> tuple[Column, ...]:
        """Return opens by machines, days since the first message, days of purchases, and three columns a channel."""
        sent = Where(table="contacts", sent=True, purpose=self.purpose)
        first, bought = Cell("first_at", sent, window=self.window), Cell("days", Where("purchase"), window=self.window)
        made = [
            counted("machine_opens", Where("opened", machine=True), self.window, "opens by machines"),
            Column("first_sent", (first,), since, "days", "days since the first message", "nothing was sent to him"),
            Column("bought", (bought,), same, "days", "days with a purchase"),
        ]
        for place, channel in enumerate(self.channels):
            by_it = Where(table="contacts", sent=True, purpose=self.purpose, channel=channel)
            opened = Where("opened", channel=channel, machine=False)
            cost = Cell("sum", by_it, of="cost", window=self.window)
            made += [
                counted(f"sent_{place}", by_it, self.window, f"messages by {channel}"),
                Column(f"cost_{place}", (cost,), same, "cost", f"what messages by {channel} cost"),
                counted(f"opened_{place}", opened, self.window, f"messages opened by {channel}"),
            ]
        return tuple(made)


def heard(log: Log, start: dt.datetime, end: dt.datetime, *, window: str, purpose: str) -> Heard:
    """Read a log: who was written to between two moments, what he did, and how late he is by his own rhythm."""
    whole, lacking = completed(log, purpose)
    told = acts(log, start, end)
    channels = _channels(whole, start, end, purpose)
    rhythm = _rhythm(log, end) if "purchase" in told else ()
    audit = () if not channels else (Audit(window, purpose), _Reached(window, purpose, channels))
    builders = (*audit, *rhythm)
    people = Recipe(*builders).build(whole, end) if builders else _nobody()
    return Heard(people, told, lacking, channels)


def completed(log: Log, purpose: str) -> tuple[Log, tuple[str, ...]]:
    """Give a log the columns that may be absent, and name those that were."""
    guessed = {"events": _GUESSED["events"], "contacts": {**_GUESSED["contacts"], "purpose": pl.lit(purpose)}}
    made: dict[str, Any] = {}
    lacking: list[str] = []
    for table, columns in guessed.items():
        present = log.tables[table].collect_schema().names()
        absent = {name: value for name, value in columns.items() if name not in present}
        lacking += list(absent)
        if absent:
            made[table] = log.tables[table].with_columns(**absent)
    return (replace(log, **made) if made else log), tuple(lacking)


def acts(log: Log, start: dt.datetime, end: dt.datetime) -> tuple[str, ...]:
    """Return which acts the log has a row of."""
    rows = before(log.events, end).filter(pl.col("at") >= start)
    found = rows.select(pl.col("event").cast(pl.String).unique()).collect()["event"].to_list()
    return tuple(act for act in ACTS if act in found)


def written(log: Log, start: dt.datetime, end: dt.datetime, purpose: str) -> pl.LazyFrame:
    """Return the messages of a purpose that were sent between two moments, and known before the second."""
    rows = log.contacts.filter(pl.col("customer_id").is_not_null(), known(log.contacts) < end, pl.col("at") >= start)
    return rows.filter(pl.col("sent"), pl.col("purpose").cast(pl.String) == purpose)


def _channels(log: Log, start: dt.datetime, end: dt.datetime, purpose: str) -> tuple[str, ...]:
    """Return the channels by which messages were sent, those of most messages first."""
    sent = written(log, start, end, purpose).select(pl.col("channel").cast(pl.String))
    found = sent.group_by("channel").len().sort("len", "channel", descending=[True, False]).collect()
    return tuple(found["channel"].drop_nulls().to_list())


def _rhythm(log: Log, end: dt.datetime) -> tuple[Builder, ...]:
    """Return what tells who is late, where the log has enough gaps to say what people are like."""
    try:
        change = RhythmChange.fitted(log, end)
    except SpecError:
        return ()
    return Rhythm(**change.prior._asdict(), learned=change.learned), change


def _nobody() -> pd.DataFrame:
    import pandas as pd

    return pd.DataFrame(index=pd.Index([], name="customer_id"))
