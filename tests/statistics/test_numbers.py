"""Columns come from Arrow as they are: every type and slice, exact or refused, loading nothing that is not needed."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjlab.errors import TableError
from cjlab.statistics import moments

if TYPE_CHECKING:
    from pathlib import Path

NAN = float("nan")
WHOLE = (pa.int8(), pa.uint8(), pa.int16(), pa.uint16(), pa.int32(), pa.uint32(), pa.int64(), pa.uint64())
OTHER = (pa.float16(), pa.float32(), pa.float64(), pa.decimal128(9, 2), pa.decimal128(38, 0))


@pytest.mark.parametrize("kind", [*WHOLE, *OTHER], ids=str)
def test_every_type_of_number_by_hand(kind: pa.DataType) -> None:
    values = pa.array([9, 1, 2, None, 6], pa.int8()).cast(kind)
    found = moments(pa.table({"x": values}).slice(1), by=[], columns=["x"]).sample("x")
    assert [np.asarray(field).tolist() for field in found] == [[3], [3], [7]]


@settings(max_examples=40)
@given(
    st.lists(st.tuples(*[st.none() | st.booleans()] * 2, st.none() | st.integers(-99, 99)), min_size=1, max_size=40),
    st.integers(0, 20),
)
def test_flags_and_nulls_are_read_from_any_slice(rows: list[tuple[Any, ...]], skipped: int) -> None:
    kinds = {"g": pa.bool_(), "b": pa.bool_(), "i": pa.int16()}
    table = pa.table(
        {
            name: pa.array(column, kind)
            for (name, kind), column in zip(kinds.items(), zip(*rows, strict=True), strict=True)
        }
    )
    found = moments(table.slice(skipped), by=["g"], columns=["b", "i"])
    kept = rows[skipped:]
    for group, place in zip(found.groups, range(len(found.groups)), strict=True):
        for column, name in enumerate("bi", start=1):
            known = [float(row[column]) for row in kept if row[0] is group[0] and row[column] is not None]
            assert found.sample(name).n[place] == len(known)
            assert found.sample(name).mean[place] == pytest.approx(np.mean(known) if known else NAN, nan_ok=True)


@pytest.mark.parametrize("groups", [1, 3, 40])
def test_sides_of_pairs_may_miss_the_same_rows_other_rows_or_none(groups: int) -> None:
    draw = np.random.default_rng(7)
    whole, y, x = draw.poisson(3, 5_000), draw.lognormal(0, 1, 5_000), draw.normal(1e6, 1, 5_000)
    early, late = draw.random(5_000) < 0.4, draw.random(5_000) < 0.2
    columns = {
        "whole": whole,
        "y": np.where(early, NAN, y),
        "same": np.where(early, NAN, x),
        "x": np.where(late, NAN, x),
    }
    frame = pl.DataFrame({"g": draw.integers(0, groups, 5_000), **columns})
    pairs = [("y", "same"), ("y", "x"), ("whole", "y"), ("x", "whole"), ("whole", "whole")]
    found = moments(frame, by=["g"], columns=["x"], pairs=pairs)
    for one, other in pairs:
        joint = found.joint(one, other)
        for group in range(groups):
            rows = frame.filter(pl.col("g") == group).select(pl.col(one).alias("a"), pl.col(other).alias("b"))
            both = rows.cast(pl.Float64).fill_nan(None).drop_nulls().to_numpy()
            spread = np.cov(both.T)
            expected = [len(both), *both.mean(axis=0), spread[0, 0], spread[1, 1], spread[0, 1]]
            assert [field[group] for field in joint] == pytest.approx(expected, rel=1e-9)


def test_whole_numbers_are_exact_below_the_limit_of_floats() -> None:
    most = 2**53 - 1
    found = moments(pl.DataFrame({"x": [most, most - 2, None, most - 4]}), by=[], columns=["x"]).sample("x")
    assert (found.mean[0], found.variance[0]) == (most - 2, 4)


@pytest.mark.parametrize(
    ("values", "kind", "said"),
    [
        ([1, 2**53], pl.Int64, "9007199254740992"),
        ([-(2**63), None], pl.Int64, "-9223372036854775808"),
        ([2**63 + 5, 1], pl.UInt64, "9223372036854775813"),
        ([None, Decimal("18014398509481984.00")], pl.Decimal(38, 2), "18014398509481984"),
    ],
)
def test_whole_numbers_that_would_lose_digits_are_refused(values: list[Any], kind: Any, said: str) -> None:
    frame = pl.DataFrame({"x": pl.Series(values, dtype=kind)})
    with pytest.raises(
        TableError, match=rf"column 'x' holds {said}; .* of 2\^53 = 9007199254740992 or more lose digits"
    ):
        moments(frame, by=[], columns=["x"])


def test_a_pass_over_a_file_loads_neither_pandas_nor_scipy(tmp_path: Path) -> None:
    rows = {"arm": ["a", "b", None], "flag": [True, None, False], "n": [1, 2, None], "x": [1.5, None, NAN]}
    pl.DataFrame(rows).write_parquet(tmp_path / "rows.parquet")
    program = (
        "import sys, cjlab\n"
        f"cjlab.statistics.moments({str(tmp_path)!r}, by=['arm'], columns=['flag', 'n'], pairs=[('x', 'n')])\n"
        "print([name for name in ('pandas', 'polars', 'scipy', 'numba') if name in sys.modules])"
    )
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "[]"


def test_reading_an_experiment_out_does_not_wait_for_the_laws_of_scipy() -> None:
    program = "import sys, cjlab; cjlab.experiments.Experiment; print('scipy.stats' in sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout.strip() == "False"
