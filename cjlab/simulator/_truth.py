"""What the brand cannot see: who people are, where they stand, and what was planted."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab.simulator._ledger import named
from cjlab.simulator.kernel import REASONS, STAGES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator.world import World

_NUMBERS = ("occasions", "gap", "scale", "loyalty", "price", "content", "response", "satisfaction", "strain")
_FLAGS = ("indifferent", "hairpin", "proxied", "captive")
_DAYS = ("joined", "gone", "breaks")
_FAR = 1_000_000


@dataclass(frozen=True, eq=False)
class Truth:
    """The truth of a run.

    Parameters
    ----------
    world : World
        The market.
    people : ndarray
        The people's records at the end.
    """

    world: World
    people: NDArray[np.void]

    @cached_property
    def customers(self) -> pl.DataFrame:
        """One row a customer: persona, traits, states at the end, the day he left and why, the day his rhythm broke."""
        people, world = self.people, self.world
        columns = {
            "customer_id": np.ascontiguousarray(people["customer"]),
            "persona": named(people["persona"], list(world.personas)),
            "stage": named(people["stage"], STAGES),
            "reason": named(people["reason"], REASONS),
            "interest": named(people["interest"], list(world.goods)),
            "home": named(people["home"], list(world.channels)),
            **{name: np.ascontiguousarray(people[name]).astype(float) for name in _NUMBERS},
            **{name: people[name] == 1 for name in _FLAGS},
            **{name: _day(people[name]) for name in _DAYS},
        }
        opens = {
            f"opens_{name}": people["opens"][:, place].astype(float)
            for place, (name, channel) in enumerate(world.channels.items())
            if channel.carries
        }
        return pl.DataFrame({**columns, **opens})

    @cached_property
    def planted(self) -> pl.DataFrame:
        """One row a planted fact: its kind, its name, what it comes with, and whether it causes anything."""
        moments = [(moment.kind, name, moment.on, moment.causes) for name, moment in self.world.moments.items()]
        regimes = [("regime", regime.factor, f"day {regime.day}", True) for regime in self.world.regimes]
        orders = [("order", f"{order.first} then {order.then}", "contact", True) for order in self.world.orders]
        topics = self.world.service.topics if self.world.service else {}
        texts = [("text", name, "case_opened", topic.signal > 0) for name, topic in topics.items()]
        rows = [*moments, *regimes, *orders, *texts]
        return pl.DataFrame(rows, schema=["kind", "name", "on", "causes"], orient="row")


def _day(days: NDArray[np.int32]) -> pl.Series:
    """Return days of the run; what never comes is null."""
    never = (days > _FAR) | (days == -1)
    return pl.select(pl.when(pl.Series(~never)).then(pl.Series(np.ascontiguousarray(days)))).to_series()
