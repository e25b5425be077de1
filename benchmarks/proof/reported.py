"""Waves of decisions of which the last is not mature, and purchases that become known late."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from benchmarks.proof.bar import Rate
from cjlab.loop import Aim, Delay, delay, measure, observe
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Iterator

AIM, PERIOD, MATURE = Aim(within="28D", late="7D"), 35, 4
START = dt.datetime(2025, 1, 6, tzinfo=dt.UTC)
NOW = START + dt.timedelta(days=MATURE * PERIOD + 10)
CONTACTED, BASE, RAISED, MARGIN = 0.8, 0.4, 0.3, 10.0
SAID = (
    "Five waves of 1,200 decisions, four mature and the last 10 days old: purchases on average 9 days after the "
    "decision, known up to a week later, of the contacted more of them. From the four is learnt which share is known "
    "after 10 days; what is known of the last is divided by it. The truth is what the contact changed in the last wave "
    "in expectation. Then a world in which contacted customers buy sooner: there the delay must be refused."
)


class Learnt(NamedTuple):
    """What the mature waves say of the delay, and what was measured from the last, which is not mature."""

    delay: Delay
    low: float
    estimate: float
    high: float


def world(seed: int, *, customers: int = 1_200, pace: float = 1.0, effect: float = RAISED) -> Log:
    """Draw five waves of decisions; ``pace`` is how much later the contacted buy, as a factor."""
    drawn = np.random.default_rng(seed)
    rows = customers * (MATURE + 1)
    who, wave = np.arange(rows), np.repeat(np.arange(MATURE + 1), customers)
    at = wave * PERIOD  # days since the first wave
    mailed = drawn.uniform(size=rows) < CONTACTED
    times = drawn.poisson(np.exp(0.5 * drawn.normal(size=rows) - 0.125) * (BASE + effect * mailed))
    buyer = np.repeat(who, times)
    days = drawn.exponential(9.0, len(buyer)) * np.where(mailed[buyer], pace, 1.0)
    later = np.where(drawn.uniform(size=len(buyer)) < 0.5, drawn.uniform(0, 7, len(buyer)), 0.0)
    happened = pl.DataFrame(
        {
            "customer_id": buyer,
            "at": _after(at[buyer] + days),
            "known_at": _after(at[buyer] + days + later),
            "event": "purchase",
            "channel": "web",
            "margin": drawn.gamma(2.0, MARGIN / 2, len(buyer)),
        }
    ).filter(pl.col("known_at") < NOW)
    seen = pl.DataFrame({"customer_id": who[:1], "at": [NOW], "event": "visit", "channel": "web"})
    return Log.of(
        events=pl.concat([happened, seen], how="diagonal"),
        contacts=_contacts(who, at, mailed),
        customers=pl.DataFrame({"customer_id": who, "joined": START - dt.timedelta(days=99)}),
    )


def _after(days: np.ndarray) -> pl.Series:
    start = pl.select(pl.lit(START).cast(pl.Datetime("us", "UTC"))).to_series()
    return start + pl.Series((days * 86_400e6).astype(np.int64)).cast(pl.Duration("us"))


def _contacts(who: np.ndarray, at: np.ndarray, mailed: np.ndarray) -> pl.DataFrame:
    chances = [{"arm": "mail", "probability": CONTACTED}, {"arm": "none", "probability": 1 - CONTACTED}]
    return pl.DataFrame(
        {
            "contact_id": who,
            "decision_id": who,
            "customer_id": who,
            "at": _after(at),
            "campaign": "waves",
            "arm": np.where(mailed, "mail", "none"),
            "channel": "email",
            "sent": mailed,
            "propensity": np.where(mailed, CONTACTED, 1 - CONTACTED),
            "slice": "random",
            "eligible": [chances] * len(who),
            "score": RAISED * MARGIN,
            "cost": 0.1,
        }
    )


def learnt(seed: int, **other: float) -> Learnt:
    """Learn the delay from the mature waves, and measure the last alone."""
    log = world(seed, **other)  # type: ignore[arg-type] # sizes and factors
    known = delay(log, AIM, as_of=NOW, ages=(10,))
    if known.differs:
        return Learnt(known, np.nan, np.nan, np.nan)
    seen = observe(log, AIM, as_of=NOW, delay=known)
    rows = seen.rows["state"] == "maturing"
    found = measure(type(seen)(seen.rows[rows], seen.chances[rows], "none")).readings[0]
    return Learnt(known, found.low, found.came, found.high)


def truth() -> float:
    """Return what a contact changes: more purchases, of which those within four weeks count."""
    return RAISED * MARGIN * (1 - np.exp(-28 / 9))


def experiments(runs: int) -> Iterator[Rate]:
    """Count how often the interval of the wave that is not mature holds the truth, and how often a delay is refused."""
    same = [learnt(seed) for seed in range(runs)]
    refused = np.array([bool(one.delay.differs) for one in same])
    held = np.array([one.low <= truth() <= one.high for one in same])[~refused]
    high = np.array([one.estimate > truth() for one in same])[~refused]
    share = (1 - np.exp(-10 / 9) + _known_late()) / (1 - np.exp(-28 / 9))
    ends = [one.delay.shares[one.delay.shares["arm"] == "all"].iloc[0] for one in same]
    covered = np.array([bool(one["low"] <= share <= one["high"]) for one in ends])
    yield Rate.of("95 % interval of the share known after 10 days holds the truth", "five waves", covered, 0.95)
    yield Rate.of("95 % interval of what a contact changed holds the truth", "the wave not mature", held, 0.95)
    yield Rate.of("what a contact changed is overstated", "the wave not mature", high, 0.5)
    yield Rate.of("a delay is refused that is the same for all", "five waves", refused, 0.05)
    apart = np.array([bool(learnt(seed, pace=0.5).delay.differs) for seed in range(runs)])
    yield Rate.of("a delay is refused that differs", "the contacted buy twice as soon", apart, 0.95, kind="at_least")


def _known_late() -> float:
    """Return by how much less than has happened is known after ten days: half is known up to a week later."""
    days = (np.arange(100_000) + 0.5) / 100_000 * 7
    return float(-0.5 * np.mean(np.exp(-(10 - days) / 9) - np.exp(-10 / 9)))
