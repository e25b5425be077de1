"""The music shop's purchases agree with the published summary, customer by customer."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

import cjlab as cj

if TYPE_CHECKING:
    from pathlib import Path

CALIBRATED = dt.datetime(1997, 9, 30, tzinfo=dt.UTC)  # the last of 39 weeks


@pytest.fixture(scope="module")
def whole(data: Path) -> cj.tables.Log:
    assert data.is_dir()
    return cj.datasets.cdnow()


@pytest.fixture(scope="module")
def sample(data: Path) -> cj.tables.Log:
    assert data.is_dir()
    return cj.datasets.cdnow_sample()


def test_all_purchases_are_there(whole: cj.tables.Log) -> None:
    purchases = whole.events.collect()
    assert purchases.height == 69_659
    assert purchases["customer_id"].n_unique() == whole.customers.collect().height == 23_570
    assert purchases["at"].min() == dt.datetime(1997, 1, 1, tzinfo=dt.UTC)
    assert purchases["at"].max() == dt.datetime(1998, 6, 30, tzinfo=dt.UTC)
    assert purchases.filter(amount=0).height == 80


def test_everybody_came_in_the_first_quarter(whole: cj.tables.Log) -> None:
    assert whole.customers.select(pl.col("joined").max()).collect().item() < dt.datetime(1997, 4, 1, tzinfo=dt.UTC)


def test_the_sample_is_a_part_of_the_whole(whole: cj.tables.Log, sample: cj.tables.Log) -> None:
    purchases = sample.events.join(sample.customers, on="customer_id").collect()
    assert purchases.height == 6_919
    columns = ["at", "quantity", "amount"]
    theirs = purchases.select(*columns, customer_id="master_id").sort("customer_id", *columns)
    same_people = whole.events.collect().join(theirs.select("customer_id").unique(), on="customer_id", how="semi")
    assert same_people.select(theirs.columns).sort("customer_id", *columns).equals(theirs)


def test_the_published_summary_is_what_the_log_says(sample: cj.tables.Log) -> None:
    summary = cj.datasets.cdnow_summary()
    days = sample.events.filter(pl.col("at") <= CALIBRATED).group_by("customer_id", "at").agg(pl.col("amount").sum())
    week = dt.timedelta(weeks=1)
    ours = (
        days.sort("customer_id", "at")
        .group_by("customer_id", maintain_order=True)
        .agg(
            x=pl.len().cast(pl.Int64) - 1,
            t_x=(pl.col("at").last() - pl.col("at").first()) / week,
            T=(CALIBRATED - pl.col("at").first()) / week,
            zbar=pl.col("amount").slice(1).mean().fill_null(0.0),
        )
        .collect()
    )
    assert ours["customer_id"].to_list() == summary.index.tolist() == list(range(1, 2_358))
    assert ours["x"].to_list() == summary["x"].tolist()
    for name in ("t_x", "T", "zbar"):  # published with two decimals
        np.testing.assert_allclose(ours[name], summary[name], atol=0.005 + 1e-9, rtol=0)


def test_they_break_no_rule(whole: cj.tables.Log, sample: cj.tables.Log) -> None:
    assert whole.check(now="1998-07-01").findings == ()
    assert sample.check(now="1998-07-01").findings == ()
