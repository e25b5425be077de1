"""The other tables of a log: customers, items, profiles, consents, and what lies outside."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab._random import uniform
from cjlab.simulator._ledger import TIME, moment_of, named
from cjlab.simulator._tabulated import items, tabulated, weather
from cjlab.simulator.kernel import Person, bear

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator.world import World

_BIRTH_EPOCH = dt.date(1970, 1, 1)


def companions(world: World, people: NDArray[np.void], events: pl.DataFrame, days: int) -> dict[str, pl.LazyFrame]:
    """Return every table but events and contacts, of the people who have joined."""
    there = people[people["joined"] < days]
    made = {
        "customers": _customers(world, there),
        "items": pl.DataFrame(items(world), schema=["item", "category"], orient="row"),
        "profiles": _profiles(world, there),
        "consents": _consents(world, there, events),
    }
    if world.weather > 0:
        made["context"] = _context(world, days)
    return {name: frame.lazy() for name, frame in made.items()}


def _joined(world: World, people: NDArray[np.void]) -> pl.Series:
    return pl.Series(moment_of(world, people["joined"])).cast(TIME)


def _customers(world: World, people: NDArray[np.void]) -> pl.DataFrame:
    born = pl.Series((np.datetime64(world.start) + people["birth"].astype("timedelta64[D]")).astype("datetime64[D]"))
    return pl.DataFrame(
        {
            "customer_id": np.ascontiguousarray(people["customer"]),
            "joined": _joined(world, people),
            "birth_date": born.cast(pl.Date),
        }
    )


def _profiles(world: World, people: NDArray[np.void]) -> pl.DataFrame:
    """Return what people declared when they joined; some of it has gone out of date."""
    ids = np.ascontiguousarray(people["customer"])
    stale = uniform(f"simulator/{world.seed}/stale", ids) < world.observation.stale
    other = (uniform(f"simulator/{world.seed}/elsewhere", ids) * len(world.places)).astype(int)
    places = np.where(stale, other, people["place"])
    return pl.DataFrame(
        {
            "customer_id": ids,
            "field": pl.Series(["place"] * len(ids), dtype=pl.String),
            "at": _joined(world, people),
            "value": named(places, list(world.places)).cast(pl.String),
            "source": pl.Series(["declared"] * len(ids), dtype=pl.String),
        }
    )


def _consents(world: World, people: NDArray[np.void], events: pl.DataFrame) -> pl.DataFrame:
    """Return what was granted when people joined and withdrawn when they unsubscribed."""
    parts = [_withdrawn(events)]
    born = np.zeros(len(people), Person)
    bear(born, tabulated(world), np.uint64(world.seed), np.ascontiguousarray(people["customer"]))
    for place, (name, channel) in enumerate(world.channels.items()):
        if not channel.carries:
            continue
        had = (born["consent"] >> place) & 1 == 1
        parts.append(
            pl.DataFrame(
                {
                    "customer_id": np.ascontiguousarray(people["customer"][had]),
                    "at": _joined(world, people[had]),
                    "channel": pl.Series([name] * int(had.sum()), dtype=pl.String),
                    "purpose": pl.Series(["marketing"] * int(had.sum()), dtype=pl.String),
                    "granted": np.ones(int(had.sum()), dtype=bool),
                }
            )
        )
    return pl.concat(parts, how="vertical_relaxed")


def _withdrawn(events: pl.DataFrame) -> pl.DataFrame:
    return events.filter(pl.col("event") == "unsubscribed", pl.col("customer_id").is_not_null()).select(
        "customer_id",
        "at",
        pl.col("channel").cast(pl.String),
        pl.lit("marketing").alias("purpose"),
        pl.lit(value=False).alias("granted"),
    )


def _context(world: World, days: int) -> pl.DataFrame:
    made = weather(world, days)
    days_ = np.repeat(np.arange(days, dtype=np.int32), len(world.places))
    return pl.DataFrame(
        {
            "place": list(world.places) * days,
            "at": pl.Series(moment_of(world, days_)).cast(TIME),
            "name": ["weather"] * len(days_),
            "value": made.astype(float).ravel(),
        }
    )
