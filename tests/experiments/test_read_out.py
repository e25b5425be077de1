"""Reading out of a small log: hand-computed numbers, and each way in which a log cannot answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from cjlab.errors import EvidenceError, TableError
from cjlab.experiments import Arm, Experiment, Metric, Reason, Segment, Value, Verdict
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Callable

START = dt.datetime(2026, 3, 1, 8, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)


def contacts(per_arm: int = 40, *, arms: tuple[str, ...] = ("none", "a"), enrol: int = 1) -> pl.DataFrame:
    """Return a contact a customer, arms in turn, spread over ``enrol`` days."""
    count = per_arm * len(arms)
    names = [arms[one % len(arms)] for one in range(count)]
    return pl.DataFrame(
        {
            "contact_id": range(count),
            "customer_id": range(count),
            "at": [START + (one % enrol) * DAY for one in range(count)],
            "campaign": ["spring"] * count,
            "arm": names,
            "channel": ["email"] * count,
            "sent": [name != "none" for name in names],
            "propensity": [1 / len(arms)] * count,
            "cost": [0.1 if name != "none" else None for name in names],
        }
    )


def happened(customers: list[int], event: str, *, after: dt.timedelta, amount: float | None = None) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "customer_id": customers,
            "at": [START + after] * len(customers),
            "event": [event] * len(customers),
            "channel": ["web"] * len(customers),
            "amount": pl.Series([amount] * len(customers), dtype=pl.Float64),
        }
    )


def answers() -> pl.DataFrame:
    """Control: customers 0, 2, 4 visit; treated: 1, 3, 5, 7, 9, 11 visit and 1, 3 buy for 20 each."""
    return pl.concat(
        [
            happened([0, 2, 4], "visit", after=DAY),
            happened([1, 3, 5, 7, 9, 11], "visit", after=2 * DAY),
            happened([1, 3], "purchase", after=3 * DAY, amount=20.0),
            happened([6, 8, 10], "visit", after=14 * DAY),
            happened([13, 15], "visit", after=-DAY),
        ]
    )


def last_day(log: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([log, happened([999], "visit", after=40 * DAY)])


@pytest.fixture(scope="module")
def two() -> Experiment:
    return Experiment(
        name="spring",
        question="Does a mail bring visits?",
        control="none",
        horizon="14D",
        arms=(Arm(name="none"), Arm(name="a")),
        metrics=(
            Metric(name="visit", kind="share", event="visit", role="primary"),
            Metric(name="spend", kind="sum", event="purchase", of="amount", currency=True),
            Metric(name="orders", kind="count", event="purchase"),
            Metric(name="basket", kind="mean", event="purchase", of="amount"),
            Metric(name="per_order", kind="ratio", top="spend", bottom="orders"),
        ),
        value=Value(metric="spend", margin=0.5),
    )


def log_of(frame: pl.DataFrame, events: pl.DataFrame, **tables: Any) -> Log:
    return Log.of(contacts=frame, events=last_day(events), **tables)


def test_every_kind_of_metric_is_what_a_hand_counts(two: Experiment) -> None:
    readout = two.read_out(log_of(contacts(), answers()))
    assert readout.level("visit", "none").estimate == 3 / 40
    assert readout.level("visit", "a").estimate == 6 / 40
    assert readout.effect("spend", "a").estimate == 1.0
    assert readout.level("orders", "a").estimate == 2 / 40
    assert (readout.level("basket", "a").n, readout.level("basket", "a").estimate) == (2, 20.0)
    assert readout.effect("per_order", "a").level == 20.0
    assert readout.effect("net", "a").estimate == pytest.approx(0.5 * 1.0 - 0.1)
    assert readout.costs == pytest.approx({"none": 0.0, "a": 0.1})


def test_the_horizon_is_closed_at_its_start_and_open_at_its_end(two: Experiment) -> None:
    edge = pl.concat([answers(), happened([12], "visit", after=dt.timedelta(0))])
    readout = two.read_out(log_of(contacts(), edge))
    assert readout.level("visit", "none").estimate == 4 / 40


def test_nothing_at_or_after_the_moment_is_read(two: Experiment) -> None:
    late = answers().with_columns(known_at=pl.col("at") + 30 * DAY)
    known = two.read_out(log_of(contacts(), answers()), as_of="2026-04-05")
    unknown = replace(two, metrics=two.metrics[:1], value=None)
    assert known.level("visit", "a").estimate == 6 / 40
    with pytest.raises(EvidenceError, match="'visit' is 0 or unknown for all customers"):
        unknown.read_out(Log.of(contacts=contacts(), events=late), as_of="2026-03-20")


def test_the_curve_by_day_accumulates(two: Experiment) -> None:
    readout = two.read_out(log_of(contacts(), answers()))
    assert [one.level for one in readout.days[:4]] == [0.0, 0.0, 6 / 40, 6 / 40]
    assert [one.level_versus for one in readout.days[:2]] == [0.0, 3 / 40]
    assert readout.days[-1].estimate == readout.effect("visit", "a").estimate


def test_customers_whose_horizon_has_not_passed_are_set_aside(two: Experiment) -> None:
    readout = two.read_out(Log.of(contacts=contacts(enrol=4), events=answers()), as_of=START + 16 * DAY + 14 * DAY / 14)
    assert readout.soundness.enrolment.mature == {"none": 40, "a": 40}
    early = two.read_out(Log.of(contacts=contacts(enrol=4), events=answers()), as_of=START + 15 * DAY)
    assert early.soundness.enrolment.mature == {"none": 20, "a": 20}
    assert (early.decision.verdict, early.decision.of("a").reason) == (Verdict.KEEP_TESTING, Reason.IMMATURE)


def test_a_reminder_belongs_to_the_arm_and_its_cost_counts(two: Experiment) -> None:
    reminder = (
        contacts()
        .filter(pl.col("arm") == "a")
        .with_columns(contact_id=pl.col("contact_id") + 1000, at=pl.col("at") + 2 * DAY)
    )
    readout = two.read_out(log_of(pl.concat([contacts(), reminder]), answers()))
    assert readout.costs["a"] == pytest.approx(0.2)
    assert readout.soundness.enrolment.customers == {"none": 40, "a": 40}


def test_what_was_known_before_makes_segments_and_balance(two: Experiment) -> None:
    ages = pl.DataFrame(
        {
            "customer_id": range(80),
            "field": ["age"] * 80,
            "at": [START - DAY] * 80,
            "value": [str(20 + one // 2) for one in range(80)],
        }
    )
    later = ages.with_columns(at=pl.lit(START + DAY), value=pl.lit("99"))
    young = Segment(name="young", field="age", below=40)
    test = replace(two, segments=(young,), balance=("age",))
    readout = test.read_out(log_of(contacts(), answers(), profiles=pl.concat([ages, later])))
    assert [(one.effect.segment, one.effect.n) for one in readout.segments] == [("young", 20)]
    assert readout.soundness.balance[0].mean == pytest.approx(39.5)
    assert readout.soundness.balance[0].difference == 0.0


FRAMES: dict[str, Callable[[pl.DataFrame], Any]] = {
    "polars": lambda frame: frame,
    "lazy": lambda frame: frame.lazy(),
    "pandas": lambda frame: frame.to_pandas(),
    "arrow": lambda frame: frame.to_arrow(),
}


def rows() -> pl.DataFrame:
    treated = [one % 2 for one in range(80)]
    return pl.DataFrame(
        {
            "customer_id": range(80),
            "arm": ["a" if one else "none" for one in treated],
            "visit": [float(one % 5 < 1 + side) for one, side in enumerate(treated)],
            "spend": [20.0 * (one % 7 == side) for one, side in enumerate(treated)],
            "orders": [float(one % 7 == side) for one, side in enumerate(treated)],
            "basket": [20.0 if one % 7 == side else None for one, side in enumerate(treated)],
            "cost": [0.1 * side for side in treated],
        }
    )


@pytest.mark.parametrize("kind", FRAMES)
def test_one_row_a_customer_is_read_alike_from_any_frame(two: Experiment, kind: str) -> None:
    expected = two.read_out_rows(rows()).to_frame()
    found = two.read_out_rows(FRAMES[kind](rows().sample(fraction=1, shuffle=True, seed=1))).to_frame()
    pd.testing.assert_frame_equal(found, expected, rtol=1e-12)
    assert isinstance(rows().to_arrow(), pa.Table)


def without(frame: pl.DataFrame, condition: pl.Expr) -> pl.DataFrame:
    return frame.filter(~condition)


CONTACTS = contacts()
FAULTS: dict[str, tuple[pl.DataFrame, type[Exception], str]] = {
    "empty arm": (
        without(CONTACTS, pl.col("arm") == "a"),
        EvidenceError,
        "arm 'a' of experiment 'spring' has no customer",
    ),
    "two arms": (
        pl.concat([CONTACTS, CONTACTS.head(1).with_columns(arm=pl.lit("a"), contact_id=pl.lit(900, dtype=pl.Int64))]),
        EvidenceError,
        r"contacts: 1 customers are in two arms \(first: 0\)",
    ),
    "unknown arm": (
        CONTACTS.with_columns(arm=pl.when(pl.col("customer_id") == 3).then(pl.lit("z")).otherwise("arm")),
        TableError,
        "contacts: arm is 'z', which experiment 'spring' does not declare; its arms are 'none' or 'a'",
    ),
    "no propensity": (
        CONTACTS.with_columns(propensity=pl.lit(None, dtype=pl.Float64)),
        EvidenceError,
        "propensity is missing for 40 customers of arm 'none'",
    ),
    "targeted": (
        CONTACTS.with_columns(propensity=pl.col("customer_id") / 100 + 0.1),
        EvidenceError,
        "propensity of arm 'none' runs from 0.1 to 0.88, and the experiment declares 0.5",
    ),
    "no column": (CONTACTS.drop("propensity"), TableError, "propensity"),
    "unknown cost": (
        CONTACTS.with_columns(cost=pl.lit(None, dtype=pl.Float64)),
        EvidenceError,
        "cost is unknown for 40 customers of arm 'a'",
    ),
    "other campaign": (
        CONTACTS.with_columns(campaign=pl.lit("autumn")),
        EvidenceError,
        "campaign 'spring' has no customer .* the log has the campaigns 'autumn'",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_log_that_cannot_answer_is_refused_by_name(two: Experiment, fault: str) -> None:
    frame, error, message = FAULTS[fault]
    with pytest.raises(error, match=message):
        two.read_out(log_of(frame, answers()))


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("old", r"field 'age' holds 1 values that are no number \(first: 'old'\)"),
        (None, "profiles has no field 'age'.*; its fields are other"),
    ],
)
def test_a_field_that_must_be_a_number_says_what_it_holds(two: Experiment, value: str | None, message: str) -> None:
    field = "age" if value else "other"
    known = pl.DataFrame({"customer_id": [1], "field": [field], "at": [START - DAY], "value": [value or "1"]})
    with pytest.raises(TableError, match=message):
        replace(two, balance=("age",)).read_out(log_of(contacts(), answers(), profiles=known))


def test_a_log_without_profiles_says_which_fields_it_lacks(two: Experiment) -> None:
    with pytest.raises(TableError, match="the log has no table profiles, and the test reads 'age' of it"):
        replace(two, balance=("age",)).read_out(log_of(contacts(), answers()))


def test_outcomes_that_are_all_zero_are_refused(two: Experiment) -> None:
    events = answers().with_columns(event=pl.lit("view"))
    with pytest.raises(EvidenceError, match="metric 'visit' is 0 or unknown for all customers: no event 'visit'"):
        two.read_out(Log.of(contacts=contacts(), events=last_day(events).with_columns(event=pl.lit("view"))))


def test_an_event_whose_name_is_a_slip_is_refused_and_one_that_never_happened_is_not(two: Experiment) -> None:
    log = log_of(contacts(), answers())
    slip = replace(two, metrics=(*two.metrics, Metric(name="buyers", kind="share", event="purchse")))
    with pytest.raises(EvidenceError, match="'buyers': the log has no event 'purchse'; did you mean 'purchase'"):
        slip.read_out(log)
    never = replace(two, metrics=(*two.metrics, Metric(name="quarrel", kind="share", event="complaint")))
    assert never.read_out(log).level("quarrel", "a").estimate == 0


def test_an_empty_log_is_refused(two: Experiment) -> None:
    with pytest.raises(EvidenceError, match="neither events nor contacts"):
        two.read_out(Log.of())


def test_rows_name_the_column_they_lack(two: Experiment) -> None:
    with pytest.raises(TableError, match="rows has no column 'orders'; its columns are customer_id"):
        two.read_out_rows(rows().drop("orders"))
    with pytest.raises(EvidenceError, match="rows: 1 customers stand in more than one row"):
        two.read_out_rows(pl.concat([rows(), rows().head(1)]))


def test_hostile_names_are_only_names(two: Experiment) -> None:
    hostile = "<script>alert(1)</script>"
    test = replace(two, arms=(Arm(name="none"), Arm(name=hostile)))
    frame = contacts().with_columns(arm=pl.col("arm").replace("a", hostile))
    readout = test.read_out(log_of(frame, answers()))
    assert readout.effect("visit", hostile).estimate == pytest.approx(3 / 40)
    assert "<script>" not in readout._repr_html_()


def test_a_metric_adjusted_by_its_past_is_balanced_in_it(two: Experiment) -> None:
    before = pl.concat([answers(), happened([0, 1, 2, 3], "visit", after=-2 * DAY)])
    test = replace(two, metrics=(replace(two.primary, before_window="30D"), *two.metrics[1:]))
    found = test.read_out(log_of(contacts(), before)).soundness.balance
    assert [(one.trait, one.mean, one.mean_control) for one in found] == [("visit_before", 4 / 40, 2 / 40)]


def test_a_redeemed_offer_costs_and_raises_the_margin_that_pays(two: Experiment) -> None:
    offering = replace(two, arms=(two.arms[0], replace(two.arms[1], offer_cost=4.0)))
    redeemed = pl.concat(
        [answers(), happened([1, 3], "redeemed", after=2 * DAY), happened([5], "redeemed", after=-DAY)]
    )
    readout = offering.read_out(log_of(contacts(), redeemed))
    assert readout.costs["a"] == pytest.approx(0.1 + 4.0 * 2 / 40)
    assert readout.effect("net", "a").estimate == pytest.approx(0.5 * 1.0 - 0.3)
    assert readout.break_even("a")[0] == pytest.approx(0.3)


BROKEN: dict[str, tuple[pl.Expr | str, str]] = {
    "negative cost": (pl.lit(-1.0).alias("cost"), "cost"),
    "propensity not a number": (pl.lit(float("nan")).alias("propensity"), "propensity"),
    "customer unknown": (pl.lit(None, dtype=pl.Int64).alias("customer_id"), "customer_id"),
    "duplicate contact": (pl.lit(1, dtype=pl.Int64).alias("contact_id"), "contact_id"),
    "sent as a number": (pl.col("sent").cast(pl.Int64), "sent"),
    "time without a zone": (pl.col("at").dt.replace_time_zone(None), "at"),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_broken_table_is_refused_before_it_is_read(two: Experiment, fault: str) -> None:
    change, column = BROKEN[fault]
    with pytest.raises(TableError, match=f"contacts.*{column}"):
        two.read_out(log_of(contacts().with_columns(change), answers()))


def test_something_else_than_a_log_is_refused(two: Experiment) -> None:
    with pytest.raises(TableError, match=r"log is a DataFrame; make one with Log\.of"):
        two.read_out(contacts())  # type: ignore[arg-type] # what a person might hand in


def test_without_a_date_all_that_became_known_is_read(two: Experiment) -> None:
    late = answers().with_columns(known_at=pl.col("at") + 60 * DAY)
    readout = two.read_out(Log.of(contacts=contacts(), events=late))
    assert readout.level("visit", "a").estimate == 6 / 40


@pytest.mark.parametrize("of", ["at", "event"])
def test_a_sum_is_of_numbers(two: Experiment, of: str) -> None:
    summed = replace(two, metrics=(two.metrics[0], replace(two.metrics[1], of=of)))
    with pytest.raises(TableError, match=f"events: column '{of}' is of type .*, and the sum of metric 'spend' needs"):
        summed.read_out(log_of(contacts(), answers()))


def test_a_sum_of_what_is_no_number_is_refused(two: Experiment) -> None:
    weighed = replace(two, metrics=(two.metrics[0], replace(two.metrics[1], of="weight")))
    events = last_day(answers()).with_columns(weight=pl.lit(float("nan")))
    with pytest.raises(TableError, match="events: weight in metric 'spend' is nan for 2 customers; give finite"):
        weighed.read_out(Log.of(contacts=contacts(), events=events))


def test_a_segment_of_a_log_names_what_its_field_holds(two: Experiment) -> None:
    known = pl.DataFrame(
        {
            "customer_id": range(240),
            "field": ["tier"] * 240,
            "at": [START - DAY] * 240,
            "value": ["gold" if one % 3 else "silver" for one in range(240)],
        }
    )
    log = log_of(contacts(per_arm=120), answers(), profiles=known)
    test = replace(two, segments=(Segment(name="best", field="tier", equals="Gold"),))
    with pytest.raises(TableError, match=r"'best': of nobody is 'tier' 'Gold'; it is 'gold' \(160\), 'silver' \(80\)"):
        test.read_out(log)
    with pytest.raises(TableError, match=r"profiles has no field 'teir', .*; its fields are tier"):
        replace(two, segments=(Segment(name="best", field="teir", equals="gold"),)).read_out(log)
    numbers = log_of(contacts(per_arm=120), answers(), profiles=known.with_columns(value=pl.lit("7")))
    with pytest.raises(TableError, match="segment 'best': nobody falls in it; 'tier' runs from 7 to 7"):
        replace(two, segments=(Segment(name="best", field="tier", at_least=8),)).read_out(numbers)


def test_a_horizon_of_no_whole_days_has_its_last_point(two: Experiment) -> None:
    frame = replace(two, horizon="60h").read_out(log_of(contacts(), answers())).to_frame()
    assert frame["day"].dropna().tolist() == [1.0, 2.0, 2.5]
