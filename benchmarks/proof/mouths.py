"""Word of mouth: what experiments on whole circles find is what the simulator says is true."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from benchmarks.proof.bar import Rate
from cjlab.simulator import Contacts, Nobody, World, simulate
from cjlab.simulator.world import Effect, Observation, Social
from cjlab.statistics import Joint, cuped

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cjlab.simulator import View
    from cjlab.statistics import Comparison

DAY, WITHIN, CUSTOMERS, FUTURES = 10, 42, 3_000, 4
ACTION, COVERAGE = "discount", 0.95
SOCIAL = Social(circle=4.0, tells=0.5, hears=0.9, desire=3.0, attention=0.5, harm=0.05, half_life=30.0)


class Found(NamedTuple):
    """What one experiment found of the others around and of those written to, and what is true of both."""

    others: Comparison
    own: Comparison
    true_others: float
    true_own: float


@dataclass(frozen=True)
class Chosen:
    """One message to some customers, on one day."""

    customers: tuple[int, ...]
    per_customer: bool = True

    def decide(self, view: View) -> Contacts | None:
        """Write to those who were chosen."""
        return Contacts(customers=list(self.customers), actions=ACTION) if view.day == DAY else None


def experiments(seeds: int, *, futures: int = FUTURES) -> Iterator[Rate]:
    """Share of experiments on whole circles whose intervals hold the mean true spill-over, and the mean true effect."""
    found = [experiment(seed, futures=futures) for seed in range(seeds)]
    where = f"{ACTION} to one of a circle, {CUSTOMERS:,} customers, {WITHIN} days"
    others = np.array([one.others.low <= one.true_others <= one.others.high for one in found])
    yield Rate.of("95 % interval of an experiment on circles holds the mean true spill-over", where, others, COVERAGE)
    own = np.array([one.own.low <= one.true_own <= one.own.high for one in found])
    yield Rate.of("95 % interval of an experiment on circles holds the mean true direct effect", where, own, COVERAGE)
    told = np.array([one.others.low > 0 for one in found])
    yield Rate.of("the experiment finds the spill-over", where, told, 0.5, kind="at_least")


def experiment(seed: int, *, futures: int = FUTURES) -> Found:
    """Write to the first member of every other circle, drawn by lot; count who buys around them, and among them."""
    world = village(seed)
    before = simulate(world, Nobody(), days=DAY)
    circles = before.truth.circles["circle"].to_numpy()
    first, place, size = np.unique(circles, return_inverse=True, return_counts=True)
    treated = np.random.default_rng(seed).random(len(first)) < 0.5
    run = simulate(world, Chosen(tuple(first[treated].tolist())), days=DAY + WITHIN)
    bought = _bought(run.events.filter(pl.col("at") >= run.contacts["at"].min()), len(circles))
    own = bought[first - 1]
    others = np.bincount(place, weights=bought) - own
    truth = before.effect_of(ACTION, day=DAY, within=WITHIN, replicates=futures)
    company = size > 1  # around the others is nobody
    asked = np.isin(truth.customers, first[company])
    return Found(
        *(_compared(values[company], size[company], treated[company]) for values in (others, own)),
        float(truth.others.expected[0, asked].mean()),
        float(truth.expected[0, asked].mean()),
    )


def village(seed: int) -> World:
    """Return a market in which a message makes people buy, and those who bought tell somebody of it."""
    world = World.retail(n_customers=CUSTOMERS, seed=seed, newcomers=0.0, observation=Observation(), social=SOCIAL)
    traits = {"recommends": 1.0, "gap": 14.0, "pull": 0.04, "satisfaction": 0.85, "indifferent": 0.0}
    people = {
        name: replace(who, opens={"email": 0.95}, stages={"loyalty": 1.0}, **traits)
        for name, who in world.personas.items()
    }
    wanted = replace(world.actions[ACTION], effects={"*": Effect(desire=3.0, attention=0.5)}, half_life=30.0)
    return world.but(personas=people, actions={**world.actions, ACTION: wanted})


def _bought(events: pl.DataFrame, customers: int) -> NDArray[np.float64]:
    """Return who of customers 1, 2, … bought, in a market where everybody is recognised."""
    buyers = events.filter(pl.col("event") == "purchase")["customer_id"].drop_nulls().unique().to_numpy()
    return np.isin(np.arange(1, customers + 1), buyers).astype(float)


def _compared(values: NDArray[np.float64], size: NDArray[np.int64], treated: NDArray[np.bool_]) -> Comparison:
    """Compare circles, given how large each is."""
    return cuped(*(_joint(values[arm], size[arm]) for arm in (treated, ~treated)))


def _joint(values: NDArray[np.float64], size: NDArray[np.int64]) -> Joint:
    (variance, covariance), (_, spread) = np.cov(values, size)
    return Joint(len(values), values.mean(), size.mean(), variance, spread, covariance)
