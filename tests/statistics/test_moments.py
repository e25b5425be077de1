"""Moments are those of pandas, add up, and depend on nothing but the rows."""

from __future__ import annotations

import datetime as dt
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjlab.errors import SpecError, TableError
from cjlab.statistics import Moments, cuped, moments, proportions, welch

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAN = float("nan")
ROWS = 60_000
COLUMNS = ["spend", "visits", "bought"]
PAIRS = [("spend", "before"), ("visits", "bought")]


def drawn(rows: int = ROWS) -> pl.DataFrame:
    """Rows of every kind: nulls and NaN, counts, flags, dates, a null group, and a metric far from 0."""
    draw = np.random.default_rng(0)
    arm, segment = draw.integers(0, 4, rows), draw.integers(0, 3, rows)
    spend, before = draw.lognormal(0, 1.5, rows), draw.normal(1e9, 1, rows)
    return pl.DataFrame(
        {
            "arm": pl.Series(np.array(["a", "b", "c", "none"])[arm]).replace({"none": None}),
            "segment": segment,
            "new": draw.random(rows) < 0.3,
            "day": pl.Series(draw.integers(0, 5, rows)).cast(pl.Int32).cast(pl.Date),
            "spend": pl.Series(spend).set(pl.Series(draw.random(rows) < 0.5), None),
            "before": np.where(draw.random(rows) < 0.1, NAN, before),
            "visits": draw.poisson(2, rows),
            "bought": draw.random(rows) < 0.05,
        }
    )


@pytest.fixture(scope="module")
def rows() -> pl.DataFrame:
    return drawn()


@pytest.fixture(scope="module")
def found(rows: pl.DataFrame) -> Moments:
    return reduced(rows)


def reduced(rows: Any, *, by: tuple[str, ...] = ("arm",), **options: Any) -> Moments:
    return moments(rows, by=by, columns=COLUMNS, pairs=PAIRS, **options)


def apart(one: Moments, other: Moments) -> float:
    """Largest relative difference of any mean or variance."""
    assert one.groups == other.groups
    assert one.rows.tolist() == other.rows.tolist()
    samples = [(one.sample(column), other.sample(column)) for column in one.columns]
    return max(np.max(np.abs(np.divide(a, b) - 1)) for pair in samples for a, b in zip(*pair, strict=True))


def compared(found: Moments) -> np.ndarray:
    """Everything that a read-out takes from comparisons of a and b."""

    def arms(reduced: Any) -> tuple[Any, Any]:
        return tuple(type(reduced)(*(np.asarray(field)[arm] for field in reduced)) for arm in (0, 1))

    joint = found.joint("spend", "before", fill=True)
    answers = [welch(*arms(found.sample("spend"))), proportions(*arms(found.sample("bought"))), cuped(*arms(joint))]
    return np.array([[one.estimate, one.standard_error, one.p, one.low, one.relative_high] for one in answers])


def test_six_rows_by_hand() -> None:
    frame = pl.DataFrame(
        {"arm": ["b", "a", "b", "b", None, "a"], "y": [1, 2, 3, None, 7, 4], "x": [2.0, 1.0, 6.0, 9.0, 5.0, NAN]}
    )
    found = moments(frame, by=["arm"], columns=["y"], pairs=[("y", "x")])
    assert found.groups == (("a",), ("b",), (None,))
    assert found.rows.tolist() == [2, 3, 1]
    assert [np.asarray(field).tolist() for field in found.sample("y")[:2]] == [[2, 2, 1], [3, 2, 7]]
    assert found.sample("y").variance == pytest.approx([2, 2, NAN], nan_ok=True)
    assert found.sample("x").n.tolist() == [1, 3, 1]
    assert found.joint("y", "x").n.tolist() == [1, 2, 1]
    assert found.joint("y", "x").covariance == pytest.approx([NAN, 4, NAN], nan_ok=True)
    assert found.joint("x", "y").mean_x == pytest.approx([2, 2, 7])


def test_pandas_says_the_same(rows: pl.DataFrame, found: Moments) -> None:
    frame = rows.to_pandas().astype({"spend": float, "visits": float, "bought": float})
    for column in (*COLUMNS, "before"):
        groups = frame.groupby("arm", dropna=False)[column]
        expected = groups.count(), groups.mean(), groups.var()
        for field, other in zip(found.sample(column), expected, strict=True):
            far = 1e-6 if column == "before" else 1e-9  # pandas loses digits so far from 0
            assert field == pytest.approx(other.to_numpy(), rel=far)


