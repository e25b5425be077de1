"""The best number of reminders: what the formula says is what paired runs with none to six of them find."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from cjlab.simulator import Plan, Rules, World, simulate
from cjlab.simulator._reminders import optima, reminders

MOST, EVERY, BEGIN, WITHIN = 6, 3, 10, 180


def found(world: World, action: str, persona: str, people: int) -> np.ndarray:
    """Return orders of each person less those of his life without any, ``(numbers, people)``, in paired runs."""
    weights = {name: replace(who, share=1.0 if name == persona else 1e-12) for name, who in world.personas.items()}
    market = world.but(n_customers=people, newcomers=0.0, history=1, personas=weights)
    counts = np.zeros((MOST + 1, people))
    for number in range(MOST + 1):
        days = [BEGIN + EVERY * place for place in range(number)]
        plans = [
            Plan(actions=(action,), first=day, last=day + 1, consent=False, step=place + 1)
            for place, day in enumerate(days)
        ]
        written = simulate(market, Rules(tuple(plans)), days=BEGIN + WITHIN).written
        bought = written.events.with_columns(actor=pl.Series(written.events_at // 2**31)).filter(event="purchase")
        orders = bought.group_by("actor").agg(pl.col("order_id").n_unique())
        counts[number, orders["actor"].to_numpy() - 1] = orders["order_id"]
    return counts - counts[0]


@pytest.mark.parametrize(
    ("name", "action", "persona"),
    [
        ("retail", "reminder", "occasional"),
        ("retail", "reminder", "indifferent"),
        ("retail", "text", "bargain"),
        ("retail", "text", "faithful"),
        ("retail", "discount", "bargain"),
        ("travel", "last_minute", "weekender"),
        ("telecom", "promotion", "young"),
    ],
)
def test_the_curve_and_its_best_are_those_of_paired_runs(name: str, action: str, persona: str) -> None:
    world: World = getattr(World, name)(seed=0)
    said = np.append(0.0, reminders(world, action, persona)["total"].to_numpy()[:MOST])
    gains = found(world, action, persona, 6_000)
    mean, error = gains.mean(axis=1), gains.std(axis=1) / np.sqrt(gains.shape[1])
    assert (np.abs(said - mean) <= 3 * error + abs(mean).max() / 3).all(), (said, mean, error)
    worse = gains[mean.argmax()] - gains[said.argmax()]
    assert worse.mean() <= 3 * worse.std() / np.sqrt(len(worse))


def test_the_check_can_fail() -> None:
    """A curve of another persona lies outside."""
    world = World.retail(seed=0)
    gains = found(world, "text", "faithful", 3_000)
    mean, error = gains.mean(axis=1), gains.std(axis=1) / np.sqrt(gains.shape[1])
    other = np.append(0.0, reminders(world, "text", "bargain")["total"].to_numpy()[:MOST])
    assert not (np.abs(other - mean) <= 3 * error + abs(mean).max() / 3).all()


def test_what_changes_nothing_is_never_worth_a_reminder() -> None:
    world = World.retail(seed=0).without_effects()
    assert set(optima(world).values()) == {0}
    curve = reminders(world, "discount", "bargain")
    assert (curve["gain"] == 0).all()
    assert (curve["harm"] == 0).all()
    assert curve["opens"].is_monotonic_decreasing


def test_an_offer_that_is_still_valid_is_not_given_twice() -> None:
    """With every message read at once, an offer of ten days every third day lasts ten and then three more a message."""
    from cjlab.simulator._reminders import _offered

    gaps = np.array([0.0, 3.0, 3.0, 3.0])
    assert _offered(np.ones((4, 1)), gaps, 10.0).ravel() == pytest.approx([10, 3, 3, 3])
    half = _offered(np.full((2, 1), 0.5), gaps[:2], 10.0).ravel()
    assert half == pytest.approx([5, 0.5 * (10 - 0.5 * 7)])
