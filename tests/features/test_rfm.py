"""RFM, trend, seasons and value: against SQL, plain Python, and the published summary of CDNOW."""

from __future__ import annotations

import datetime as dt
import sqlite3
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from cjlab import datasets
from cjlab.errors import SpecError
from cjlab.features import RFM, Recency, Recipe, Season, Trend, Value
from cjlab.tables import Log

if TYPE_CHECKING:
    from pathlib import Path

BEGIN = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)


def log(rows: list[tuple[int, int, float]]) -> Log:
    """Make a log of purchases: customer, day, amount."""
    made = [(who, BEGIN + dt.timedelta(days=day), amount) for who, day, amount in rows]
    kinds = {"customer_id": pl.Int64, "at": pl.Datetime("us", "UTC"), "amount": pl.Float64}
    frame = pl.DataFrame(made, schema=kinds, orient="row")
    return Log.of(events=frame.with_columns(event=pl.lit("purchase"), channel=pl.lit("web")))


@pytest.mark.parametrize("customers", [1, 7, 50, 203])
def test_scores_are_those_of_sql(customers: int) -> None:
    draw = np.random.default_rng(customers)
    rows = [
        (who, int(draw.integers(0, 30)), float(draw.integers(1, 9)))
        for who in range(customers)
        for _ in range(draw.integers(1, 6))
    ]
    fitted = RFM.fitted(log(rows), "2024-02-10")
    made = Recipe(fitted, Recency()).build(log(rows), "2024-02-10")
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE bought (who INTEGER, day INTEGER, amount REAL)")
    base.executemany("INSERT INTO bought VALUES (?, ?, ?)", rows)
    query = """
        WITH each AS (SELECT who, MAX(day) r, COUNT(*) f, SUM(amount) m FROM bought GROUP BY who)
        SELECT 1 + 5 * (RANK() OVER (ORDER BY r) - 1) / COUNT(*) OVER (),
               1 + 5 * (RANK() OVER (ORDER BY f) - 1) / COUNT(*) OVER (),
               1 + 5 * (RANK() OVER (ORDER BY m) - 1) / COUNT(*) OVER () FROM each ORDER BY who"""
    expected = np.array(base.execute(query).fetchall(), float)
    columns = [f"rfm_purchase_{kind}" for kind in ("recency", "frequency", "monetary")]
    np.testing.assert_array_equal(made[columns].to_numpy(), expected)
    np.testing.assert_array_equal(made["rfm_purchase"].to_numpy(), expected @ [100, 10, 1])


def test_without_ties_scores_are_ntile() -> None:
    rows = [(who, who, 1.0) for who in range(20)]
    made = Recipe(RFM.fitted(log(rows), "2024-02-10")).build(log(rows), "2024-02-10")
    assert made["rfm_purchase_recency"].tolist() == [1 + who // 4 for who in range(20)]
    assert set(made["rfm_purchase_frequency"]) == {1.0}


def test_cut_points_read_the_past_alone() -> None:
    rows = [(who, who, 1.0 + who) for who in range(20)]
    assert RFM.fitted(log([*rows, (3, 60, 999.0)]), "2024-02-10") == RFM.fitted(log(rows), "2024-02-10")
    with pytest.raises(SpecError, match="nobody has events with event purchase before 2023-02-10"):
        RFM.fitted(log(rows), "2023-02-10")


def test_cut_points_that_fall_are_named() -> None:
    with pytest.raises(SpecError, match=r"RFM: frequency is .*; give cut points that rise, as many of each"):
        RFM((-9.0, -1.0), (5.0, 2.0), (1.0, 2.0))


def test_trend_by_hand() -> None:
    rows = [(1, 2, 10.0), (1, 12, 20.0), (1, 22, 60.0), (1, 32, 30.0), (2, 35, 5.0)]
    made = Recipe(Trend(bin="10D", bins=4)).build(log(rows), "2024-02-10")  # 40 days: the first bin is not wholly lived
    line = np.polyfit([0, 1, 2], [20.0, 60.0, 30.0], 1)[0]
    assert made.loc[1, "trend_amount_purchase_slope"] == pytest.approx(line)
    assert made.loc[1, "trend_amount_purchase_change"] == pytest.approx((30 - 60) / 90)
    assert made.loc[2].isna().all()


def test_seasons_by_hand() -> None:
    rows = [(1, 0, 1.0), (1, 7, 1.0), (1, 8, 1.0), (1, 36, 1.0)]  # Mondays, then a Tuesday; 6 February is one
    made = Recipe(Season(), Season(by="month")).build(log(rows), "2024-03-01").loc[1]
    assert (made["season_purchase_mon"], made["season_purchase_tue"]) == (0.5, 0.5)
    assert (made["season_purchase_jan"], made["season_purchase_feb"]) == (0.75, 0.25)


def test_value_by_hand() -> None:
    rows = [(1, 0, 10.0), (1, 0, 2.0), (1, 14, 30.0), (1, 21, 3.0), (1, 21, 4.0), (2, 5, 8.0)]
    made = Recipe(Value()).build(log(rows), "2024-01-29")
    assert made.loc[1].tolist() == pytest.approx([2.0, 3.0, 27 / 7, 49 / 3, 18.5])
    assert made.loc[2].tolist() == pytest.approx([0.0, 0.0, 22 / 7, 8.0, 0.0])


def test_value_equals_the_published_summary(data: Path) -> None:
    assert data
    summary = datasets.cdnow_summary()
    made = Recipe(Value()).build(datasets.cdnow_sample(), "1997-10-01").loc[summary.index]
    assert len(made) == 2_357
    np.testing.assert_array_equal(made["value_purchase_frequency"], summary["x"])
    np.testing.assert_allclose(made["value_purchase_recency"], summary["t_x"], atol=0.0051)
    np.testing.assert_allclose(made["value_purchase_age"], summary["T"], atol=0.0051)
    np.testing.assert_allclose(made["value_purchase_repeat_mean"], summary["zbar"], atol=0.0051)
