"""What came of decisions: counted from the decision on, known by a date, mature when its time is over."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import polars as pl
import pytest

from cjlab.errors import EvidenceError, TableError
from cjlab.loop import Aim, observe
from tests.loop.decided import CHANCES, after, decided

AIM = Aim(within="30D", late="1D")


def test_purchases_returns_and_what_else_counts_add_up() -> None:
    log = decided([(1, 3, "purchase", 10.0), (1, 9, "return", -4.0), (2, 5, "unsubscribed", 0.0)])
    seen = observe(log, Aim(worth={"unsubscribed": -2.0}), as_of=after(32))
    assert seen.rows["outcome"].to_dict() == {"d1": 6.0, "d2": -2.0, "d3": 0.0, "d4": 0.0}


def test_what_happened_before_the_decision_or_after_its_time_does_not_count() -> None:
    log = decided([(1, -0.1, "purchase", 7.0), (2, 30.0, "purchase", 7.0), (3, 0.0, "purchase", 5.0)])
    assert observe(log, AIM, as_of=after(40)).rows["outcome"].to_dict() == {"d1": 0.0, "d2": 0.0, "d3": 5.0, "d4": 0.0}


@pytest.mark.parametrize(("days", "state"), [(30, "pending"), (30.9, "pending"), (31, "mature")])
def test_nothing_is_mature_before_its_time_and_the_delay_are_over(days: float, state: str) -> None:
    seen = observe(decided([(1, 3, "purchase", 10.0), (2, 30.5, "visit", 0.0)]), AIM, as_of=after(days))
    assert set(seen.rows["state"]) == {state}
    assert seen.rows["outcome"].notna().all() == (state == "mature")


def test_what_became_known_late_is_not_read_early() -> None:
    log = decided([(1, 3, "purchase", 10.0)])
    late = log.events.with_columns(
        known_at=pl.when(pl.col("event") == "purchase").then(pl.lit(after(35))).otherwise("at")
    )
    log = type(log).of(events=late, contacts=log.contacts, customers=log.customers, timezone="UTC")
    assert observe(log, AIM, as_of=after(35)).rows.loc["d1", "outcome"] == 0.0
    assert observe(log, AIM, as_of=after(35.1)).rows.loc["d1", "outcome"] == 10.0


def test_where_the_log_stops_what_came_is_not_known() -> None:
    log = decided([(1, 3, "purchase", 10.0)])
    ended = log.events.filter(pl.col("at") < after(10))
    log = type(log).of(events=ended, contacts=log.contacts, customers=log.customers, timezone="UTC")
    seen = observe(log, AIM, as_of=after(40))
    assert set(seen.rows["state"]) == {"censored"}
    assert seen.rows["outcome"].isna().all()


def test_what_the_policy_meant_is_the_likeliest_arm_and_of_the_holdout_what_was_withheld() -> None:
    slices = ["policy", "random", "holdout", "control"]
    arms = ["mail", "none", "mail", "none"]
    log = decided([], slice=slices, arm=arms, eligible=[CHANCES, CHANCES, None, CHANCES])
    seen = observe(log, AIM, as_of=after(40))
    assert seen.rows["intended"].tolist() == ["mail"] * 4
    assert seen.chances.loc["d3"].to_dict() == {"mail": 0.0, "none": 1.0}


def test_evidence_is_what_was_drawn_by_chance_and_is_mature() -> None:
    log = decided([(1, 3, "purchase", 10.0)], slice=["policy", "random", "holdout", "control"])
    seen = observe(log, AIM, as_of=after(40))
    X = pd.DataFrame({"age": [1.0, 2.0, 3.0, 4.0], "where": list("abab")}, index=pd.Index(["d1", "d2", "d3", "d4"]))
    known = seen.evidence(X, costs={"mail": 0.1}, segment="where")
    assert known.outcome.tolist() == [10.0, 0.0, 0.0]
    assert known.net.tolist() == pytest.approx([9.9, -0.1, 0.0])
    assert known.X.columns.tolist() == ["age"]
    assert known.since == dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
    with pytest.raises(TableError, match="X lacks 1 decisions, first 'd4'"):
        seen.evidence(X.drop("d4"))
    with pytest.raises(EvidenceError, match="no decision is mature"):
        observe(log, AIM, as_of=after(5)).evidence(X)


def test_who_may_not_be_sent_everything_is_evidence_of_what_he_may_be_sent() -> None:
    three = [
        {"arm": "mail", "probability": 0.5},
        {"arm": "none", "probability": 0.25},
        {"arm": "text", "probability": 0.25},
    ]
    sure, text = (
        [{"arm": "none", "probability": 1.0}],
        [three[2] | {"probability": 0.5}, three[1] | {"probability": 0.5}],
    )
    log = decided([], arm=["mail", "text", "none", "none"], eligible=[three, text, sure, CHANCES])
    seen = observe(log, AIM, as_of=after(40))
    assert seen.open.to_dict() == {"d1": True, "d2": True, "d3": False, "d4": True}
    known = seen.evidence(pd.DataFrame({"age": range(4)}, index=seen.rows.index))
    assert known.arm.tolist() == ["mail", "text", "none"]
    assert known.propensity["mail"].tolist() == [0.5, 0.0, 0.9]
    assert known.propensity["text"].tolist() == [0.25, 0.5, 0.0]


def test_contacts_without_decisions_are_refused() -> None:
    log = decided([])
    bare = log.contacts.drop("decision_id")
    with pytest.raises(TableError, match="contacts have no 'decision_id'"):
        observe(
            type(log).of(events=log.events, contacts=bare, customers=log.customers, timezone="UTC"), AIM, as_of=after(9)
        )
    with pytest.raises(EvidenceError, match="contacts hold no decision before 2024-12-01"):
        observe(log, AIM, as_of="2024-12-01")
    twice = log.contacts.with_columns(decision_id=pl.lit("d1"))
    with pytest.raises(TableError, match="decision_id 'd1' stands in several rows"):
        observe(
            type(log).of(events=log.events, contacts=twice, customers=log.customers, timezone="UTC"),
            AIM,
            as_of=after(9),
        )
