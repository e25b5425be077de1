"""What is read of reactions, visits and interests agrees with what the simulated customers are like."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest, spearmanr

from cjlab.features import Activity, Affinity, Frequency, Interests, Recipe, Where, engagement_audit
from cjlab.simulator import Legacy, RandomContacts, Run, World, simulate

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.tables import Log

DATE, END = "2025-02-01", "2026-06-01"
CHANNELS = ("email", "sms", "paper")
SENDS = 12


@pytest.fixture(scope="module")
def run() -> Run:
    """Let a retailer's customers live under a policy that wrote to the best of them."""
    return simulate(World.retail(n_customers=3_000, seed=3), policy=Legacy(), days=400)


@pytest.fixture(scope="module")
def true(run: Run) -> Log:
    """Return the log in which everybody was recognised."""
    seen = run.events.with_columns(customer_id=pl.Series(run.truth.actors))
    return replace(run.log, events=seen.lazy())


def test_the_audit_equals_the_truth_within_half_a_point(run: Run, true: Log) -> None:
    read, real = engagement_audit(run.log, DATE), _audited(true)
    assert read["share"].iloc[1:].to_numpy() == pytest.approx(real, abs=0.005)
    assert real[0] > real[-1] > 0
    assert read["share"].between(read["low"], read["high"]).all()
    assert read["cost"].is_monotonic_decreasing


def _audited(log: Log) -> list[float]:
    """Return the four nested shares, by sets of customers."""
    within = (pl.col("at") >= pl.datetime(2024, 2, 1, 23, time_zone="UTC")) & (
        pl.col("at") < pl.datetime(2025, 1, 31, 23, time_zone="UTC")
    )
    left = set(log.contacts.filter(within & pl.col("sent")).collect()["customer_id"])
    everybody, shares = len(left), list[float]()
    rows = log.events.filter(within & pl.col("machine").fill_null(value=False).not_()).collect()
    for event in ("opened", "clicked", "visit", "purchase"):
        left -= set(rows.filter(pl.col("event") == event)["customer_id"])
        shares.append(len(left) / everybody)
    return shares


def test_sessions_are_the_true_visits(run: Run, true: Log) -> None:
    acts = Where(("visit", "view", "search", "favourite", "cart", "purchase"), channel=("web", "app", "store"))
    made = Recipe(Activity(acts, window="1000D")).build(true, END)["sessions_1000D"]
    visits = run.truth.visits.filter(pl.col("channel").cast(pl.String).is_in(["web", "app", "store"]))
    assert made.sum() == pytest.approx(visits.height, rel=0.005)


def test_the_top_interest_is_the_true_one(run: Run) -> None:
    goods = tuple(run.world.goods)
    made = Recipe(Interests(goods), Frequency(("view", "clicked"), name="clicks")).build(run.log, DATE)
    made = made[(made["clicks"] >= 5) & made["interest_top"].notna()]
    people = run.truth.customers.to_pandas().set_index("customer_id").loc[made.index]
    right = np.array(goods)[made["interest_top"].astype(int)] == people["interest"].astype(str)
    assert len(made) > 500
    assert right.mean() >= 0.7


def test_affinity_finds_the_true_one_at_twelve_messages_a_channel() -> None:
    made, real = _reactions()
    for place, channel in enumerate(CHANNELS):
        name = f"affinity_{channel}"
        assert spearmanr(made[name], real[:, place])[0] >= 0.6
        covered = (made[f"{name}_low"] <= real[:, place]) & (real[:, place] <= made[f"{name}_high"])
        assert binomtest(int(covered.sum()), len(covered), 0.9, alternative="less").pvalue > 0.001
    answers = real.max(axis=1) > 0
    best = real.argmax(axis=1)[answers]
    overall = int(np.argmax([made[f"affinity_{channel}"].mean() for channel in CHANNELS]))
    mine, common = made["affinity_best"].to_numpy()[answers] == best, best == overall
    wins, losses = int((mine & ~common).sum()), int((~mine & common).sum())
    assert wins > losses
    assert binomtest(wins, wins + losses).pvalue < 0.01


def _reactions() -> tuple[pd.DataFrame, NDArray[np.float64]]:
    """Return affinity after twelve messages of each channel, and the true rates, where nobody tires of messages."""
    tiring = World.retail(n_customers=1_000, seed=5)
    channels = {name: replace(one, fatigue=0.0, unsubscribe=0.0, spam=0.0) for name, one in tiring.channels.items()}
    world = replace(tiring, channels=channels, actions={n: replace(a, wear=0.0) for n, a in tiring.actions.items()})
    actions = tuple({one.channel: name for name, one in world.actions.items() if one.channel in CHANNELS}.values())
    run = simulate(world, policy=RandomContacts(rate=0.4, actions=actions, consent=False), days=400)
    number = pl.col("at").rank("ordinal").over("customer_id", "channel")
    first = run.log.events.filter(pl.col("event") == "delivered").filter(number <= SENDS).select("contact_id")
    log = replace(run.log, events=run.log.events.join(first, on="contact_id", how="semi"))
    reached = [Frequency(Where("delivered", channel=channel), name=channel) for channel in CHANNELS]
    made = Recipe(Affinity(CHANNELS).fitted(log, END), *reached).build(log, END)
    made = made[(made[list(CHANNELS)] == SENDS).all(axis=1)]
    people = run.truth.customers.to_pandas().set_index("customer_id").loc[made.index]
    opens = people[[f"opens_{channel}" for channel in CHANNELS]].to_numpy()
    return made, np.where(people["indifferent"].to_numpy()[:, None], 0.0, opens)
