"""The simulator's truth: experiments cover it, and two branches of one market differ by little but their policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from benchmarks.proof.bar import Rate
from cjlab.simulator import Everyone, Nobody, Plan, Rules, World, simulate
from cjlab.simulator.world import Observation
from cjlab.statistics import Sample, welch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cjlab.simulator import Policy

DAY, WITHIN, CUSTOMERS, FUTURES = 20, 28, 2_000, 20
ACTIONS = ("discount", "reminder")
COVERAGE = 0.95


def experiments(seeds: int, *, futures: int = FUTURES) -> Iterator[Rate]:
    """Share of randomised experiments whose interval holds the mean of the true individual effects."""
    for action in ACTIONS:
        held = np.array([_covers(seed, action, futures) for seed in range(seeds)])
        where = f"{action}, {CUSTOMERS:,} customers, {WITHIN} days"
        yield Rate.of("95 % interval of an experiment holds the mean true effect", where, held, COVERAGE)


def _covers(seed: int, action: str, futures: int) -> bool:
    world = World.retail(n_customers=CUSTOMERS, seed=seed, newcomers=0.0, observation=Observation())
    plan = Plan(actions=(action,), first=DAY, last=DAY + 1, control=0.5, randomised=True, consent=False)
    run = simulate(world, Rules((plan,)), days=DAY + WITHIN)
    truth = simulate(world, Nobody(), days=DAY).effect_of(action, day=DAY, within=WITHIN, replicates=futures)
    buyers = _buyers(run.events, run.contacts["at"].min())
    arms = {sent: run.contacts.filter(pl.col("sent") == sent)["customer_id"] for sent in (True, False)}
    bought = {sent: who.is_in(buyers.implode()).to_numpy().astype(float) for sent, who in arms.items()}
    found = welch(_sample(bought[True]), _sample(bought[False]))
    return bool(found.low <= truth.expected[0].mean() <= found.high)


def _buyers(events: pl.DataFrame, since: object) -> pl.Series:
    """Return who bought since the day of the contacts, in a market where everybody is recognised."""
    return events.filter(pl.col("event") == "purchase", pl.col("at") >= since)["customer_id"].drop_nulls().unique()


def _sample(values: NDArray[np.float64]) -> Sample:
    return Sample(len(values), float(values.mean()), float(values.var(ddof=1)))


class Branches(NamedTuple):
    """Variances of the difference between two policies' purchases over seeds, drawn apart and drawn together."""

    apart: float
    together: float
    mean: float

    @property
    def ratio(self) -> float:
        """How many times smaller the paired variance is."""
        return self.apart / self.together


def branches(seeds: int, *, customers: int = 2_000, days: int = 90) -> Branches:
    """Compare writing to everybody every week with writing to nobody, with the same draws and with others."""
    everyone = Everyone(actions=("discount",), every=7)
    with_contacts = np.array([_purchases(seed, everyone, customers, days) for seed in range(seeds)])
    without = np.array([_purchases(seed, Nobody(), customers, days) for seed in range(seeds)])
    together = float(np.var(with_contacts - without, ddof=1))
    return Branches(
        float(np.var(with_contacts, ddof=1) + np.var(without, ddof=1)),
        together,
        float(np.mean(with_contacts - without)),
    )


def _purchases(seed: int, policy: Policy, customers: int, days: int) -> int:
    world = World.retail(n_customers=customers, seed=seed)
    return simulate(world, policy, days=days).events.filter(pl.col("event") == "purchase").height
