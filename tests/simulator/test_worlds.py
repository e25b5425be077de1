"""The packaged worlds: their logs hold to the contract, nothing leaks, their margins are what their pages say."""

from __future__ import annotations

import datetime as dt
import re
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
import pytest

from cjlab.simulator import Legacy, RandomContacts, World, portrait, simulate

if TYPE_CHECKING:
    from cjlab.simulator import Run

WORLDS = ("retail", "telecom", "insurance", "travel", "car_brand")
TABLES = ("profiles", "consents", "item_states", "links", "context", "costs", "measures")
BY_THE_BRAND = ("delivered", "bounced")
DAYS = 365


@cache
def run_of(name: str) -> Run:
    return simulate(getattr(World, name)(n_customers=350, seed=5), RandomContacts(rate=0.15, control=0.2), days=DAYS)


@cache
def acted(name: str) -> pl.DataFrame:
    """Events with the people and the days behind them."""
    written, at = run_of(name).written.events, run_of(name).written.events_at
    return written.with_columns(pl.Series("actor", at // 2**31), pl.Series("day", at % 2**31 // 86_400))


@pytest.mark.parametrize("name", WORLDS)
def test_a_log_holds_to_the_contract_with_every_table(name: str) -> None:
    log = run_of(name).log
    assert all(getattr(log, table) is not None for table in TABLES)
    findings = log.check(now="2025-06-01")
    assert findings.ok, findings


@pytest.mark.parametrize("name", WORLDS)
def test_habits_leave_a_clean_log_without_probabilities(name: str) -> None:
    run = simulate(getattr(World, name)(n_customers=150), Legacy(), days=200)
    assert run.log.check(now="2025-06-01").ok
    assert run.contacts.height > 0
    assert run.contacts["propensity"].is_null().all()


@pytest.mark.parametrize("name", WORLDS)
def test_nobody_acts_before_he_joins_or_after_he_leaves(name: str) -> None:
    lives = run_of(name).truth.customers.select(pl.col("customer_id").alias("actor"), "joined", "gone")
    done = acted(name).filter(~pl.col("event").cast(pl.String).is_in(BY_THE_BRAND)).join(lives, on="actor")
    assert (done["day"] >= done["joined"]).all()
    assert (done["day"] <= done["gone"].fill_null(DAYS)).all()
    assert run_of(name).truth.customers["gone"].is_not_null().any()


@pytest.mark.parametrize("name", ["telecom", "insurance"])
def test_the_end_of_a_contract_is_the_last_that_a_person_does(name: str) -> None:
    done = acted(name).filter(~pl.col("event").cast(pl.String).is_in(BY_THE_BRAND))
    last = done.group_by("actor").agg(pl.col("at").max().alias("last"))
    ended = done.filter(pl.col("event") == "contract_ended").join(last, on="actor")
    assert ended.height > 10
    assert (ended["at"] == ended["last"]).all()


@pytest.mark.parametrize("name", WORLDS)
def test_no_contact_is_answered_before_it_was_sent_or_on_another_day(name: str) -> None:
    run = run_of(name)
    sent = run.contacts.select("contact_id", pl.col("at").alias("sent_at"), "sent", "customer_id")
    answers = acted(name).filter(pl.col("event").cast(pl.String).is_in(["opened", "clicked", "unsubscribed"]))
    both = answers.join(sent, on="contact_id", how="left", suffix="_sent")
    assert both["sent"].all()
    assert (both["at"] > both["sent_at"]).all()
    assert (both["actor"] == both["customer_id_sent"]).all()


@pytest.mark.parametrize("name", WORLDS)
def test_times_lie_within_the_local_day_also_when_clocks_change(name: str) -> None:
    events, world = acted(name), run_of(name).world
    local = events["at"].dt.convert_time_zone(world.timezone).dt.date()
    expected = pl.Series(np.datetime64(world.start) + events["day"].to_numpy()).cast(pl.Date)
    assert (local == expected).all()
    hours = events.filter(pl.col("event") == "visit")["at"].dt.convert_time_zone(world.timezone).dt.hour()
    assert hours.is_between(8, 23).all()


def test_an_hour_on_the_wall_is_the_same_in_summer_and_winter() -> None:
    noon = simulate(World.retail(n_customers=40), RandomContacts(rate=0.5), days=120).contacts["at"]
    local = noon.dt.convert_time_zone("Europe/Paris")
    assert set(local.dt.hour()) == {9}
    shift = dt.datetime(2024, 3, 31, 9, tzinfo=ZoneInfo("Europe/Paris"))
    assert shift in local.to_list()


@pytest.mark.parametrize("name", WORLDS)
def test_no_id_and_no_place_in_the_table_tells_who_was_not_recognised(name: str) -> None:
    run = run_of(name)
    told = run.log.events.collect()
    place = ["visitor_id", "at", "session", "amount"]
    both = pl.concat([told.select(place), run.log.unassigned.select(place).collect()])
    assert run.events.select(place).equals(both)  # one order for both
    strangers = told.filter(pl.col("customer_id").is_null())
    known = told.filter(pl.col("customer_id").is_not_null())
    assert strangers.height > 50
    for number in ("session", "order_id", "contract_id", "case_id", "contact_id"):
        shared = set(strangers[number].drop_nulls()) & set(known[number].drop_nulls())
        assert not shared, number
    assert told["customer_id"].is_null().to_list() == [False] * known.height + [True] * strangers.height
    assert strangers["visitor_id"].is_sorted()


@pytest.mark.parametrize("name", WORLDS)
def test_what_is_paid_and_refused_is_what_item_states_say(name: str) -> None:
    log = run_of(name).log
    states = log.item_states.collect().sort("at")  # type: ignore[union-attr]
    lines = acted(name).filter(pl.col("event").cast(pl.String).is_in(["purchase", "unavailable"])).sort("at")
    both = lines.with_columns(pl.col("item").cast(pl.String)).join_asof(states, on="at", by="item")
    bought = both.filter(pl.col("event") == "purchase")
    assert bought.height > 50
    assert (bought["stock"] > 0).all()
    assert (both.filter(pl.col("event") == "unavailable")["stock"] == 0).all()
    full = bought["quantity"] * bought["price"]
    np.testing.assert_allclose(bought["amount"] + bought["discount"], full, atol=0.0051)
    np.testing.assert_allclose(
        bought["margin"], bought["amount"] - bought["quantity"] * bought["unit_cost"], atol=0.0051
    )


@pytest.mark.parametrize("name", WORLDS)
def test_links_name_those_who_were_there_but_for_the_guesses(name: str) -> None:
    run = run_of(name)
    links = run.log.links.collect()  # type: ignore[union-attr]
    truth = run.truth.visitors.select("customer_id", pl.col("visitor_id").alias("identifier"))
    right = links.join(truth, on=["customer_id", "identifier"], how="semi")
    assert set(links["kind"]) == {"login", "guess"}
    assert right.filter(kind="login").height == links.filter(kind="login").height
    assert right.filter(kind="guess").height < 0.2 * links.filter(kind="guess").height
    assert (links.filter(kind="guess")["confidence"] < 0.5).all()


def test_a_shared_device_has_two_people_and_a_household() -> None:
    run = run_of("insurance")
    shared = (
        run.truth.visitors.group_by("visitor_id")
        .agg(pl.col("customer_id").sort())
        .filter(pl.col("customer_id").list.len() > 1)
    )
    assert shared.height > 3
    homes = dict(run.log.customers.select("customer_id", "household").collect().iter_rows())
    assert all(homes[one] == homes[other] for one, other in shared["customer_id"])


@pytest.mark.parametrize("name", WORLDS)
def test_the_page_names_all_that_is_in_the_world(name: str) -> None:
    world = getattr(World, name)()
    page = world.describe()
    assert page.startswith(f"# {world.title}\n")
    for part in (*world.personas, *world.actions, *world.moments):
        assert re.search(rf"\b{part}\b", page), part


@pytest.mark.parametrize("name", WORLDS)
def test_a_world_of_one_s_own_is_described_as_the_packaged_ones_are(name: str) -> None:
    """Under another name the page is made from the world: its tables are those that stand in the written page."""
    world = getattr(World, name)()
    made, written = world.but(name="mine").describe(), world.describe()
    rows = [line for line in made.splitlines() if line.startswith("| ")]
    assert len(rows) == 3 + len(world.personas) + len(world.actions) + len({one.kind for one in world.moments.values()})
    assert [row for row in rows if row not in written.splitlines()] == []
    assert "Who is there" in made


@pytest.mark.parametrize("name", WORLDS)
def test_the_margins_are_what_the_page_says(name: str) -> None:
    world = getattr(World, name)(n_customers=1_500, seed=1)
    margins = portrait(simulate(world, RandomContacts(rate=0.12, control=0.2), days=DAYS))
    rows = re.findall(r"^\| ([^|]+) \| ([\d.]+) \| ([\d.]+) \| ([\d.e+]+) \|", world.describe(), flags=re.MULTILINE)
    assert len(rows) >= 8
    for margin, low, high, _ in rows:
        here = margins.loc[margin.strip()]
        assert here["low"] <= float(high), margin
        assert here["high"] >= float(low), margin


@pytest.mark.parametrize("name", WORLDS)
def test_every_kind_of_fact_is_planted_and_listed(name: str) -> None:
    facts = run_of(name).truth.planted
    expected = {"key", "friction", "sudden", "accidental", "progressive", "decoy", "regime", "competitor", "order"}
    expected |= {"text", "replayed scenario", "hairpin", "indifferent", "sleeping dog", "reminders", "life event"}
    expected |= {"handover", "provider block"}
    assert expected <= set(facts["kind"])
    decoys = facts.filter(kind="decoy")
    assert decoys.height >= 5
    assert not decoys["causes"].any()
    assert facts.filter(pl.col("kind").is_in(["key", "friction", "sudden"]))["causes"].all()


def test_retail_has_its_events_when_nobody_is_contacted() -> None:
    margins = portrait(simulate(World.retail(n_customers=1_000), days=DAYS))
    assert 50 <= margins.loc["events a customer-year", "estimate"] <= 100
    assert "opened share of e-mails" not in margins.index
