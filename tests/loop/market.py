"""A market whose rules a test says: who likes a mail, what a mail then brings, and what everybody buys anyway."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cjlab.decisions import Action, Holdout, Rules, Terms
from cjlab.features import Frequency, Recency, Recipe
from cjlab.loop import Aim, Cycle
from cjlab.tables import Log

if TYPE_CHECKING:
    from pathlib import Path

    from cjlab.loop import Turn

START = dt.date(2025, 1, 1)
CUSTOMERS = 1_200
CYCLE = Cycle(
    name="spring",
    rules=Rules((Action("mail", "email", 0.1),), holdouts=(Holdout(0.05, "h", START),)),
    terms=Terms("spring", explore=0.2),
    recipe=Recipe(Frequency("visit", window="60D"), Recency("visit")),
    aim=Aim(within="20D"),
    every="25D",
    enough=100,
)


def day(turn: int) -> dt.date:
    """Return the date of a turn."""
    return START + dt.timedelta(days=60 + 30 * turn)


def moment(date: dt.date, hours: float = 0.0) -> dt.datetime:
    """Return an hour of a day."""
    return dt.datetime.combine(date, dt.time(), dt.UTC) + dt.timedelta(hours=hours)


def founded(home: Path) -> Path:
    """Store the log of customers of whom every second visits often, and who all may be written to."""
    who = np.arange(1, CUSTOMERS + 1)
    often = np.concatenate([np.repeat(who[::2], 6), who])
    visits = events(often, "visit", START + dt.timedelta(days=50))
    joined = pl.Series([moment(START)] * CUSTOMERS)
    granted = {"customer_id": who, "at": joined, "channel": "email", "purpose": "marketing", "granted": True}
    people = pl.DataFrame({"customer_id": who, "joined": joined})
    Log.of(events=visits, customers=people, consents=pl.DataFrame(granted)).write(home / "log", shards=1)
    return home


def events(who: Any, event: str, date: dt.date, margin: Any = None) -> pl.DataFrame:
    """Return an event a customer; one of several a minute later."""
    frame = pl.DataFrame({"customer_id": who, "event": event, "channel": "web"})
    at = moment(date, 12) + pl.duration(minutes=pl.int_range(pl.len()).over("customer_id"))
    numbers = pl.Series(margin if margin is not None else [None] * len(frame), dtype=pl.Float64)
    orders = pl.Series([f"{event}{date}{number}" for number in range(len(frame))])
    return frame.with_columns(at=at.dt.cast_time_unit("us"), margin=numbers, order_id=orders)


def lived(home: Path, turn: Turn, *, liked: float = 3.0, others: float = -2.0) -> None:
    """Let days pass: what a mail brings those who visit often, and the others, beside what is bought anyway."""
    rows = Log.read(home / "log").contacts.filter(pl.col("at") == turn.as_of).sort("customer_id").collect()
    who, mailed = rows["customer_id"].to_numpy(), (rows["arm"].cast(pl.String) == "mail").to_numpy()
    drawn = np.random.default_rng(turn.as_of.toordinal())
    margin = drawn.normal(5.0, 1.0, len(who)) + mailed * np.where(who % 2 == 1, liked, others)
    date = turn.as_of.date()
    bought = events(who, "purchase", date + dt.timedelta(days=3), margin)
    visited = events(np.concatenate([np.repeat(who[who % 2 == 1], 4), who]), "visit", date + dt.timedelta(days=25))
    Log.of(events=pl.concat([bought, visited])).append(home / "log")


def turned(home: Path, turns: int, cycle: Cycle = CYCLE, **brings: float) -> list[Turn]:
    """Take the next turns, and live through them."""
    found = []
    for _ in range(turns):
        done = len(list((home / "turns").glob("2*"))) if (home / "turns").exists() else 0
        found.append(cycle.turn(home, day(done)))
        lived(home, found[-1], **brings)
    return found


def but(**changed: Any) -> Cycle:
    """Return the cycle with something changed."""
    return replace(CYCLE, **changed)