def test_pairs_are_numpys_over_rows_where_both_are_known(rows: pl.DataFrame, found: Moments) -> None:
    both = rows.fill_nan(None).drop_nulls(["spend", "before"])
    joint = found.joint("spend", "before")
    for place, arm in enumerate("abc"):
        one = both.filter(pl.col("arm") == arm)
        spread = np.cov(one["spend"], one["before"])
        found_here = [field[place] for field in joint]
        expected = [one.height, one["spend"].mean(), one["before"].mean(), spread[0, 0], spread[1, 1], spread[0, 1]]
        assert found_here == pytest.approx(expected, rel=1e-7)


def test_filling_takes_the_overall_mean_for_what_is_unknown(rows: pl.DataFrame, found: Moments) -> None:
    mean = rows["before"].fill_nan(None).mean()
    filled = rows.with_columns(pl.col("before").fill_nan(mean)).drop_nulls("spend")
    joint = found.joint("spend", "before", fill=True)
    assert joint.n.tolist() == found.sample("spend").n.tolist()
    for place, arm in enumerate("abc"):
        one = filled.filter(pl.col("arm") == arm)
        spread = np.cov(one["spend"], one["before"])
        expected = [one["spend"].mean(), one["before"].mean(), spread[0, 0], spread[1, 1], spread[0, 1]]
        assert [field[place] for field in joint[1:]] == pytest.approx(expected, rel=1e-5)


FORMS: dict[str, Callable[[pl.DataFrame], Any]] = {
    "lazy": pl.DataFrame.lazy,
    "pandas": pl.DataFrame.to_pandas,
    "pandas on Arrow": lambda frame: frame.to_pandas(use_pyarrow_extension_array=True),
    "Arrow": pl.DataFrame.to_arrow,
    "Arrow by batch": lambda frame: pa.RecordBatchReader.from_batches(
        frame.to_arrow().schema, frame.to_arrow().to_batches(max_chunksize=1_000)
    ),
    "categories": lambda frame: frame.with_columns(pl.col("arm").cast(pl.Categorical)),
    "single precision of what fits it": lambda frame: frame.with_columns(pl.col("visits").cast(pl.Float32)),
    "decimals of what fits them": lambda frame: frame.with_columns(pl.col("visits").cast(pl.Decimal(10, 2))),
    "shuffled": lambda frame: frame.sample(fraction=1.0, shuffle=True, seed=1),
    "sorted": lambda frame: frame.sort("spend"),
    "backwards": pl.DataFrame.reverse,
}


@pytest.mark.parametrize("form", list(FORMS))
def test_order_and_kind_of_frame_change_nothing(form: str, rows: pl.DataFrame, found: Moments) -> None:
    other = reduced(FORMS[form](rows))
    assert apart(found, other) < 1e-14
    assert compared(other) == pytest.approx(compared(found), rel=1e-12, abs=0)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_files_row_groups_and_threads_change_nothing(
    threads: int, tmp_path: Path, rows: pl.DataFrame, found: Moments
) -> None:
    shuffled = rows.sample(fraction=1.0, shuffle=True, seed=2)
    shuffled.write_parquet(tmp_path / "whole.parquet", row_group_size=7_001)
    (tmp_path / "parts" / "deep").mkdir(parents=True)
    for number, part in enumerate(shuffled.iter_slices(13_333)):
        part.write_parquet(tmp_path / "parts" / ("deep" if number % 2 else ".") / f"{number}.parquet")
    parts = tmp_path / "parts"
    for files in (tmp_path / "whole.parquet", str(parts), sorted(parts.rglob("*.parquet"))):
        other = reduced(files, threads=threads)
        assert apart(found, other) < 1e-14
        assert compared(other) == pytest.approx(compared(found), rel=1e-12, abs=0)


@settings(max_examples=30)
@given(st.lists(st.integers(0, 3_000), min_size=2, max_size=2), st.randoms())
def test_addition_is_associative_and_commutative(cuts: list[int], random: Any) -> None:
    frame = drawn(3_000)
    low, high = sorted(cuts)
    parts = [reduced(part) for part in (frame[:low], frame[low:high], frame[high:])]
    whole = reduced(frame)
    random.shuffle(parts)
    one, two, three = parts
    for total in ((one + two) + three, one + (two + three), (three + one) + two):
        assert apart(whole, total) < 1e-14
        assert compared(total) == pytest.approx(compared(whole), rel=1e-12, abs=0)


