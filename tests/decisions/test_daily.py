"""In a simulated market no day's plan breaks a rule, and what a view allows is what the log of that day allows."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

from benchmarks.proof.planned import held, lived
from benchmarks.proof.sweep import Sweep
from cjlab.decisions import Action, Cap, Cooling, Daily, Fresh, Holdout, Rules, Terms, eligible
from cjlab.errors import SpecError
from cjlab.simulator import World, simulate
from cjlab.tables import Log

if TYPE_CHECKING:
    from cjlab.simulator import Run

DAYS = 60
MAIL = (Action("reminder", "email", 0.01),)


@pytest.fixture(scope="module")
def market() -> tuple[Run, Daily, Log]:
    """Let seven hundred live for two months under rules of every kind."""
    return lived(700, DAYS)


def test_no_contact_breaks_a_rule(market: tuple[Run, Daily, Log]) -> None:
    run, daily, _ = market
    found = held(run, daily.rules)
    assert found.contacts > 2_000
    assert not found.broken
    assert not list(run.log.check())


def test_the_clerk_sees_what_breaks_a_rule(market: tuple[Run, Daily, Log]) -> None:
    run, daily, _ = market
    stricter = replace(daily.rules, caps=(Cap(1, "7D"),))
    assert held(run, stricter).broken["cap of 1 in 7D"] > 100
    unheld = replace(daily.rules, holdouts=tuple(replace(one, salt="other") for one in daily.rules.holdouts))
    assert held(run, unheld).broken["holdout"] > 10


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"caps": (Cap(1, "7D"), Cap(3, "14D"))},
        {"caps": (Cap(1, "7D", channel="email"), Cap(1, "2W", purpose="marketing"), Cap(0, "7D", channel="sms"))},
        {"caps": (Cap(1, "30D", segment=("place", "north")), Cap(1, "80h", channel="email"))},
        {"coolings": (Cooling("purchase", "14D"),)},
        {"fresh": (Fresh("place", "20D"),)},
        {"holdouts": (Holdout(0.2, "other", "2024-01-10"),)},
        {"actions": tuple(Action(name, "sms", 0.1, item="none") for name in ("reminder", "discount", "news", "text"))},
    ],
)
def test_both_clerks_see_the_same(market: tuple[Run, Daily, Log], changes: Any) -> None:
    run, daily, _ = market
    rules = replace(daily.rules, **changes)
    seen = held(run, rules).broken
    assert Sweep(run.log, rules).broken(run.contacts) == seen
    assert bool(seen) == bool(changes)


@pytest.mark.parametrize("day", [0, 5, 29, 30, DAYS])
def test_what_a_view_allows_is_what_the_log_allows(market: tuple[Run, Daily, Log], day: int) -> None:
    run, daily, _ = market
    seen = daily.eligible(run.view(day))
    told = eligible(run.log, seen.as_of, daily.rules)
    assert seen.customers.tolist() == told.customers.tolist()
    assert (seen.allowed == told.allowed).all()
    assert (seen.held == told.held).all()


@pytest.mark.parametrize("event", ["complaint", "unsubscribed", "opened", "clicked"])
def test_a_view_dates_events_as_the_log_does(market: tuple[Run, Daily, Log], event: str) -> None:
    run, daily, _ = market
    cooled = replace(daily, rules=replace(daily.rules, caps=(), coolings=(Cooling(event, "20D"),)))
    blocked = 0
    for day in (5, 20, 29, 30, 45, DAYS):
        seen = cooled.eligible(run.view(day))
        told = eligible(run.log, seen.as_of, cooled.rules)
        bit = np.uint64(seen.known.index(f"{event} in 20D"))
        near = [(one.why >> bit) & np.uint64(1) for one in (seen, told)]
        assert (near[0] == near[1]).all()
        blocked += int(near[0].sum())
    assert blocked


def test_every_slice_is_there_and_the_budget_of_no_day_is_passed(market: tuple[Run, Daily, Log]) -> None:
    run, daily, _ = market
    assert set(run.contacts["slice"].unique()) == {"policy", "random", "control"}
    assert run.contacts["propensity"].null_count() == 0
    cost = {one.name: one.cost for one in daily.rules.actions}
    sent = run.contacts.filter("sent").to_pandas()
    days = sent["template"].astype(str).map(cost).groupby(sent["at"].dt.date).sum()
    assert days.max() <= daily.terms.budget  # type: ignore[operator] # the terms have one


def test_a_day_decided_on_again_is_the_same(market: tuple[Run, Daily, Log]) -> None:
    run, daily, _ = market
    day = run.view(20)
    assert daily.plan(day).contacts().equals(daily.plan(day).contacts())


@pytest.mark.parametrize(
    ("rules", "refused"),
    [
        (
            Rules(MAIL, coolings=(Cooling("complaint", "12h"),)),
            "window is '12h'; a view tells whole days: give days or weeks",
        ),
        (
            Rules(MAIL, coolings=(Cooling("refund"),)),
            "refund in 14D: a view does not date that event",
        ),
    ],
)
def test_a_rule_that_a_view_cannot_answer_is_refused(rules: Rules, refused: str) -> None:
    with pytest.raises(SpecError, match=refused):
        Daily(rules, Terms("a"), value=lambda view: view, beside=Log.of())


def test_contacts_are_sent_after_the_decision() -> None:
    with pytest.raises(SpecError, match="second is 0; give a whole number from 1 to 86399"):
        Daily(Rules(MAIL), Terms("a"), value=lambda view: view, beside=Log.of(), second=0)


def test_what_is_no_rule_is_refused() -> None:
    given: Any = None
    with pytest.raises(SpecError, match="give Rules, Terms and a Log beside; not"):
        Daily(given, Terms("a"), value=lambda view: view, beside=Log.of())


def test_without_a_budget_customers_are_decided_on_apart() -> None:
    world = World.retail(n_customers=60)
    beside = simulate(world, days=1).log

    def value(view: Any) -> pd.DataFrame:
        return pd.DataFrame({"customer_id": view.customers, "reminder": 0.2})

    daily = Daily(Rules(MAIL, caps=(Cap(1, "3D"),)), Terms("a"), value, beside)
    assert daily.per_customer
    assert not replace(daily, terms=Terms("a", budget=9.0)).per_customer
    assert simulate(world, daily, days=6).contacts.height > 20
