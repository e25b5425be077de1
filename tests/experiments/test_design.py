"""A plan measured on a history promises what a test then shows."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest
from scipy.stats import norm

import cjlab as cj
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.experiments import Design, Experiment, Metric
from cjlab.statistics import Plan

if TYPE_CHECKING:
    from cjlab.tables import Log

DECLARED = Path(__file__).parents[2] / "notebooks" / "experiments" / "promotion.toml"
BEFORE = "2025-09-01"


@pytest.fixture(scope="module")
def history() -> Log:
    """Half a year of a shop's customers, of whom a third will have heard nothing."""
    return cj.datasets.promotion_test(n_customers=30_000)


@pytest.fixture(scope="module")
def test() -> Experiment:
    return Experiment.read(DECLARED)


@pytest.fixture(scope="module")
def design(test: Experiment, history: Log) -> Design:
    return test.design(history, as_of=BEFORE, per_day=1000)


def test_the_baseline_is_the_horizon_before(design: Design, history: Log) -> None:
    bought = history.events.collect().to_pandas()
    end = cj.tables.moment(BEFORE, history.timezone)
    recent = bought[(bought["event"] == "purchase") & (bought["at"] < end)]
    recent = recent[recent["at"] >= end - np.timedelta64(14, "D")]
    share = recent["customer_id"].nunique() / 30_000
    assert design.customers == 30_000
    assert design.baseline == pytest.approx(share, rel=1e-12)
    assert design.deviation == pytest.approx(math.sqrt(share * (1 - share) * 30_000 / 29_999), rel=1e-9)


def test_the_size_is_that_of_the_smallest_arm_at_holm_s_strictest_level(test: Experiment, design: Design) -> None:
    treated = design.baseline + 0.03
    plan = Plan(deviation=design.deviation, deviation_treated=math.sqrt(treated * (1 - treated)), alpha=0.025)
    an_arm = plan.sample_size(0.03)
    assert design.needed == 3 * an_arm
    assert (design.advised, design.days) == (20_000, 20 - 1 + 14)
    uneven = replace(test, arms=(replace(test.arms[0], allocation=2), *test.arms[1:]))
    assert uneven.shares["reminder"] == 0.25


def test_more_customers_show_smaller_effects_and_adjusting_helps(design: Design) -> None:
    frame = design.to_frame()
    assert (np.diff(frame["detectable"]) < 0).all()
    assert (frame["detectable_adjusted"] < frame["detectable"]).all()
    assert 0 < design.explained < 0.5


def test_a_plan_without_an_expected_effect_says_what_can_be_seen(test: Experiment, history: Log) -> None:
    found = replace(test, expected_effect=None).design(history, as_of=BEFORE)
    assert (found.needed, found.days) == (None, 14)
    treated = found.baseline + found.detectable[0]
    plan = Plan(deviation=found.deviation, deviation_treated=math.sqrt(treated * (1 - treated)), alpha=0.025)
    assert found.detectable[0] == pytest.approx(plan.minimum_effect(10_000), rel=1e-5)


def test_the_size_and_the_curve_are_one_equation(test: Experiment, design: Design, history: Log) -> None:
    seen = replace(test, expected_effect=design.detectable[0]).design(history, as_of=BEFORE)
    assert seen.needed == pytest.approx(design.customers, rel=1e-4)


def test_a_ratio_is_not_planned(test: Experiment, history: Log) -> None:
    metrics = (replace(test.metric("spend"), role="secondary"), Metric(name="orders", kind="count", event="purchase"))
    ratio = Metric(name="basket", kind="ratio", top="spend", bottom="orders", role="primary")
    with pytest.raises(SpecError, match="metric 'basket' is a ratio, and a plan needs one number a customer"):
        replace(test, metrics=(*metrics, ratio), value=None).design(history, as_of=BEFORE)


def test_what_cannot_be_planned_is_refused(test: Experiment, history: Log) -> None:
    with pytest.raises(EvidenceError, match="a plan needs at least 50 customers and a metric that varies before 2020"):
        test.design(history, as_of="2020-01-01")
    asking = replace(test, metrics=(replace(test.primary, minimum_effect=0.04), *test.metrics[1:]))
    with pytest.raises(SpecError, match="no test shows the one to be above the other"):
        asking.design(history, as_of=BEFORE)
    with pytest.raises(SpecError, match="per_day is 0; give a number above 0"):
        test.design(history, as_of=BEFORE, per_day=0)
    with pytest.raises(SpecError, match="give an effect that leaves a share between 0 and 1"):
        replace(test, expected_effect=0.95).design(history, as_of=BEFORE)