def test_a_mean_is_the_exact_one_rounded_once() -> None:
    values = np.random.default_rng(3).lognormal(0, 4, 50_000)
    mean = moments(pl.DataFrame({"x": values}), by=[], columns=["x"]).sample("x").mean[0]
    assert mean == float(sum(map(Fraction, values.tolist())) / len(values))


@pytest.mark.parametrize("order", ["as drawn", "sorted"])
def test_a_billion_added_changes_no_standard_error(order: str) -> None:
    draw = np.random.default_rng(4)
    frame = pl.DataFrame({"arm": draw.integers(0, 2, ROWS), "x": draw.normal(0, 1, ROWS), "y": draw.normal(0, 1, ROWS)})
    frame = frame.sort("x") if order == "sorted" else frame
    near, far = (
        moments(frame.with_columns(pl.col("x", "y") + offset), by=["arm"], columns=[], pairs=[("y", "x")])
        for offset in (0.0, 1e9)
    )
    for field in ("variance_y", "variance_x", "covariance"):
        assert getattr(far.joint("y", "x"), field) == pytest.approx(getattr(near.joint("y", "x"), field), rel=1e-5)
    assert np.sqrt(far.sample("x").variance) == pytest.approx(np.sqrt(near.sample("x").variance), rel=1e-6)


def test_groups_far_apart_keep_their_small_variances() -> None:
    draw = np.random.default_rng(5)
    group = draw.integers(0, 3, 9_000)
    x = draw.normal(0, 1, 9_000) + np.array([0, 1e8, -1e8])[group]
    found = moments(pl.DataFrame({"g": group, "x": x}), by=["g"], columns=["x"]).sample("x").variance
    assert found == pytest.approx([x[group == one].var(ddof=1) for one in range(3)], rel=1e-9)


def test_several_columns_make_the_groups(rows: pl.DataFrame, found: Moments) -> None:
    by = ("arm", "segment", "new", "day")
    fine = reduced(rows, by=by)
    assert len(fine.groups) == 4 * 3 * 2 * 5
    assert fine.groups[0] == ("a", 0, False, dt.date(1970, 1, 1))
    assert fine.groups[-1] == (None, 2, True, dt.date(1970, 1, 5))
    assert apart(fine.regroup(["arm"]), found) < 1e-14
    assert apart(fine.regroup(["new", "arm"]), reduced(rows, by=("new", "arm"))) < 1e-14
    assert fine.regroup([]).rows.tolist() == [ROWS]


def test_a_group_may_be_picked(rows: pl.DataFrame) -> None:
    fine = reduced(rows, by=("arm", "new"))
    inside = fine.where("new", value=True)
    assert inside.groups == (("a", True), ("b", True), ("c", True), (None, True))
    assert inside.rows.sum() == rows["new"].sum()
    assert fine.where("arm", None).groups == ((None, False), (None, True))
    assert fine.where("arm", "nobody").groups == ()


def test_many_groups() -> None:
    draw = np.random.default_rng(6)
    group, x = draw.integers(0, 2_000, 50_000), draw.normal(0, 1, 50_000)
    found = moments(pl.DataFrame({"g": group, "h": group * 7, "x": x}), by=["g", "h"], columns=["x"])
    expected = pd.Series(x).groupby(group).agg(["mean", "var"])
    assert [label[0] for label in found.groups] == expected.index.tolist()
    assert found.sample("x").mean == pytest.approx(expected["mean"].to_numpy(), rel=1e-9)
    assert found.sample("x").variance == pytest.approx(expected["var"].to_numpy(), rel=1e-9)


def test_no_rows_make_no_groups(rows: pl.DataFrame) -> None:
    found = reduced(rows.clear())
    assert (found.groups, found.sample("spend").mean.shape, found.joint(*PAIRS[0], fill=True).n.shape) == (
        (),
        (0,),
        (0,),
    )
    assert apart(found + reduced(rows), reduced(rows)) == 0


