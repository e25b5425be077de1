"""What people said when they joined: where they live, and by which provider they have their messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab._random import uniform
from cjlab.simulator._clock import moments
from cjlab.simulator._column import TIME, named
from cjlab.simulator._messaging import edges
from cjlab.simulator.kernel import AT_PROVIDER, BIRTH_DAY, draw_each

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator.world import World


def midnight(world: World, days: NDArray[np.int32]) -> pl.Series:
    """Return when days of a run begin."""
    return pl.Series(moments(world, days)).cast(TIME)


def joined(world: World, people: NDArray[np.void]) -> pl.Series:
    """Return when people joined."""
    return midnight(world, people["joined"])


def profiles(world: World, people: NDArray[np.void]) -> pl.DataFrame:
    """Return what people declared when they joined, of which some has gone out of date; and their providers."""
    parts = [_said(world, people, "place", _places(world, people), "declared")]
    for name, channel in world.channels.items():
        if channel.providers:
            kinds = list(channel.providers)
            seen = named(providers(world, people, name), kinds).cast(pl.String)
            parts.append(_said(world, people, f"{name} provider", seen, "observed"))
    return pl.concat(parts)


def providers(world: World, people: NDArray[np.void], channel: str) -> NDArray[np.int64]:
    """Return the place of each person's provider among those of a channel, ``(n,)``."""
    weights, drawn = world.channels[channel].providers, np.empty(len(people))
    slot = int(AT_PROVIDER) + list(world.channels).index(channel)
    draw_each(np.ascontiguousarray(people["key"]), int(BIRTH_DAY), slot, drawn)
    return np.searchsorted(edges(weights, list(weights)), drawn, side="right")


def _places(world: World, people: NDArray[np.void]) -> pl.Series:
    ids = np.ascontiguousarray(people["customer"])
    stale = uniform(f"simulator/{world.seed}/stale", ids) < world.observation.stale
    other = (uniform(f"simulator/{world.seed}/elsewhere", ids) * len(world.places)).astype(int)
    return named(np.where(stale, other, people["place"]), list(world.places)).cast(pl.String)


def _said(world: World, people: NDArray[np.void], field: str, values: pl.Series, source: str) -> pl.DataFrame:
    n = len(people)
    return pl.DataFrame(
        {
            "customer_id": np.ascontiguousarray(people["customer"]),
            "field": pl.Series([field] * n, dtype=pl.String),
            "at": joined(world, people),
            "value": values,
            "source": pl.Series([source] * n, dtype=pl.String),
        }
    )
