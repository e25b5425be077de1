"""The built-in policies: what they refuse, whom they write to, and that consent is kept."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl
import pytest

from cjlab.errors import SpecError
from cjlab.simulator import SEEN, Budgeted, Everyone, Plan, Policy, RandomContacts, Rules, World, simulate

WORLD = World.retail(n_customers=500, seed=5)


@pytest.mark.parametrize(
    ("made", "said"),
    [
        ({"actions": ()}, "actions is empty; name at least one"),
        ({"actions": "news"}, "plan 'campaign': actions is 'news'; give a list of texts"),
        ({"actions": ("news", "news")}, "actions names 'news' more than once"),
        ({"actions": (3,)}, "actions is 3; give text"),
        ({"campaign": ""}, "campaign is ''; give text"),
        ({"campaign": 3}, "campaign is 3; give text"),
        ({"every": 0}, "every is 0; give a whole number from 1"),
        ({"every": 1.0}, "every is 1.0; give a whole number"),
        ({"every": True}, "every is True; give a whole number"),
        ({"first": -1}, "first is -1; give a whole number from 0"),
        ({"last": None}, "last is None; give a whole number"),
        ({"on": 3}, "on is 3; give text"),
        ({"share": float("nan")}, "share is nan; give a finite number"),
        ({"share": 1.1}, "share is 1.1; give a number from 0 to 1"),
        ({"share": "1"}, "share is '1'; give a finite number"),
        ({"control": -0.1}, "control is -0.1; give a number from 0 to 1"),
        ({"control": float("inf")}, "control is inf"),
        ({"randomised": 1}, "randomised is 1; give true or false"),
        ({"consent": "no"}, "consent is 'no'; give true or false"),
        ({"cap": 9}, "cap is 9; give a whole number from 0 to 8"),
        ({"cap_days": 0}, "cap_days is 0; give a whole number from 1"),
        ({"when": ["orders"]}, "when is \\['orders'\\]; give what must hold"),
        ({"when": {"satisfaction": (0, 1)}}, "a name in when is 'satisfaction'; allowed: 'joined'"),
        ({"when": {3: (0, 1)}}, "a name in when is 3; allowed"),
        ({"when": {"orders": 3}}, r"when\['orders'\] is 3; give \(low, high\)"),
        ({"when": {"orders": (1, 2, 3)}}, r"give \(low, high\), with None for no end"),
        ({"when": {"orders": (float("nan"), 2)}}, "is nan; give a finite number"),
        ({"when": {"orders": (3, 2)}}, "give a low end that is not above the high one"),
    ],
)
def test_a_plan_that_cannot_be_is_refused_when_it_is_made(made: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        Plan(**{"actions": ("news",), **made})


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        (
            Rules((Plan(actions=("gift",)),)),
            "plan 'campaign': action 'gift' is unknown; world 'retail' knows 'reminder'",
        ),
        (Rules((Plan(actions=("news",), on="birthday"),)), "plan 'campaign': on is 'birthday'; allowed: 'visit'"),
        (Rules((Plan(actions=("news",)),) * 17), "the policy has 17 plans; there is room for 16"),
        (
            Rules((Plan(actions=("news",), when=dict.fromkeys(SEEN[:7], (0, 1))),)),
            "when has 7 conditions; there is room for 6",
        ),
        (RandomContacts(actions=("gift",)), "action 'gift' is unknown"),
        (Everyone(("gift",)), "action 'gift' is unknown"),
        (Budgeted("gift", n=1), "action is 'gift'; allowed: 'reminder'"),
    ],
)
def test_what_a_world_cannot_follow_is_refused(policy: Policy, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        simulate(WORLD, policy, days=2)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: RandomContacts(rate=float("nan")), "rate is nan; give a finite number"),
        (lambda: RandomContacts(rate=2), "rate is 2; give a number from 0 to 1"),
        (lambda: RandomContacts(control=-1), "control is -1"),
        (lambda: RandomContacts(every=0), "every is 0"),
        (lambda: RandomContacts(consent=None), "consent is None; give true or false"),
        (lambda: RandomContacts(actions="news"), "actions is 'news'; give a list of texts"),
        (lambda: RandomContacts(actions=()), "actions is empty; name at least one, leave it out for all of marketing"),
        (lambda: Everyone(actions=[]), "actions is empty"),
        (lambda: Everyone(every=0.5), "every is 0.5"),
        (lambda: Rules((3,)), r"rules is \(3,\); give a tuple of cj.simulator.Plan"),
        (lambda: Rules((), holdout=1.5), "holdout is 1.5"),
        (lambda: Budgeted("news", n=-1), "n is -1; give a whole number from 0"),
        (lambda: Budgeted("news", n=2.0), "n is 2.0"),
        (lambda: Budgeted("news", n=2, by="mood"), "by is 'mood'; allowed: 'joined'"),
        (lambda: Budgeted("news", n=2, descending=1), "descending is 1"),
        (lambda: Budgeted(None, n=2), "action is None; give text"),
    ],
)
def test_a_policy_that_cannot_be_is_refused_when_it_is_made(make: Any, said: str) -> None:
    with pytest.raises(SpecError, match=said):
        make()


def test_no_marketing_actions_no_marketing() -> None:
    with pytest.raises(SpecError, match="world 'retail' has no marketing actions; declare some, or use Nobody"):
        simulate(WORLD.but(actions={}, orders=(), habits={}), RandomContacts(), days=2)


def test_a_plan_is_a_value() -> None:
    one = Plan(actions=["news"], when={"orders": [1, None]})  # type: ignore[arg-type, dict-item]
    assert one == Plan(actions=("news",), when={"orders": (1, None)})
    assert hash(one) == hash(Plan(actions=("news",), when={"orders": (1, None)}))


def test_a_budget_is_spent_exactly() -> None:
    run = simulate(WORLD, Budgeted("reminder", n=20, by="last_visit", every=3), days=10)
    assert run.contacts.group_by("at").len()["len"].to_list() == [20] * 4


def test_a_budget_depends_on_nothing_but_the_view() -> None:
    run, policy = simulate(WORLD, days=20), Budgeted("reminder", n=20)
    first, again = (np.asarray(policy.decide(run.view(14)).customers) for _ in range(2))
    assert (first == again).all()


@pytest.mark.parametrize("descending", [True, False])
def test_a_budget_goes_to_those_who_rank_first(descending: bool) -> None:  # noqa: FBT001 - both directions
    view = simulate(WORLD, days=40).view(40)
    chosen = np.asarray(Budgeted("reminder", n=30, by="last_order", descending=descending).decide(view).customers)
    since, allowed = view.seen("last_order"), view.consents("email")
    worth = {who: value for who, value, may in zip(view.customers, since, allowed, strict=True) if may}
    known = sorted((value for value in worth.values() if value == value), reverse=descending)  # noqa: PLR0124 - NaN is not itself
    assert [worth[who] for who in chosen] == known[:30]


def test_a_budget_larger_than_the_market_is_spent_on_all_who_allow() -> None:
    run = simulate(WORLD, Budgeted("text", n=10**6), days=1)
    assert run.contacts.height == run.view(0).consents("sms").sum()


@pytest.mark.parametrize(
    "policy",
    [
        Everyone(("news", "text"), every=2),
        RandomContacts(rate=0.3),
        Rules((Plan(actions=("text", "news"), on="visit"), Plan(actions=("reminder",), every=2))),
        Budgeted("text", n=400, every=1),
    ],
)
def test_nobody_is_written_to_without_consent(policy: Policy) -> None:
    run = simulate(WORLD, policy, days=120)
    assert run.contacts.height > 1_000
    assert run.events.filter(pl.col("event") == "unsubscribed").height > 0
    run.log.check(now="2024-06-01").require()


def test_who_writes_without_consent_is_found_out() -> None:
    findings = simulate(WORLD, Everyone(("text",), every=7, consent=False), days=30).log.check()
    (found,) = findings
    assert (found.rule, found.table, found.count > 100) == ("consent", "contacts", True)