def test_a_group_that_knows_nothing_has_nan(rows: pl.DataFrame) -> None:
    nothing = rows.with_columns(spend=pl.when(pl.col("arm") == "a").then(None).otherwise("spend"))
    sample = reduced(nothing).sample("spend")
    assert (sample.n[0], sample.n[1] > 0) == (0, True)
    assert np.isnan([sample.mean[0], sample.variance[0]]).all()
    everything = reduced(rows.with_columns(spend=pl.lit(None, dtype=pl.Float64)))
    assert np.isnan(everything.joint("spend", "before", fill=True).covariance).all()


def test_it_shows_itself(found: Moments) -> None:
    frame = found.to_frame()
    assert list(frame.columns) == ["arm", "column", "rows", "n", "mean", "sd"]
    assert len(frame) == 4 * 4
    assert "<table" in found._repr_html_()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"spend": pl.lit(float("inf"))},
            "column 'spend' holds inf; moments need finite numbers: correct it or leave it null",
        ),
        ({"before": pl.lit(-float("inf"))}, "column 'before' holds -inf"),
        ({"spend": pl.lit(1e200)}, r"column 'spend' holds 1e\+200"),
        ({"spend": pl.lit("much")}, "column 'spend' is of type .*; moments are taken of numbers and booleans"),
        ({"arm": pl.lit(0.5)}, "column 'arm' is of type double; groups are made by whole numbers, strings, booleans"),
    ],
)
def test_a_value_that_has_no_moments_is_refused(rows: pl.DataFrame, change: dict[str, pl.Expr], message: str) -> None:
    with pytest.raises(TableError, match=message):
        reduced(rows.with_columns(**change))


def test_what_is_not_there_is_refused(tmp_path: Path, rows: pl.DataFrame, found: Moments) -> None:
    with pytest.raises(TableError, match="the frame has no column 'spend' or 'visits'"):
        reduced(rows.drop("spend", "visits"))
    rows.drop("arm").write_parquet(tmp_path / "some.parquet")
    with pytest.raises(TableError, match=r"some\.parquet has no column 'arm'; its columns are segment, new"):
        reduced(tmp_path / "some.parquet")
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "missing.parquet"):
        with pytest.raises(TableError, match="holds no Parquet file; give a file, or a folder that has some"):
            reduced(path)
    with pytest.raises(TableError, match="column 'age' was not reduced; these were: 'spend', 'visits'"):
        found.sample("age")
    with pytest.raises(TableError, match=r"the pair \('spend', 'visits'\) was not declared"):
        found.joint("spend", "visits")
    with pytest.raises(TableError, match="column 'new' makes no groups here; these do: 'arm'"):
        found.regroup(["new"])
    with pytest.raises(TableError, match=r"columns is 'spend'; give a list of columns, such as \['spend'\]"):
        moments(rows, by=["arm"], columns="spend")
    with pytest.raises(TableError, match="by names 'arm' more than once"):
        reduced(rows, by=("arm", "arm"))
    with pytest.raises(TableError, match=r"moments differ in by: .*; reduce both alike to add them"):
        _ = found + reduced(rows, by=("new",))


ASKED: list[tuple[dict[str, Any], type[Exception], str]] = [
    ({"by": [], "columns": []}, TableError, "by and columns are both empty; name a column"),
    ({"threads": -1}, SpecError, "threads is -1; give a whole number from 1"),
    ({"threads": 0}, SpecError, "threads is 0; give a whole number from 1"),
    (
        {"pairs": [("spend", "visits", "new")]},
        TableError,
        r"pairs holds \('spend', 'visits', 'new'\); give two columns",
    ),
    ({"pairs": ["sv"]}, TableError, "pairs holds 'sv'; give two columns for each pair"),
    ({"columns": [5]}, TableError, "columns is 5; give text"),
    ({"columns": ["a\0"]}, TableError, r"columns is 'a\\x00'; give text that .* has no control characters"),
    ({"by": None}, TableError, "by is None; give a list of columns"),
]


@pytest.mark.parametrize(("asked", "error", "message"), ASKED)
def test_what_cannot_be_asked_is_refused(
    rows: pl.DataFrame, asked: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        moments(rows, **{"by": ["arm"], "columns": ["spend"], **asked})


def test_a_type_that_arrow_has_not_is_named(rows: pl.DataFrame) -> None:
    with pytest.raises(TableError, match="column 'spend' is of type Int128, which Arrow has not: cast it"):
        reduced(rows.with_columns(spend=pl.lit(1, dtype=pl.Int128)))
