"""Nobody is written to without a ground, unless the policy does it; consent is given and withdrawn, and dated."""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

import polars as pl
import pytest

from cjlab.errors import SpecError
from cjlab.simulator import (
    Budgeted,
    Everyone,
    Interpreted,
    Legacy,
    Nobody,
    Plan,
    RandomContacts,
    Rules,
    World,
    simulate,
)
from cjlab.simulator.world import Consent

if TYPE_CHECKING:
    from collections.abc import Callable

    from cjlab.simulator import Policy, Run

WORLDS = ("retail", "telecom", "insurance", "travel", "car_brand")
DAYS = 200


def world_of(name: str) -> World:
    return getattr(World, name)(n_customers=200, seed=3)


def every(world: World) -> tuple[str, ...]:
    return tuple(world.actions)


def rules(world: World) -> Rules:
    """Each action on days and on what happens, the last one a hasty answer to an order."""
    plans = [Plan(actions=(name,), every=5, first=place, campaign=name) for place, name in enumerate(every(world))]
    causes = zip(reversed(every(world)), ("purchase", "visit", "case_opened", "subscribed", "complaint"), strict=False)
    return Rules((*plans, *(Plan(actions=(name,), on=cause, campaign=cause) for name, cause in causes)))


POLICIES: dict[str, Callable[[World], Policy]] = {
    "nobody": lambda _: Nobody(),
    "random": lambda world: RandomContacts(rate=0.2, actions=every(world)),
    "everyone": lambda world: Everyone(actions=every(world), every=6),
    "rules": rules,
    "in Python": lambda world: Interpreted(rules(world)),
    "budgeted": lambda world: Budgeted(every(world)[-1], n=150, by="joined", every=3),
    "habits": lambda _: Legacy(),
}


@cache
def run_of(name: str, policy: str) -> Run:
    world = world_of(name)
    return simulate(world, POLICIES[policy](world), days=DAYS)


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", WORLDS)
def test_nothing_is_reported_that_the_policy_did_not_do(name: str, policy: str) -> None:
    findings = run_of(name, policy).log.check(now="2025-06-01")
    assert findings.ok, findings


@pytest.mark.parametrize("name", WORLDS)
def test_compiled_and_in_python_ask_for_the_same_consent(name: str) -> None:
    assert run_of(name, "rules").log.fingerprint() == run_of(name, "in Python").log.fingerprint()


@pytest.mark.parametrize("name", WORLDS)
def test_a_policy_that_does_not_ask_is_reported_and_nothing_else(name: str) -> None:
    world = world_of(name)
    run = simulate(world, RandomContacts(rate=0.2, actions=every(world), control=0.0, consent=False), days=60)
    findings = run.log.check(now="2025-06-01")
    assert [one.rule for one in findings] == ["consent"]
    broken = run.contacts.height - judged(run)["allowed"].sum()
    assert 0 < broken == next(iter(findings)).count


def judged(run: Run) -> pl.DataFrame:
    """Return contacts with whether they had a ground: what was said last of their channel and purpose before them."""
    said = run.log.consents.collect().with_row_index("said")  # type: ignore[union-attr]
    words = pl.col("channel", "purpose").cast(pl.String)
    sent = run.contacts.filter("sent").with_columns(words).with_row_index("row")
    both = sent.join(said, on=["customer_id", "channel", "purpose"], how="left", suffix="_said")
    last = both.filter(pl.col("at_said") <= pl.col("at")).sort("at_said", "granted", descending=[False, True])
    held = last.group_by("row").agg(allowed=pl.col("granted").last())
    return sent.join(held, on="row", how="left").with_columns(pl.col("allowed").fill_null(value=False))


def test_the_oracle_agrees_where_consent_is_asked_for() -> None:
    for name in WORLDS:
        contacts = judged(run_of(name, "rules"))
        assert contacts.height > 1_000
        assert contacts["allowed"].all()


@pytest.mark.parametrize(
    ("name", "purpose"), [("telecom", "dunning"), ("insurance", "dunning"), ("car_brand", "service")]
)
def test_what_serves_an_order_needs_no_consent_to_marketing(name: str, purpose: str) -> None:
    run = run_of(name, "rules")
    served = run.contacts.filter("sent", purpose=purpose).select("customer_id", "at", "channel")
    bought = run.log.consents.collect().filter("granted", purpose=purpose)  # type: ignore[union-attr]
    marketing = run.log.consents.collect().filter("granted", purpose="marketing")  # type: ignore[union-attr]
    channel = served["channel"].cast(pl.String)[0]
    never = served.join(marketing.filter(channel=channel), on="customer_id", how="anti")
    assert never.height > 0
    assert set(served["customer_id"]) <= set(bought["customer_id"])
    prospects = set(run.truth.customers["customer_id"]) - set(bought["customer_id"])
    assert prospects
    assert not prospects & set(run.events.filter(pl.col("event") == "purchase")["customer_id"].drop_nulls())


