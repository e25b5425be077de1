"""Customers who would leave, of whom a call keeps some: whether the saved share is told as it is."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from benchmarks.proof.bar import Rate
from cjlab.loop import Leaving, Share, saved
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Iterator

START = dt.datetime(2025, 1, 6, tzinfo=dt.UTC)
LEAVING = Leaving("ended", within="60D", afterwards="90D")
NOW = START + dt.timedelta(days=200)
SAID = (
    "A wave of decisions on customers of whom some leave within 60 days; 85 % or 95 % of them, drawn, are called, so "
    "that few are left alone. A call keeps a share of the leavers, half of them for good: the others leave in the 90 "
    "days after. These two shares are the truth."
)


def world(seed: int, *, customers: int, risk: float, kept: float, called: float) -> Log:
    """Draw one wave: of those who would leave a call keeps a share, half of them for good."""
    drawn = np.random.default_rng(seed)
    who = np.arange(customers)
    got = drawn.uniform(size=customers) < called
    leaves = drawn.uniform(size=customers) < risk
    stays = leaves & got & (drawn.uniform(size=customers) < kept)
    again = stays & (drawn.uniform(size=customers) < 0.5)
    days = np.where(again, drawn.uniform(61, 149, customers), drawn.uniform(1, 59, customers))
    gone = (leaves & ~stays) | again
    ended = pl.DataFrame({"customer_id": who[gone], "at": _after(days[gone]), "event": "ended", "channel": "web"})
    seen = pl.DataFrame({"customer_id": who[:1], "at": _after(np.array([199.0])), "event": "visit", "channel": "web"})
    chances = [{"arm": "call", "probability": called}, {"arm": "none", "probability": 1 - called}]
    decided = pl.DataFrame(
        {
            "contact_id": who,
            "decision_id": who,
            "customer_id": who,
            "at": _after(np.zeros(customers)),
            "campaign": "keep",
            "arm": np.where(got, "call", "none"),
            "channel": "phone",
            "sent": got,
            "propensity": np.where(got, called, 1 - called),
            "slice": np.where(got, "policy", "control"),
            "eligible": [chances] * customers,
        }
    )
    known = pl.DataFrame({"customer_id": who, "joined": _after(np.full(customers, -300.0))})
    return Log.of(events=pl.concat([ended, seen]), contacts=decided, customers=known)


def _after(days: np.ndarray) -> pl.Series:
    start = pl.select(pl.lit(START).cast(pl.Datetime("us", "UTC"))).to_series()
    return start + pl.Series((days * 86_400e6).astype(np.int64)).cast(pl.Duration("us"))


def read(
    seed: int, *, customers: int = 4_000, risk: float = 0.2, kept: float = 0.4, called: float = 0.85
) -> tuple[Share, ...]:
    """Read a wave: at the horizon, and afterwards."""
    return saved(world(seed, customers=customers, risk=risk, kept=kept, called=called), LEAVING, as_of=NOW).readings


def experiments(runs: int) -> Iterator[Rate]:
    """Count how often the interval of the saved share holds the truth."""
    cases = ((4_000, 0.2, 0.4, 0.85), (4_000, 0.2, 0.9, 0.85), (20_000, 0.08, 0.75, 0.95), (4_000, 0.2, 0.0, 0.85))
    for customers, risk, kept, called in cases:
        told = [read(seed, customers=customers, risk=risk, kept=kept, called=called) for seed in range(runs)]
        where = f"{customers:,} customers, {risk:.0%} leave, {called:.0%} called, {kept:.0%} saved"
        for place, truth in enumerate((kept, kept / 2)):
            asked = [one[place] for one in told if not one[place].said]
            held = np.array([one.low <= truth <= one.high for one in asked])
            yield Rate.of(f"95 % interval of the saved share holds the truth: {asked[0].when}", where, held, 0.95)
