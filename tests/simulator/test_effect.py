"""True effects: the same future lived with a contact and without."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from cjlab.errors import SpecError
from cjlab.simulator import Contacts, Nobody, RandomContacts, World, simulate

if TYPE_CHECKING:
    from cjlab.simulator import Run, View

WORLD = World.retail(n_customers=400, seed=6)
BEFORE = RandomContacts(rate=0.1)
DAY, WITHIN = 20, 14


@dataclass
class Once:
    """One action to everybody who has joined, on one day."""

    action: str
    day: int
    per_customer: bool = True

    def decide(self, view: View) -> Contacts | None:
        return Contacts(customers=view.customers, actions=self.action) if view.day == self.day else None


def outcomes(run: Run, customers: np.ndarray) -> np.ndarray:
    """Purchase, amount, margin and visits of each customer from the day on, read from the tables."""
    rows = run.events.with_columns(who=pl.Series(run.truth.actors), kind=pl.col("event").cast(pl.String))
    rows = rows.filter(pl.col("at") >= _midnight(DAY), pl.col("at") < _midnight(DAY + WITHIN))
    of = {
        "purchase": ((pl.col("kind") == "purchase").any()).cast(pl.Float64),
        "amount": pl.col("amount").filter(pl.col("kind").is_in(["purchase", "return"])).sum(),
        "margin": pl.col("margin").filter(pl.col("kind").is_in(["purchase", "return", "payment"])).sum(),
        "visit": (pl.col("kind") == "visit").sum().cast(pl.Float64),
    }
    found = rows.group_by("who").agg(**of)
    asked = pl.DataFrame({"who": customers}).join(found, on="who", how="left", maintain_order="left").fill_null(0.0)
    return asked.drop("who").to_numpy().T


def _midnight(day: int) -> dt.datetime:
    date = WORLD.start + dt.timedelta(days=day)
    return dt.datetime(date.year, date.month, date.day, tzinfo=ZoneInfo(WORLD.timezone)).astimezone(dt.UTC)


@pytest.mark.parametrize("action", ["discount", "text", "catalogue"])
def test_the_realised_effect_is_the_difference_of_two_runs(action: str) -> None:
    run = simulate(WORLD, BEFORE, days=DAY + WITHIN)
    effects = run.effect_of(action, DAY, WITHIN, replicates=2)
    given, left = (run.branch(DAY, policy) for policy in (Once(action, DAY), Nobody()))
    expected = outcomes(given, effects.customers) - outcomes(left, effects.customers)
    np.testing.assert_allclose(effects.realised[:4], expected, atol=1e-6)
    cost = WORLD.actions[action].cost or WORLD.channels[WORLD.actions[action].channel].cost
    np.testing.assert_allclose(effects.realised[4], effects.realised[2] - cost, atol=1e-9)
    assert effects.realised.any(axis=1).sum() >= 2
    assert len(effects.customers) == (run.people["joined"] <= DAY).sum()


def test_the_expected_effect_agrees_with_independent_futures() -> None:
    """Two halves of the futures differ by no more than their errors say."""
    run = simulate(WORLD, BEFORE, days=DAY)
    few, many = (run.effect_of("discount", DAY, WITHIN, replicates=n) for n in (100, 400))
    rest = (400 * many.expected - 100 * few.expected) / 300
    error = np.sqrt(few.error**2 + 400 / 300 * many.error**2)
    gap = few.expected - rest
    assert (np.abs(gap.sum(axis=1)) < 4 * np.sqrt((error**2).sum(axis=1))).all()
    for line in range(4):
        known = few.error[line] > 0
        assert known.sum() > 50
        assert np.mean(np.abs(gap[line][known]) < 2 * error[line][known]) > 0.9


def test_the_realised_effect_is_one_of_the_futures() -> None:
    """Over many customers the mean of the realised effects lies within its error of the mean of the expected ones."""
    run = simulate(WORLD.but(n_customers=4_000), BEFORE, days=DAY)
    effects = run.effect_of("discount", DAY, WITHIN, replicates=20)
    for line in range(4):
        gap = effects.realised[line] - effects.expected[line]
        assert abs(gap.mean()) < 4 * gap.std() / np.sqrt(len(gap))


def test_what_changes_nothing_has_no_effect_on_purchases() -> None:
    run = simulate(WORLD.without_effects(), BEFORE, days=DAY)
    effects = run.effect_of("discount", DAY, WITHIN, replicates=3)
    assert not effects.realised[:3].any()
    assert not effects.expected[:3].any()


def test_effects_as_frames() -> None:
    effects = simulate(WORLD, days=DAY).effect_of("discount", 5, WITHIN, replicates=3)
    for line, outcome in enumerate(("purchase", "amount", "margin", "visit")):
        frame = effects.of(outcome)
        assert frame.index.name == "customer_id"
        assert frame["expected"].mean() == pytest.approx(effects.to_frame()["expected"][line])
    assert "purchase" in effects._repr_html_()


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"action": "gift"}, "action is 'gift'; allowed: 'reminder'"),
        ({"within": 0}, "within is 0; give a whole number from 1"),
        ({"within": 7.5}, "within is 7.5"),
        ({"replicates": 1}, "replicates is 1; give a whole number from 2"),
        ({"day": 99}, "day is 99; give a whole number from 0 to 20"),
    ],
)
def test_a_wrong_question_is_named(asked: dict[str, Any], said: str) -> None:
    run = simulate(WORLD.but(n_customers=20), days=DAY)
    with pytest.raises(SpecError, match=said):
        run.effect_of(**{"action": "news", "day": 5, "within": 7, **asked})