def changing(given: dict[str, float], withdrawn: dict[str, float], days: int = 300) -> Run:
    world = World.retail(n_customers=400, seed=2).but(consent=Consent(given=given, withdrawn=withdrawn))
    return simulate(world, Everyone(actions=("news",), every=1), days=days)


def said(run: Run) -> pl.DataFrame:
    kinds = run.events.with_columns(pl.col("event", "channel").cast(pl.String), day=pl.col("at").dt.date())
    return kinds.filter(pl.col("event").is_in(["subscribed", "unsubscribed"]), pl.col("contact_id").is_null())


def test_who_orders_ticks_the_box_and_is_written_to_from_the_next_day_on() -> None:
    run = changing({"purchase": 1.0}, {})
    ticked = said(run).filter(channel="email")
    assert set(ticked["event"]) == {"subscribed"}
    assert ticked.height > 20
    bought = run.events.filter(pl.col("event") == "purchase").select("customer_id", day=pl.col("at").dt.date())
    assert ticked.join(bought, on=["customer_id", "day"], how="anti").is_empty()
    first = run.contacts.group_by("customer_id").agg(first=pl.col("at").min())
    never = run.log.consents.collect().filter(pl.col("granted"), channel="email")  # type: ignore[union-attr]
    new = ticked.group_by("customer_id").agg(pl.col("at", "due_at").first()).join(first, on="customer_id")
    once = never.group_by("customer_id").len().filter(len=1).join(new, on="customer_id")
    assert once.height > 10
    assert (once["first"] >= once["due_at"]).all()
    assert ((once["first"] - once["due_at"]).dt.total_hours() <= 24).all()
    assert (once["at"] < once["due_at"]).all()


def test_consent_is_withdrawn_without_a_click_and_given_again() -> None:
    run = changing({"purchase": 1.0}, {"favourite": 1.0})
    turns = said(run).filter(channel="email").sort("customer_id", "at").group_by("customer_id", maintain_order=True)
    runs = [part["event"].to_list() for _, part in turns]
    assert any(part[:3] == ["unsubscribed", "subscribed", "unsubscribed"] for part in runs)
    for name, part in turns:
        kinds = part["event"].to_list()
        doubled = [one for one, other in pairwise(kinds) if one == other]
        clicked = run.events.filter(pl.col("customer_id") == name[0], pl.col("contact_id").is_not_null())
        left = clicked.filter(pl.col("event") == "unsubscribed").height
        assert len(doubled) <= left  # only a click lies between two of a kind
    assert judged(run)["allowed"].all()
    assert run.log.check(now="2025-06-01").ok


def test_how_often_consent_changes_is_what_the_world_says() -> None:
    """Of first orders by those who allow no paper, 30 % tick its box: within the exact 99.9 % interval."""
    from scipy.stats import binomtest

    run = changing({"purchase": 0.3}, {}, days=200)
    granted = run.log.consents.collect().filter("granted", channel="paper")  # type: ignore[union-attr]
    at_first = set(granted.filter(pl.col("at") <= run.log.customers.collect()["joined"].max())["customer_id"])
    bought = run.events.filter(pl.col("event") == "purchase").drop_nulls("customer_id")
    first = bought.group_by("customer_id").agg(day=pl.col("at").min().dt.date())
    joined = run.log.customers.collect().select("customer_id", start=pl.col("joined"))
    had = granted.join(joined, on="customer_id").filter(pl.col("at") == pl.col("start"))["customer_id"]
    asked = first.filter(~pl.col("customer_id").is_in(had.to_list()))
    ticked = asked.join(said(run).filter(channel="paper"), on=["customer_id", "day"], how="semi").height
    assert at_first
    low, high = binomtest(ticked, asked.height).proportion_ci(0.999)
    assert low <= 0.3 <= high


def test_without_the_part_consent_ends_by_messages_alone() -> None:
    world = World.retail(n_customers=300, seed=2).but(consent=None)
    run = simulate(world, Everyone(actions=("news",), every=2), days=150)
    assert said(run).is_empty()
    assert run.events.filter(pl.col("event") == "unsubscribed").height > 0


def test_an_unknown_event_or_purpose_is_named() -> None:
    with pytest.raises(SpecError, match=r"consent.given names 'purchas', .* did you mean 'purchase'\?"):
        World.retail().but(consent=Consent(given={"purchas": 0.1}))
    with pytest.raises(SpecError, match=r"withdrawn.complaint is 1.5; .*less than or equal to 1"):
        Consent(withdrawn={"complaint": 1.5})
    view = simulate(World.retail(n_customers=20), days=2).view(1)
    with pytest.raises(SpecError, match="purpose is 'sales'; allowed: 'marketing', 'service', 'dunning' or 'survey'"):
        view.consents("email", "sales")