def test_a_history_ends_with_the_last_thing_known(test: Experiment, history: Log) -> None:
    times = pl.concat([frame.select("at").collect()["at"] for frame in (history.events, history.contacts)])
    open_ended, dated = test.design(history), test.design(history, as_of=times.max() + dt.timedelta(microseconds=1))
    assert open_ended.customers == dated.customers
    assert open_ended.detectable == pytest.approx(dated.detectable, rel=1e-12)


def test_a_history_is_checked_before_it_is_measured(test: Experiment, history: Log) -> None:
    customers, events = history.customers, history.events
    with pytest.raises(TableError, match=r"customers\.joined is missing"):
        test.design(cj.tables.Log.of(customers=customers.drop("joined"), events=events), as_of=BEFORE)
    with pytest.raises(TableError, match=r"customers\.customer_id stands in several rows"):
        test.design(cj.tables.Log.of(customers=pl.concat([customers, customers]), events=events), as_of=BEFORE)
    with pytest.raises(TableError, match=r"log is a LazyFrame; make one with Log\.of"):
        test.design(events, as_of=BEFORE)  # type: ignore[arg-type] # what a person might hand in


@pytest.mark.parametrize(
    ("as_of", "message"),
    [
        ("0001-01-05", "as_of is '0001-01-05'; no horizon of 14D lies before it"),
        (5, "5 is no date; give a date such as"),
        ("soon", "'soon' is no date; give a date such as"),
    ],
)
def test_a_history_ends_at_a_date(test: Experiment, history: Log, as_of: Any, message: str) -> None:
    with pytest.raises(SpecError, match=message):
        test.design(history, as_of=as_of)


def test_a_date_outside_the_calendar_of_utc_is_named(test: Experiment) -> None:
    with pytest.raises(SpecError, match="'0001-01-01' lies outside the calendar in UTC"):
        test.design(cj.tables.Log.of(timezone="Asia/Tokyo"), as_of="0001-01-01")


def test_the_size_advised_covers_guardrails_money_and_what_was_planned(test: Experiment, history: Log) -> None:
    guard = replace(test.metric("visit"), role="guardrail", goal="up", margin=0.01)
    money = replace(
        test, metrics=(*(one for one in test.metrics if one.name != "visit"), guard), planned_customers=None
    )
    found = money.design(history, as_of=BEFORE)
    needs = {one.metric: one for one in found.needs}
    assert list(needs) == ["purchase", "unsubscribed", "complaint", "visit", "net"]
    assert needs["purchase"].customers == found.needed
    assert needs["unsubscribed"].customers is None  # nobody was sent anything before the test
    visited = history.events.collect().to_pandas()
    end = cj.tables.moment(BEFORE, history.timezone)
    recent = visited[(visited["at"] < end) & (visited["at"] >= end - np.timedelta64(14, "D"))]
    share = recent[recent["event"] == "visit"]["customer_id"].nunique() / 30_000
    z = norm.isf(0.025) + norm.ppf(0.8)
    assert needs["visit"].customers == pytest.approx(3 * 2 * share * (1 - share) * (z / 0.01) ** 2, rel=1e-3)
    margins = recent[recent["event"] == "purchase"].groupby("customer_id")["margin"].sum()
    mean, square = margins.sum() / 30_000, (margins**2).sum() / 30_000
    growth = 0.03 / found.baseline
    gain = growth * mean
    spread = square - mean**2 + (1 + growth) * square - ((1 + growth) * mean) ** 2
    assert needs["net"].distance == pytest.approx(gain, rel=1e-9)
    assert needs["net"].customers == pytest.approx(3 * spread * (z / gain) ** 2, rel=1e-3)
    assert found.advised == needs["visit"].customers
    assert replace(money, planned_customers=10**6).design(history, as_of=BEFORE).advised == 10**6


def test_what_would_lose_at_the_effect_expected_is_never_shown_to_pay(test: Experiment, history: Log) -> None:
    costly = replace(test, arms=(test.arms[0], *(replace(arm, cost=50.0) for arm in test.arms[1:])))
    net = next(one for one in costly.design(history, as_of=BEFORE).needs if one.condition == "net")
    assert net.distance < 0
    assert net.customers is None
