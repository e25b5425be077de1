"""A person's own rows: read for what they say, or refused by the name of the column; never a number without reason."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjlab.errors import CjlabError, TableError
from cjlab.experiments import Arm, Experiment, Metric, Readout, Segment, Value

COUNT = 240


@pytest.fixture(scope="module")
def test() -> Experiment:
    return Experiment(
        name="spring",
        question="Does a mail bring visits?",
        control="none",
        horizon="14D",
        arms=(Arm(name="none"), Arm(name="mail", cost=0.1)),
        metrics=(
            Metric(name="visit", kind="share", event="visit", role="primary"),
            Metric(name="spend", kind="sum", event="purchase", of="amount", before_window="90D"),
            Metric(name="orders", kind="count", event="purchase", before_profile="age"),
            Metric(name="basket", kind="mean", event="purchase", of="amount"),
            Metric(name="per_order", kind="ratio", top="spend", bottom="orders"),
        ),
        value=Value(metric="spend", margin=0.5),
        segments=(Segment(name="gold", field="tier", equals="1"), Segment(name="old", field="age", at_least=40)),
        balance=("age",),
    )


def rows() -> pl.DataFrame:
    number = pl.int_range(COUNT)
    bought = number % 3 == 0
    return pl.select(
        customer_id=number,
        arm=pl.when(number % 2 == 0).then(pl.lit("none")).otherwise(pl.lit("mail")),
        visit=(number * 7 % 11 < 4 + number % 2),
        spend=pl.when(bought).then(number % 17 * 1.5 + 1).otherwise(0.0),
        spend_before=number % 13 * 2.0,
        orders=pl.when(bought).then(1 + number % 5 % 2).otherwise(0),
        basket=pl.when(bought).then(number % 17 * 1.5 + 1),
        tier=number // 2 % 3,
        age=20 + number // 2 % 50,
        cost=pl.when(number % 2 == 1).then(0.2),
        propensity=pl.lit(0.5),
    )


def changed(name: str, *values: Any, dtype: Any = None) -> pl.DataFrame:
    """Put values in the first rows of a column; the rest stays."""
    rest = rows()[name].to_list()[len(values) :]
    return rows().with_columns(pl.Series(name, [*values, *rest], dtype=dtype, strict=False))


def every_number_has_its_reason(readout: Readout) -> bool:
    numbers = [name for name in readout.to_frame().columns if name not in {"segment", "day", "undefined"}]
    unknown = readout.to_frame()[numbers].isna().any(axis=1)
    return bool((unknown == (readout.to_frame()["undefined"] != "")).all())


def test_rows_are_read_for_what_they_say(test: Experiment) -> None:
    readout = test.read_out_rows(rows())
    spend = rows().group_by("arm").agg(pl.col("spend").mean()).sort("arm")["spend"].to_list()
    assert readout.effect("spend", "mail").estimate == pytest.approx(spend[0] - spend[1])
    assert {one.effect.segment for one in readout.segments} == {"gold", "old"}
    assert readout.costs == pytest.approx({"none": 0.0, "mail": 0.2})
    assert every_number_has_its_reason(readout)


def test_a_cost_that_is_missing_is_the_arm_s(test: Experiment) -> None:
    unknown = rows().with_columns(cost=pl.lit(float("nan")))
    assert test.read_out_rows(unknown).costs == pytest.approx({"none": 0.0, "mail": 0.1})


WRONG: list[tuple[pl.DataFrame, str]] = [
    (changed("customer_id", None), "rows: customer_id is missing for 1 customers; give each row its customer"),
    (rows().with_columns(customer_id=pl.col("customer_id") + 0.5), "customer_id is missing for 240 customers"),
    (rows().with_columns(pl.concat_list("customer_id")), r"column 'customer_id' is of type List\(Int64\); give whole"),
    (rows().with_columns(customer_id=pl.lit(value=True)), "column 'customer_id' is of type Boolean"),
    (changed("arm", None, None), "rows: arm is missing for 2 customers"),
    (rows().with_columns(arm=pl.col("arm") == "mail"), "column 'arm' is of type Boolean; give the names of the arms"),
    (rows().with_columns(arm=pl.col("arm") + " "), "rows: arm is 'mail ' or 'none ', which experiment 'spring'"),
    (changed("cost", -0.5), "rows: cost is -0.5 for 1 customers; a cost is 0 or more"),
    (changed("cost", math.inf), "rows: cost is inf for 1 customers"),
    (rows().with_columns(cost=pl.lit("a")), "column 'cost' is of type String; give numbers or booleans"),
    (rows().with_columns(propensity=pl.lit("a")), "column 'propensity' is of type String"),
    (changed("propensity", 0.0), "rows: propensity is 0 for 1 customers; a propensity is above 0"),
    (rows().with_columns(redeemed=pl.lit(-1)), "rows: redeemed is -1 for 240 customers"),
    (rows().with_columns(spend=pl.col("spend").cast(pl.String)), "column 'spend' is of type String; give numbers"),
    (rows().with_columns(visit=pl.lit("yes")), "column 'visit' is of type String; give numbers or booleans"),
    (rows().with_columns(spend=pl.date(2025, 1, 1)), "column 'spend' is of type Date; give numbers or booleans"),
    (rows().with_columns(spend=pl.duration(days=1)), "column 'spend' is of type Duration"),
    (rows().with_columns(spend=pl.struct("cost")), "column 'spend' is of type Struct"),
    (changed("spend", math.inf), "rows: spend is inf for 1 customers; give finite numbers below 1e"),
    (changed("spend_before", -math.inf), "rows: spend_before is -inf for 1 customers"),
    (changed("visit", 2, dtype=pl.Int64), "rows: visit is 2 for 1 customers; metric 'visit' is a share"),
    (changed("orders", -1), "rows: orders is -1 for 1 customers; metric 'orders' is a count"),
    (changed("orders", 0.5, dtype=pl.Float64), "rows: orders is 0.5 for 1 customers; metric 'orders' is a count"),
    (changed("age", math.inf, dtype=pl.Float64), "rows: age is inf for 1 customers"),
    (rows().with_columns(age=pl.col("age").cast(pl.String)), "column 'age' is of type String; give numbers"),
    (rows().with_columns(tier=pl.lit(b"1")), "column 'tier' is of type Binary; give text, numbers"),
    (
        rows().with_columns(tier=pl.col("tier") + 2),
        r"of nobody is 'tier' '1'; it is '2' \(80\), '3' \(80\)",
    ),
    (rows().with_columns(tier=pl.format("{}.0", "tier")), r"of nobody is 'tier' '1'; it is '0.0' \(80\), '1.0' \(80\)"),
    (rows().with_columns(age=pl.col("age") - 30), "segment 'old': nobody falls in it; 'age' runs from -10 to 39"),
    (rows().drop("age"), "rows has no column 'age'"),
    (rows().drop("spend_before"), "rows has no column 'spend_before'"),
]


@pytest.mark.parametrize(("frame", "message"), WRONG)
def test_what_cannot_be_is_refused_by_the_column(test: Experiment, frame: pl.DataFrame, message: str) -> None:
    with pytest.raises(TableError, match=message):
        test.read_out_rows(frame)


def test_whole_numbers_are_names_of_arms(test: Experiment) -> None:
    arms = (Arm(name="0"), Arm(name="1", cost=0.1))
    numbered = rows().with_columns(arm=(pl.col("arm") == "mail").cast(pl.Int8))
    found = replace(test, control="0", arms=arms).read_out_rows(numbered)
    assert found.effect("visit", "1").estimate == test.read_out_rows(rows()).effect("visit", "mail").estimate
    with pytest.raises(TableError, match="rows: arm is '0' or '1', which experiment 'spring' does not declare"):
        test.read_out_rows(numbered)


@pytest.mark.parametrize(
    "tier",
    [
        pl.col("tier").cast(pl.Float64),
        pl.col("tier").cast(pl.Decimal(10, 2)),
        pl.col("tier").cast(pl.String).cast(pl.Categorical),
        pl.when(pl.col("tier") < 2).then("tier").cast(pl.Float64),
    ],
)
def test_a_segment_is_the_same_whatever_type_its_field_came_in(test: Experiment, tier: pl.Expr) -> None:
    sizes = [(one.effect.segment, one.effect.n) for one in test.read_out_rows(rows().with_columns(tier)).segments]
    assert sizes == [("gold", 40), ("old", 60)]


def test_a_boolean_field_is_said_in_lower_case(test: Experiment) -> None:
    known = rows().with_columns(tier=pl.col("tier") == 1)
    found = replace(test, segments=(Segment(name="gold", field="tier", equals="true"),)).read_out_rows(known)
    assert found.segments[0].effect.n == 40
    with pytest.raises(TableError, match=r"of nobody is 'tier' 'True'; it is 'false' \(160\), 'true' \(80\)"):
        replace(test, segments=(Segment(name="gold", field="tier", equals="True"),)).read_out_rows(known)


def test_each_value_of_a_segment_must_occur(test: Experiment) -> None:
    with pytest.raises(TableError, match="segment 'best': of nobody is 'tier' 'gold'"):
        replace(test, segments=(Segment(name="best", field="tier", equals=["1", "gold"]),)).read_out_rows(rows())


def test_an_outcome_is_not_known_before(test: Experiment) -> None:
    for field in ("spend", "arm", "cost"):
        with pytest.raises(TableError, match=f"rows: column '{field}' is an outcome or the assignment"):
            replace(test, segments=(Segment(name="s", field=field, equals="1"),)).read_out_rows(rows())


def test_what_the_test_does_not_read_does_not_matter(test: Experiment) -> None:
    odd = rows().to_pandas().assign(note=[1, "a"] * (COUNT // 2), flags=[{1, 2}] * COUNT)
    expected = test.read_out_rows(rows()).to_frame()
    pd.testing.assert_frame_equal(test.read_out_rows(odd).to_frame(), expected)
    pd.testing.assert_frame_equal(test.read_out_rows(odd.set_index("customer_id", drop=False)).to_frame(), expected)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame([[1, 2]], columns=["arm", "arm"]), "rows: the list of columns names 'arm' more than once"),
        (rows().to_pandas().assign(customer_id=[1, "a"] * 120), "column 'customer_id' is of type object and holds int"),
        (rows().to_pandas().assign(spend=1j), "column 'spend' is of type complex128"),
        (rows().to_pandas()["spend"], "rows is a Series; give a pandas, Polars or Arrow frame"),
        (None, "rows is a NoneType"),
        ({"arm": [1]}, "rows is a dict"),
        (pl.scan_parquet("no/such/file.parquet"), "rows cannot be read: "),
        (rows().lazy().with_columns(spend=pl.lit("a").str.to_integer()), "the rows cannot be computed: "),
    ],
)
def test_what_is_no_frame_of_such_rows_is_refused(test: Experiment, frame: Any, message: str) -> None:
    with pytest.raises(TableError, match=message):
        test.read_out_rows(frame)


def test_a_number_that_is_not_defined_says_why(test: Experiment) -> None:
    nothing = test.read_out_rows(rows().with_columns(spend=pl.lit(0.0), basket=pl.lit(None), orders=pl.lit(0)))
    said = nothing.to_frame().set_index("metric")["undefined"].groupby("metric").first()
    assert said["basket"] == "basket is unknown in arm mail"
    assert said["visit"] == ""
    assert every_number_has_its_reason(nothing)


VALUES = st.sampled_from(
    [None, math.nan, math.inf, -math.inf, -1, 0, 1, 2, 1e300, 1e-300, "", "mail", "none", True, 2**63 - 1, b"x",
     dt.date(2025, 1, 1), dt.datetime(2025, 1, 1, tzinfo=dt.UTC), dt.timedelta(1), Decimal("1.5"), [1], {"a": 1}]
)  # fmt: skip
TYPES = st.sampled_from([pl.Int8, pl.UInt64, pl.Int128, pl.Float32, pl.Categorical, pl.Binary, pl.Decimal(38, 4)])
CHANGES = ["all", "some", "type", "drop", "rename", "twice", "few"]


def mutated(change: str, name: str, value: Any, dtype: Any) -> Any:
    frame = rows()
    if change == "all":
        return frame.with_columns(pl.Series(name, [value] * COUNT))
    if change == "some":
        values = [value if place % 7 == 0 else one for place, one in enumerate(frame[name])]
        return frame.to_pandas().assign(**{name: pd.Series(values, dtype=object)})
    if change == "type":
        return frame.with_columns(pl.col(name).cast(pl.String).cast(dtype, strict=False))
    if change == "twice":
        return pd.concat([frame.to_pandas(), frame.to_pandas()[[name]]], axis=1)
    if change == "few":
        return frame.head(1 if value is None else 7).vstack(frame.head(3) if value is True else frame.clear())
    return frame.drop(name) if change == "drop" else frame.rename({name: f"{name}2"})


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(CHANGES), st.sampled_from(rows().columns), VALUES, TYPES)
def test_any_change_of_the_rows_is_read_or_refused(
    test: Experiment, change: str, name: str, value: Any, dtype: Any
) -> None:
    try:
        readout = test.read_out_rows(mutated(change, name, value, dtype))
    except CjlabError as refused:
        assert name in str(refused) or change == "few" or type(refused) is not TableError  # noqa: PT017 - or it is read
        return
    assert every_number_has_its_reason(readout)
    assert readout.say("en")
    assert np.isfinite([one.n for one in readout.effects]).all()
