"""A world fitted to the log of a known one: how often the intervals of its rates hold the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from benchmarks.proof.bar import Rate
from cjlab.simulator import RandomContacts, World, fit, simulate
from cjlab.simulator.world import Action, Category, Channel, Effect, Observation, Persona, Trade

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cjlab.simulator import Fit, Run

COVERAGE = 0.95
CUSTOMERS, DAYS = 1_200, 365
STILL = Trade(
    views=3.0,
    lines=0.8,
    search=0.2,
    promotion=0.0,
    satisfaction=0.0,
    loyalty=0.0,
    discount=0.0,
    strain=0.0,
    tier=0.0,
    late_harm=0.0,
    prompt_joy=0.0,
    outage_harm=0.0,
    defect=1.0,
    defect_satisfaction=0.0,
    laps=0.0,
    hairpin_laps=0.0,
    turn_back=0.0,
    switches=0.0,
)
TRUTH: Mapping[str, float] = {
    "personas.p1.share": 0.4,
    "personas.p1.gap": 12.0,
    "personas.p1.gap_spread": 0.4,
    "personas.p1.pull": 0.99,
    "personas.p2.gap": 60.0,
    "personas.p2.gap_spread": 0.4,
    "personas.p2.pull": 0.93,
    "personas.p1.basket_spread": 0.4,
    "newcomers": 0.3,
    "trade.lines": 0.8,
    "trade.search": 0.2,
    "trade.late": 0.08,
    "channels.email.delivered": 0.97,
    "channels.email.click": 0.2,
    "channels.email.fatigue": 0.3,
    "actions.note.effects.*.attention": 0.6,
}


def known(seed: int, *, customers: int = CUSTOMERS) -> World:
    """Return a small world of which every number that is estimated is written here."""
    return World(
        name="known",
        seed=seed,
        n_customers=customers,
        timezone="UTC",
        newcomers=0.3,
        horizon=DAYS,
        personas={"often": _persona(0.4, 12.0, 4, 0.99, 0.12), "rarely": _persona(0.6, 60.0, 1, 0.93, 0.05)},
        channels={
            "web": Channel(),
            "store": Channel(digital=False),
            "email": Channel(carries=True, fatigue=0.3, unsubscribe=0.004, delivered=0.97, click=0.2),
        },
        goods={name: Category(items=60, price=price, outage=0.0) for name, price in (("small", 4.0), ("large", 9.0))},
        trade=STILL,
        moves=(),
        actions={"note": Action(channel="email", wear=0.0, effects={"*": Effect(attention=0.6)})},
        observation=Observation(visitors=0.0, stale=0.0),
    )


def _persona(share: float, gap: float, regularity: int, stays: float, occasions: float) -> Persona:
    return Persona(
        share=share,
        gap=gap,
        gap_spread=0.4,
        regularity=regularity,
        pull=stays,
        occasions=occasions,
        occasions_spread=0.4,
        impulse=0.0,
        basket=8.0,
        basket_spread=0.4,
        channels={"web": 0.7, "store": 0.3},
        opens={"email": 0.3},
        consents={"email": 1.0},
        response_spread=0.0,
        problems=0.0,
        recommends=0.0,
    )


def lived(seed: int, *, customers: int = CUSTOMERS) -> Run:
    """Return a year of the known world, its people written to at random."""
    return simulate(known(seed, customers=customers), RandomContacts(rate=0.03, consent=False), days=DAYS)


def recovered(seeds: int) -> Iterator[Rate]:
    """Share of fitted worlds whose interval holds the number that the log was made with."""
    fits = [fit(lived(seed).log, personas=2) for seed in range(seeds)]
    for name, truth in TRUTH.items():
        held = np.array([holds(one, name, truth) for one in fits])
        where = f"{CUSTOMERS:,} customers, {DAYS} days, truth {truth:g}"
        yield Rate.of(f"95 % interval of {name}", where, held, COVERAGE)


def holds(one: Fit, name: str, truth: float) -> bool:
    """Tell whether the interval of an estimate holds the truth."""
    found = one[name]
    return bool(found.low <= truth <= found.high)
