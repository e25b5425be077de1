"""The other tables of a log: customers, items, profiles, consents, and what lies outside."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab._random import mix, uniform
from cjlab.simulator._assortment import items, states
from cjlab.simulator._column import named
from cjlab.simulator._consents import consents
from cjlab.simulator._declared import joined, midnight, profiles
from cjlab.simulator._engine import Engine
from cjlab.simulator._ledger import households
from cjlab.simulator._outside import promotions, weather
from cjlab.simulator._records import chosen

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator.world import World

_DOUBTFUL = 0.4  # confidence in a link that is a guess


def companions(world: World, people: NDArray[np.void], events: pl.DataFrame, days: int) -> dict[str, pl.LazyFrame]:
    """Return every table but events and contacts, of the people who have joined."""
    return of_people(world, people, events, days) | of_world(world, events.lazy(), days)


def of_people(world: World, people: NDArray[np.void], events: pl.DataFrame, days: int) -> dict[str, pl.LazyFrame]:
    """Return the tables that are split by customers: a row depends on one customer, and on no one else who is there."""
    there = chosen(people, people["joined"] < days)
    made = {
        "customers": _customers(world, there),
        "profiles": profiles(world, there),
        "consents": consents(world, there, events),
        "links": _links(world, events, days),
    }
    return {name: frame.lazy() for name, frame in made.items()}


def of_world(world: World, events: pl.LazyFrame, days: int) -> dict[str, pl.LazyFrame]:
    """Return the tables that are not split by customers."""
    made: dict[str, pl.DataFrame | pl.LazyFrame] = {
        "items": pl.DataFrame(items(world), schema=["item", "category"], orient="row"),
        "item_states": _item_states(world, days),
        "costs": _costs(world),
    }
    if world.survey:
        made["measures"] = _measures(world, events)
    if world.weather > 0 or world.competitors:
        made["context"] = _context(world, days)
    return {name: frame.lazy() for name, frame in made.items()}


def _customers(world: World, people: NDArray[np.void]) -> pl.DataFrame:
    born = pl.Series((np.datetime64(world.start) + people["birth"].astype("timedelta64[D]")).astype("datetime64[D]"))
    made = pl.DataFrame(
        {
            "customer_id": np.ascontiguousarray(people["customer"]),
            "joined": joined(world, people),
            "birth_date": born.cast(pl.Date),
        }
    )
    if world.observation.shared == 0:
        return made
    return made.with_columns(pl.Series("household", households(made["customer_id"].to_numpy(), world)))


def _costs(world: World) -> pl.DataFrame:
    """Return what one contact costs by each channel that carries them."""
    carrying = {name: channel.cost for name, channel in world.channels.items() if channel.carries}
    return pl.DataFrame(
        {
            "at": midnight(world, np.zeros(len(carrying), np.int32)),
            "channel": pl.Series(list(carrying), dtype=pl.String),
            "kind": pl.Series(["contact"] * len(carrying), dtype=pl.String),
            "amount": pl.Series(list(carrying.values()), dtype=pl.Float64),
        }
    )


def _measures(world: World, events: pl.LazyFrame) -> pl.LazyFrame:
    """Return each month's mean answer to the survey, as the brand reports it."""
    month = pl.col("at").dt.convert_time_zone(world.timezone).dt.truncate("1mo").dt.offset_by("1mo")
    return (
        events.filter(pl.col("event") == "survey_answer")
        .group_by(month.dt.convert_time_zone("UTC").alias("at"))
        .agg(value=pl.col("score").mean(), n=pl.len().cast(pl.Float64))
        .sort("at")
        .with_columns(about=pl.lit("market"), key=pl.lit(world.name), measure=pl.lit("survey answer"))
    )


def _item_states(world: World, days: int) -> pl.DataFrame:
    """Return prices and stock as they changed, every item in its own weeks."""
    path = states(world, days)
    return pl.DataFrame(
        {
            "item": named(path.item, [name for name, _ in items(world)]).cast(pl.String),
            "at": midnight(world, path.day),
            "price": path.price,
            "unit_cost": path.cost,
            "stock": path.stock,
        }
    )


def _links(world: World, events: pl.DataFrame, days: int) -> pl.DataFrame:
    """Return which cookies were seen with whom; some links are a wrong guess, and say so by a low confidence."""
    met = (
        events.filter(pl.col("customer_id").is_not_null(), pl.col("visitor_id").is_not_null())
        .group_by("customer_id", "visitor_id")
        .agg(pl.col("at").min().alias("starts"))
        .sort("customer_id", "starts", "visitor_id")
        .rename({"visitor_id": "identifier"})
    )
    numbers = uniform(f"simulator/{world.seed}/guess", met["identifier"].to_numpy())
    guessed = met.filter(pl.Series(numbers < world.observation.guesses))
    others = mix(guessed["identifier"].to_numpy().astype(np.uint64)) % np.uint64(world.n_customers) + np.uint64(1)
    wrong = guessed.with_columns(pl.Series("customer_id", others.astype(np.int64)))
    there = Engine(world, 1).people(wrong["customer_id"].to_numpy())["joined"] < days
    return pl.concat([_linked(met, "login", 1.0), _linked(wrong.filter(pl.Series(there)), "guess", _DOUBTFUL)])


def _linked(links: pl.DataFrame, kind: str, confidence: float) -> pl.DataFrame:
    return links.with_columns(
        pl.lit(kind).alias("kind"), pl.col("starts").alias("known_at"), pl.lit(confidence).alias("confidence")
    )


def _context(world: World, days: int) -> pl.DataFrame:
    """Return the weather of each place and the promotions of each competitor, day by day."""
    made = weather(world, days).astype(float)
    series = [(place, "weather", made[:, number]) for number, place in enumerate(world.places) if world.weather > 0]
    rivals = [(None, f"promotion of {name}", promotions(world, name, days).astype(float)) for name in world.competitors]
    at = midnight(world, np.arange(days, dtype=np.int32))
    parts = [
        pl.DataFrame({"at": at, "value": values}).with_columns(
            pl.lit(place, dtype=pl.String).alias("place"), pl.lit(name).alias("name")
        )
        for place, name, values in [*series, *rivals]
    ]
    return pl.concat(parts)
