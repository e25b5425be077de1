"""The synthetic test keeps its promises: a known truth, recovered; the same people whatever else changes."""

from __future__ import annotations

import datetime as dt
import math
import time
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from polars.testing import assert_frame_equal

import cjlab as cj
from cjlab.datasets._market import ARMS, BASKET, BEFORE, GOODS, HOUSEHOLDS, WINDOW
from cjlab.errors import SpecError

NAMES = ["no_contact", "reminder", "discount"]
MANY = 120_000

# minus no contact, for a customer and two weeks: as the docstring says, for reminder and discount
TRUTH = {
    "visit": (0.05, 0.07),
    "order": (0.03, 0.038),
    "amount": (1.4400, 0.8162),
    "margin": (0.5760, -0.2782),
    "unsubscribed": (0.003, 0.005),
    "complaint": (0.0, 0.001),
}


@pytest.fixture(scope="module")
def log() -> cj.tables.Log:
    return cj.datasets.promotion_test()


@pytest.fixture(scope="module")
def outcomes() -> pl.DataFrame:
    """One row for each of many customers: arm, household, and what he did within 14 days."""
    return per_customer(cj.datasets.promotion_test(n_customers=MANY, seed=0), since=0, days=WINDOW)


def per_customer(log: cj.tables.Log, *, since: int, days: int) -> pl.DataFrame:
    contacts = log.contacts.select("customer_id", "arm", mailed="at")
    begins = pl.col("mailed") + pl.duration(days=since)
    inside = pl.col("at").is_between(begins, begins + pl.duration(days=days), closed="left")
    did = {name: (pl.col("event") == event).any().cast(pl.Float64) for name, event in (
        ("visit", "visit"), ("order", "purchase"), ("unsubscribed", "unsubscribed"), ("complaint", "complaint")
    )}  # fmt: skip
    answers = log.events.join(contacts, on="customer_id").filter(inside)
    sums = answers.group_by("customer_id").agg(pl.col("amount", "margin").sum(), **did)
    household = log.profiles.filter(field="household").select("customer_id", household="value")
    return contacts.join(household, on="customer_id").join(sums, on="customer_id", how="left").fill_null(0).collect()


def z(rows: pl.DataFrame, metric: str, arm: str, truth: float) -> float:
    """Distance of the estimate from the truth, in standard errors."""
    of = {name: rows.filter(arm=name)[metric] for name in (arm, "no_contact")}
    error = math.sqrt(sum(values.var() / values.len() for values in of.values()))
    return (of[arm].mean() - of["no_contact"].mean() - truth) / error


@pytest.mark.parametrize("metric", TRUTH)
@pytest.mark.parametrize("arm", NAMES[1:])
def test_the_truth_is_recovered(outcomes: pl.DataFrame, metric: str, arm: str) -> None:
    truth = TRUTH[metric][NAMES[1:].index(arm)]
    assert abs(z(outcomes, metric, arm, truth)) < 3.5


@pytest.mark.parametrize("household", HOUSEHOLDS)
@pytest.mark.parametrize("arm", NAMES[1:])
def test_the_truth_of_each_household_is_recovered(outcomes: pl.DataFrame, household: str, arm: str) -> None:
    truth = ARMS[NAMES.index(arm)].order[list(HOUSEHOLDS).index(household)]
    assert abs(z(outcomes.filter(household=household), "order", arm, truth)) < 3.5


def test_nothing_differs_before_the_contact() -> None:
    before = per_customer(cj.datasets.promotion_test(n_customers=40_000, seed=0), since=-BEFORE, days=BEFORE)
    for metric in ("visit", "order", "amount", "margin"):
        for arm in NAMES[1:]:
            assert abs(z(before, metric, arm, 0.0)) < 3.5


def test_the_table_of_truths_follows_from_the_market() -> None:
    shares = list(HOUSEHOLDS.values())
    alone = WINDOW * BASKET * (0.2 + 10 / 9) / BEFORE  # E[u^8] = 1/9
    control = ARMS[0]
    for arm, *truths in zip(ARMS[1:], *TRUTH.values(), strict=True):
        order = sum(share * added for share, added in zip(shares, arm.order, strict=True))
        listed = alone + order * BASKET
        amount = (1 - arm.discount) * listed - alone
        margin = (1 - arm.discount - GOODS) * listed - (1 - GOODS) * alone
        left, complained = arm.unsubscribed - control.unsubscribed, arm.complaint - control.complaint
        assert truths == pytest.approx([arm.visit, order, amount, margin, left, complained], abs=5e-5)


