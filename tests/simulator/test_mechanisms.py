"""What was put into worlds can be found in their logs, and where it was not put it is not there."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import polars as pl
import pytest

from cjlab.simulator import Everyone, Legacy, RandomContacts, Run, Truth, World, simulate
from cjlab.simulator.world import Competitor, Effect, Regime


@cache
def retail() -> Run:
    return simulate(World.retail(n_customers=1_500, seed=2), days=300)


@cache
def telecom() -> Run:
    return simulate(World.telecom(n_customers=1_200, seed=2), days=365)


@cache
def travel() -> Run:
    return simulate(World.travel(n_customers=1_500, seed=2), days=365)


def acted(run: Run) -> pl.DataFrame:
    written, at = run.written.events, run.written.events_at
    return written.with_columns(
        pl.Series("actor", at // 2**31),
        pl.Series("day", at % 2**31 // 86_400),
        pl.col("event", "reason", "query").cast(pl.String),
    )


def changed(world: World, who: str, **traits: Any) -> World:
    return world.but(personas={**world.personas, who: replace(world.personas[who], **traits)})


def test_hairpin_customers_turn_back_more_often_than_others() -> None:
    run = retail()
    turns = (
        acted(run)
        .filter(pl.col("event").is_in(["search", "cart", "visit", "purchase"]))
        .group_by("actor")
        .agg(
            carts=(pl.col("event") == "cart").sum(),
            looks=(pl.col("event") == "visit").sum() + (pl.col("event") == "cart").sum(),
            buys=(pl.col("event") == "purchase").sum(),
        )
        .join(run.truth.customers.select(pl.col("customer_id").alias("actor"), "hairpin", "persona"), on="actor")
        .filter(pl.col("persona").is_in(["occasional", "bargain"]), pl.col("buys") > 1)
        .with_columns(rate=pl.col("looks") / pl.col("buys"))
    )
    straight, hairpin = (turns.filter(hairpin=flag)["rate"].median() for flag in (False, True))
    assert turns.filter(hairpin=True).height > 50
    assert hairpin > 1.3 * straight  # type: ignore[operator]


def test_who_never_turns_back_puts_nothing_twice_into_the_cart_of_a_visit() -> None:
    run = retail()
    carts = acted(run).filter(pl.col("event") == "cart").group_by("session", "actor").len()
    hairpins = set(run.truth.customers.filter(hairpin=True)["customer_id"])
    assert set(carts.filter(pl.col("len") > 1)["actor"]) <= hairpins
    assert (carts["len"] > 1).any()


def test_needs_are_slept_on_as_often_as_said() -> None:
    """Laps are geometric: at a probability of 1/2 there is one a need, with nobody else coming (mean p / (1 − p))."""
    world = World.retail(n_customers=600, seed=1)
    world = world.but(
        personas={
            name: replace(who, occasions=0.0, impulse=0.0, pull=1.0, hairpin=0.0)
            for name, who in world.personas.items()
        },
        trade=replace(world.trade, laps=0.5, defect=0.0),
        errands={},
        moments={},
        competitors={},
        regimes=(),
        stages={},
    )
    events = acted(simulate(world, days=365))
    visits, orders = (events.filter(event=name) for name in ("visit", "purchase"))
    assert visits.height / orders["order_id"].n_unique() == pytest.approx(2.0, rel=0.05)


def test_a_visit_on_another_device_is_as_frequent_as_said() -> None:
    world = World.retail(n_customers=400, seed=1)
    never = simulate(world.but(trade=replace(world.trade, switches=0.0)), days=200).truth.visits
    often = simulate(world.but(trade=replace(world.trade, switches=0.6)), days=200).truth.visits
    used = [one.drop_nulls("device").group_by("customer_id").agg(pl.col("device").n_unique()) for one in (never, often)]
    assert used[0]["device"].max() == 1
    assert used[1]["device"].mean() > 1.4  # type: ignore[operator]


def test_a_competitor_takes_purchases_while_it_is_there() -> None:
    world = World.retail(n_customers=1_000, seed=3).but(competitors={}, regimes=())
    rival = Competitor(day=100, until=200, pull=1.5, promotions=0.0)
    alone, beside = simulate(world, days=300), simulate(world.but(competitors={"rival": rival}), days=300)
    counts = [
        acted(run).filter(event="purchase").group_by(pl.col("day") // 100).len().sort("day")["len"].to_list()
        for run in (alone, beside)
    ]
    assert counts[0][0] == counts[1][0]
    assert counts[1][1] < 0.7 * counts[0][1]
    assert counts[1][2] > counts[1][1]


def test_promotions_of_competitors_are_a_dated_path_that_the_brand_can_see() -> None:
    context = retail().log.context.collect()  # type: ignore[union-attr]
    seen = context.filter(name="promotion of newcomer")
    assert seen.height == 300
    assert seen["value"].sum() == 0  # it opens on day 400
    assert 0.05 < context.filter(name="promotion of discounter")["value"].mean() < 0.4  # type: ignore[operator]


def test_a_regime_changes_needs_from_its_day_on() -> None:
    world = World.retail(n_customers=800, seed=4).but(regimes=(), competitors={})
    other = world.but(regimes=(Regime(day=150, factor="needs", by=3.0),))
    days = [acted(simulate(one, days=300)).filter(event="purchase")["day"] for one in (world, other)]
    assert (days[0] < 150).sum() == (days[1] < 150).sum()
    assert (days[1] >= 150).sum() > 1.8 * (days[0] >= 150).sum()


def test_a_contract_ends_by_will_only_after_its_notice() -> None:
    events = acted(telecom())
    asked = events.filter(event="termination_asked").group_by("actor").agg(pl.col("day").max().alias("asked"))
    left = events.filter(pl.col("event") == "contract_ended", pl.col("reason").is_in(["left", "competitor"]))
    both = left.join(asked, on="actor", how="left")
    assert left.height > 50
    assert (both["day"] - both["asked"] == 10).all()
    assert {"left", "unpaid", "competitor"} <= set(events.filter(event="contract_ended")["reason"])


def test_unpaid_contracts_end_after_three_bills_missed_in_a_row() -> None:
    events = acted(telecom())
    unpaid = events.filter(event="contract_ended", reason="unpaid")["actor"]
    paid = events.filter(pl.col("event").is_in(["payment", "payment_missed"]), pl.col("actor").is_in(unpaid.implode()))
    last = paid.sort("actor", "at").group_by("actor").tail(3)
    assert unpaid.len() > 10
    assert (last["event"] == "payment_missed").all()


def test_who_is_moved_to_stay_takes_his_notice_back() -> None:
    world = World.telecom(n_customers=800, seed=6)
    call = replace(world.actions["loyalty_gift"], effects={"*": Effect(desire=3.0)}, half_life=60.0, channel="sms")
    kept = world.but(actions={**world.actions, "loyalty_gift": call})
    silent, gift = simulate(kept, days=200), simulate(kept, Everyone(("loyalty_gift",), every=20), days=200)
    ended = [acted(run).filter(event="contract_ended").height for run in (silent, gift)]
    assert ended[1] < 0.8 * ended[0]


def test_sleeping_dogs_leave_when_they_are_woken() -> None:
    world = changed(World.telecom(n_customers=3_000, seed=1), "sleeper", indifferent=0.0)
    calls = Everyone(("care_call",), every=45, consent=False)
    runs = [simulate(world, policy, days=300).truth.customers for policy in (None, calls)]
    gone = [{name: one["gone"].is_not_null().mean() for (name,), one in run.group_by("persona")} for run in runs]
    assert gone[1]["sleeper"] > 1.3 * gone[0]["sleeper"]
    assert gone[1]["family"] < gone[0]["family"]


def test_six_journeys_are_told_apart() -> None:
    visits = telecom().truth.visits
    counts = dict(visits.group_by(pl.col("journey").cast(pl.String)).len().iter_rows())
    assert set(counts) == {"purchase", "assistance", "management", "payment", "complaint", "termination"}
    assert min(counts.values()) > 100
    pages = telecom().events.filter(pl.col("page").is_not_null()).join(visits, on="session", suffix="_true")
    assert set(pages.filter(page="bill_viewed")["journey"]) == {"payment"}


def test_a_true_visit_is_a_session_of_the_log() -> None:
    run = retail()
    visits = run.events.filter(event="visit")
    assert visits["session"].is_unique().all()
    assert set(visits["session"]) <= set(run.truth.visits["session"])


def test_a_new_topic_is_unknown_before_its_day() -> None:
    cases = acted(retail()).filter(event="case_opened")
    days = cases.filter(reason="returns_desk")["day"]
    assert days.len() > 3
    assert days.min() >= 200


def test_promises_are_kept_or_broken_on_the_day_they_are_due() -> None:
    events = acted(simulate(World.insurance(n_customers=600), days=365))
    made = events.filter(event="promise_made").select("case_id", "due_at")
    ends = events.filter(pl.col("event").is_in(["promise_kept", "promise_broken"]))
    both = ends.join(made, on=["case_id", "due_at"])
    assert both.height == ends.height > 50
    local = [both[name].dt.convert_time_zone("Europe/Paris").dt.date() for name in ("at", "due_at")]
    assert (local[0] == local[1]).all()
    assert (ends["event"] == "promise_kept").mean() == pytest.approx(0.75, abs=0.08)


def test_a_trip_is_planned_then_booked_then_taken_in_one_country() -> None:
    events = acted(travel())
    planned = events.filter(event="trip_planned")
    booked = events.filter(pl.col("event") == "purchase", pl.col("due_at").is_not_null())
    taken = events.filter(event="trip_taken").join(
        booked.group_by("order_id").agg(pl.col("item").cast(pl.String).first(), pl.col("at").min().alias("booked")),
        on="order_id",
        suffix="_booked",
    )
    assert set(planned["query"]) == {"italy", "spain", "greece", "norway", "japan", "usa"}
    assert planned["reason"].str.starts_with("by_").all()
    assert (taken["booked"] < taken["at"]).all()
    assert (taken["query"] == taken["item_booked"].str.head(-4)).all()


def test_far_trips_are_insured_more_often_than_near_ones() -> None:
    events = acted(travel())
    taken = events.filter(event="trip_taken")
    covers = events.filter(pl.col("event") == "purchase", pl.col("item").cast(pl.String).str.starts_with("cover"))
    insured = set(covers.select("actor", "reason").iter_rows())
    shares = {
        far: np.mean(
            [row in insured for row in taken.filter(pl.col("query").is_in(ways)).select("actor", "reason").iter_rows()]
        )
        for far, ways in ((True, ["usa", "japan"]), (False, ["italy", "spain"]))
    }
    assert shares[True] > 1.5 * shares[False]


def test_a_launched_brand_begins_with_nobody_who_knows_it() -> None:
    run = simulate(World.car_brand(n_customers=400, launched=True), days=120)
    joined = run.truth.customers["joined"]
    assert joined.min() >= 0  # type: ignore[operator]
    events = acted(run)
    first = events.filter(pl.col("event").is_in(["purchase", "visit"])).group_by("actor").agg(pl.col("event").first())
    assert (first["event"] == "visit").all()
    assert run.truth.planted.filter(kind="launch").height == 1


def test_lapsed_customers_can_be_won_back() -> None:
    world = World.retail(n_customers=3_000, seed=8)
    start = simulate(world, days=200)
    lapsed = start.truth.customers.filter(stage="lapsed")["customer_id"]
    assert len(lapsed) > 100
    start = simulate(world, days=300)
    back = start.branch(200, Everyone(("come_back",), every=20))
    bought = [
        acted(run).filter(pl.col("event") == "purchase", pl.col("day") >= 200, pl.col("actor").is_in(lapsed.implode()))
        for run in (start, back)
    ]
    assert bought[1]["actor"].n_unique() > bought[0]["actor"].n_unique()


def test_there_are_satisfied_leavers_and_unhappy_captives() -> None:
    truth = telecom().truth
    shares = truth.to_frame().set_index("persona")
    assert shares["satisfied_leavers"].max() > 0.02
    assert shares["unhappy_captives"].sum() > 0
    assert truth.customers.filter(pl.col("captive"))["gone"].is_not_null().mean() < 0.2  # type: ignore[operator]


def test_the_habit_of_the_endless_day_writes_on_to_those_who_never_open() -> None:
    run = simulate(World.retail(n_customers=800), Legacy(), days=365)
    scenario = run.contacts.filter(pl.col("campaign") == "endless_day").group_by("customer_id").len()
    never = run.truth.customers.filter(indifferent=True)["customer_id"]
    written = scenario.filter(pl.col("customer_id").is_in(never.implode()))
    assert written["len"].median() > 10  # type: ignore[operator]
    openers = set(run.events.filter(pl.col("event") == "opened", ~pl.col("machine"))["customer_id"])
    assert not openers & set(never)


def test_the_habit_of_the_best_writes_to_those_who_spent_most() -> None:
    run = simulate(World.retail(n_customers=800), Legacy(), days=200)
    best = run.contacts.filter(pl.col("campaign") == "best_customers")["customer_id"].unique()
    spent = dict(run.events.group_by("customer_id").agg(pl.col("amount").sum()).iter_rows())
    reached, others = ([spent.get(who, 0.0) for who in ids] for ids in (best, set(spent) - set(best)))
    assert np.mean(reached) > 3 * np.mean(others)


def test_the_first_reminders_help_and_too_many_do_not() -> None:
    truth = retail().truth
    row = truth.reminders("reminder", "occasional")
    assert row.loc[1, "net"] > 0 > row.loc[12, "net"]
    best = int(row["total"].idxmax())
    assert 1 < best < 12
    facts = truth.planted.filter(kind="reminders", name="reminder: occasional")
    assert facts["size"].to_list() == [best]


def test_more_irritation_means_fewer_reminders() -> None:
    best = []
    for irritation in (0.0, 0.004, 0.02):
        run = retail()
        truth = Truth(run.world.but(irritation=irritation), run.people, run.written, run.days)
        best.append(int(truth.reminders("reminder", "occasional")["total"].idxmax()))
    assert best[0] > best[1] > best[2]


def test_seven_years_pass() -> None:
    run = simulate(World.telecom(n_customers=40), RandomContacts(rate=0.05), days=2_557)
    assert run.log.check(now="2031-06-01").ok
    assert run.events["at"].max().year == 2030  # type: ignore[union-attr]
    ids = run.contacts["contact_id"]
    assert ids.is_unique().all()


def test_a_return_gives_back_what_was_paid_and_its_margin() -> None:
    events = acted(retail())
    lines = events.filter(event="purchase").select("actor", "order_id", "item", "amount", "margin", "quantity")
    back = events.filter(event="return").join(lines, on=["actor", "order_id", "item"], suffix="_paid")
    matched = back.filter(pl.col("amount") == -pl.col("amount_paid"))
    assert matched["order_id"].n_unique() == back["order_id"].n_unique() > 30
    assert (matched["margin"] == -matched["margin_paid"]).all()


def test_what_is_bought_without_a_need_is_delivered_in_time() -> None:
    events = simulate(World.retail(n_customers=1_500, seed=3), days=300).events
    ordered = events.filter(pl.col("event") == "purchase").group_by("order_id").agg(then=pl.col("at").min())
    came = events.filter(pl.col("event") == "delivery", pl.col("score") == 0).join(ordered, on="order_id")
    days = came.select((pl.col("at") - pl.col("then")).dt.total_hours() / 24).to_series()
    assert came.height > 1_000
    assert days.max() < 1.5 * World.retail().trade.delivery_days + 2
