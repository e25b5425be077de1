"""A run and its branches: the same people with the same draws, whatever is decided from some day on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from cjlab.errors import SpecError
from cjlab.simulator import Budgeted, Everyone, Interpreted, Nobody, Plan, RandomContacts, Rules, World, simulate
from cjlab.simulator._engine import Engine

if TYPE_CHECKING:
    from cjlab.simulator import Policy, Run, View

WORLD = World.retail(n_customers=300, seed=4)
DAYS = 50


@dataclass
class Switch:
    """One policy until a day, another from then on."""

    first: Policy
    day: int
    then: Policy
    per_customer: bool = True

    def who(self, day: int) -> Any:
        return self.first if day < self.day else self.then

    def decide(self, view: View) -> Any:
        every = getattr(self.who(view.day), "every", 1)
        return self.who(view.day).decide(view) if view.day % every == 0 else None

    def on_event(self, view: View, events: pl.DataFrame) -> Any:
        answers = getattr(self.who(view.day), "on_event", None)
        return answers(view, events) if answers else None


def same(one: Run, other: Run) -> bool:
    words = pl.col("campaign", "scenario").cast(pl.String)
    return (
        one.contacts.with_columns(words).equals(other.contacts.with_columns(words))
        and one.events.equals(other.events)
        and bool((one.people == other.people).all())
        and bool((one.truth.actors == other.truth.actors).all())
    )


CART = Rules((Plan(actions=("reminder",), on="cart", campaign="cart"), Plan(actions=("news",), every=6)))


@pytest.mark.parametrize("day", [0, 1, 23, DAYS])
@pytest.mark.parametrize(
    ("first", "then"),
    [
        (RandomContacts(rate=0.2), CART),
        (CART, Nobody()),
        (Everyone(every=5), RandomContacts(rate=0.3, every=2)),
    ],
)
def test_a_branch_is_a_run_that_switches(first: Any, then: Any, day: int) -> None:
    branch = simulate(WORLD, first, days=DAYS).branch(day, then)
    assert same(branch, simulate(WORLD, Switch(Interpreted(first), day, Interpreted(then)), days=DAYS))


def test_a_branch_of_a_policy_with_a_budget() -> None:
    rich = Budgeted("reminder", n=30, every=4)
    branch = simulate(WORLD, RandomContacts(rate=0.2), days=DAYS).branch(10, rich)
    assert same(branch, simulate(WORLD, Switch(Interpreted(RandomContacts(rate=0.2)), 10, rich), days=DAYS))


def test_a_branch_of_a_branch_keeps_the_first_turn() -> None:
    run = simulate(WORLD, Everyone(every=5), days=DAYS)
    twice = run.branch(10, Nobody()).branch(30, CART)
    own = Switch(Interpreted(Everyone(every=5)), 10, Switch(Interpreted(Nobody()), 30, Interpreted(CART)))
    assert same(twice, simulate(WORLD, own, days=DAYS))
    assert same(run.branch(10, Nobody()).branch(5, CART), run.branch(5, CART))


def test_the_same_policy_is_no_branch_at_all() -> None:
    run = simulate(WORLD, CART, days=DAYS)
    assert same(run.branch(20, CART), run)


def test_people_of_a_day_are_those_of_a_shorter_run_whatever_was_asked_before() -> None:
    run = simulate(WORLD, RandomContacts(rate=0.2), days=DAYS).branch(20, CART)
    for day in (30, 40, 10, 35, DAYS, 0):
        shorter = simulate(WORLD, RandomContacts(rate=0.2), days=max(day, 1))
        own = shorter.branch(min(20, shorter.days), CART) if day else shorter
        expected = own.people if day else Engine(WORLD, 1).people(np.arange(1, 301))
        assert (run.people_at(day) == expected).all()
        run.people_at(day)["orders"] = -1  # a copy: what is kept stays as it was


def test_every_event_has_an_actor_who_agrees_with_what_was_seen() -> None:
    run = simulate(WORLD, RandomContacts(rate=0.2), days=DAYS)
    known = run.events["customer_id"].is_not_null().to_numpy()
    assert (run.truth.actors[known] == run.events["customer_id"].drop_nulls().to_numpy()).all()
    assert 0 < known.mean() < 1
    assert set(run.truth.actors) <= set(range(1, 301))


def test_branches_share_their_draws() -> None:
    """Only those who are contacted differently live differently."""
    run = simulate(WORLD, Nobody(), days=DAYS)
    branch = run.branch(20, RandomContacts(rate=0.01))
    touched = set(branch.contacts.filter("sent")["customer_id"])
    assert 0 < len(touched) < 150
    alike = [~np.isin(one.truth.actors, list(touched)) for one in (run, branch)]
    assert run.events.filter(pl.Series(alike[0])).equals(branch.events.filter(pl.Series(alike[1])))


@pytest.mark.parametrize("day", [-1, DAYS + 1, 2.0, True, None])
def test_a_day_outside_is_named(day: Any) -> None:
    run = simulate(WORLD, days=DAYS)
    said = f"day is {day}; give a whole number from 0 to {DAYS}"
    for ask in (
        run.people_at,
        run.view,
        lambda day: run.branch(day, Nobody()),
        lambda day: run.effect_of("news", day, 7),
    ):
        with pytest.raises(SpecError, match=said):
            ask(day)


@pytest.mark.parametrize("days", [0, -3, 1.5, True, "30", 3_661])
def test_days_that_cannot_be_are_named(days: Any) -> None:
    with pytest.raises(SpecError, match=r"days is .*; give a whole number from 1 to 3660"):
        simulate(WORLD, days=days)


def test_what_is_no_world_is_named() -> None:
    with pytest.raises(SpecError, match=r"world is 'retail'; give a cj.simulator.World, such as World.retail"):
        simulate("retail")  # type: ignore[arg-type]


def test_values_show_themselves() -> None:
    run = simulate(WORLD, RandomContacts(rate=0.2), days=DAYS)
    for value, word in ((run, "visit"), (run.truth, "faithful"), (WORLD, "reminder")):
        assert word in value._repr_html_()
    assert run.to_frame()["rows"].sum() == run.events.height
    assert repr(run).startswith("Run('retail', 300 customers, 50 days, ")