def test_what_he_spent_before_tells_of_what_he_spends_after(log: cj.tables.Log) -> None:
    before, after = (
        per_customer(log, since=since, days=days).sort("customer_id") for since, days in ((-180, 180), (0, 14))
    )
    both = pl.DataFrame({"before": before["amount"], "after": after["amount"]})
    assert both.select(pl.corr("before", "after")).item() > 0.3


def test_a_third_is_in_each_arm(log: cj.tables.Log) -> None:
    contacts = log.contacts.collect()
    counts = dict(contacts.group_by("arm").len().rows())
    chi_square = sum((counts[arm] - 20_000 / 3) ** 2 / (20_000 / 3) for arm in NAMES)
    assert chi_square < 13.8  # p > .001 with two degrees of freedom
    assert contacts.filter(pl.col("sent") == (pl.col("arm") == "no_contact")).height == 0
    assert contacts.filter((pl.col("cost") > 0) != pl.col("sent")).height == 0
    assert contacts.filter(pl.col("offer").is_not_null() != (pl.col("arm") == "discount")).height == 0


def test_enrolment_takes_two_weeks_and_mails_leave_in_the_morning(log: cj.tables.Log) -> None:
    local = log.contacts.select(pl.col("at").dt.convert_time_zone("Europe/Paris")).collect()["at"]
    assert local.dt.date().unique().sort().to_list() == [dt.date(2025, 9, day) for day in range(1, 15)]
    assert local.dt.time().is_between(dt.time(7), dt.time(7, 20)).all()


def test_people_sleep(log: cj.tables.Log) -> None:
    local = log.events.select(pl.col("at").dt.convert_time_zone("Europe/Paris").dt.time()).collect()["at"]
    assert local.is_between(dt.time(7, 30), dt.time(23)).all()


def test_what_is_recorded_ends_four_weeks_after_the_last_contact(log: cj.tables.Log) -> None:
    first, last = log.events.select(first=pl.col("at").min(), last=pl.col("at").max()).collect().row(0)
    paris = ZoneInfo("Europe/Paris")
    assert first.astimezone(paris).date() == dt.date(2025, 3, 5)
    assert last.astimezone(paris).date() == dt.date(2025, 10, 11)


def test_money_adds_up(log: cj.tables.Log) -> None:
    purchases = log.events.filter(event="purchase").join(log.contacts, on="customer_id", suffix="_of_mail").collect()
    listed = purchases["amount"] + purchases["discount"]
    cents = (purchases["amount"] - GOODS * listed - purchases["margin"]).abs()
    assert cents.max() <= 0.005 + 1e-9
    after = (pl.col("at") - pl.col("at_of_mail")).is_between(dt.timedelta(0), dt.timedelta(days=14))
    offered = purchases.with_columns(due=after & (pl.col("arm") == "discount"))
    assert offered.filter(pl.col("offer").is_not_null() != pl.col("due")).height == 0
    assert purchases["order_id"].is_unique().all()


def test_whoever_unsubscribes_withdraws_his_consent(log: cj.tables.Log) -> None:
    left = log.events.filter(event="unsubscribed").select("customer_id", "at").sort("customer_id").collect()
    withdrawn = log.consents.filter(~pl.col("granted")).select("customer_id", "at").sort("customer_id").collect()
    assert_frame_equal(left, withdrawn)
    assert log.consents.filter("granted").collect().height == 20_000


def test_more_customers_leave_the_others_alone() -> None:
    few, more = (cj.datasets.promotion_test(n_customers=n, seed=5) for n in (300, 400))
    for name, frame in few.tables.items():
        theirs = more.tables[name].filter(pl.col("customer_id") <= 300) if name != "items" else more.items
        keys = frame.collect_schema().names()
        assert_frame_equal(frame.collect().sort(keys), theirs.collect().sort(keys))


def test_a_seed_says_it_all() -> None:
    one, same, other = (cj.datasets.promotion_test(n_customers=200, seed=seed).fingerprint() for seed in (1, 1, 2))
    assert one == same != other


@pytest.mark.parametrize("n", [1, 2, 7])
def test_the_smallest_markets_are_logs_too(n: int) -> None:
    small = cj.datasets.promotion_test(n_customers=n)
    assert small.contacts.collect().height == n
    assert small.check(now="2026-01-01", arms=NAMES).ok


@pytest.mark.parametrize("n", [0, -1, 2.0, True, "9"])
def test_a_market_needs_people(n: object) -> None:
    with pytest.raises(SpecError, match=rf"n_customers is {n!r}; give a whole number, 1 or more"):
        cj.datasets.promotion_test(n_customers=n)


def test_it_breaks_no_rule(log: cj.tables.Log) -> None:
    assert log.check(now="2025-10-12", arms=NAMES).findings == ()


def test_it_is_quick() -> None:
    begins = time.process_time()
    cj.datasets.promotion_test(seed=3)
    assert time.process_time() - begins < 3
