"""The synthetic shop's page events, with the known counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest

import cjlab as cj

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="module")
def log(data: Path) -> cj.tables.Log:
    assert data.is_dir()
    return cj.datasets.online_shop()


def test_all_events_are_there(log: cj.tables.Log) -> None:
    events = log.events.collect()
    assert events.height == 31_106
    assert events["session"].n_unique() == 3_605
    assert events["customer_id"].n_unique() == log.customers.collect().height == 600
    counts = dict(events.group_by("event").len().rows())
    assert len(counts) == 19
    assert [counts[event] for event in ("purchase", "payment_error", "checkout_bug")] == [470, 119, 44]
    assert events.is_duplicated().sum() == 2 * 30


def test_a_session_has_one_customer_and_one_device(log: cj.tables.Log) -> None:
    sessions = log.events.group_by("session").agg(pl.col("customer_id", "device").n_unique()).collect()
    assert sessions["customer_id"].max() == sessions["device"].max() == 1


def test_everybody_joined_before_the_first_event(log: cj.tables.Log) -> None:
    late = log.events.join(log.customers, on="customer_id").filter(pl.col("at") < pl.col("joined"))
    assert late.collect().height == 0


def test_a_customer_s_stage_is_dated_where_it_changes(log: cj.tables.Log) -> None:
    first = log.profiles.filter(customer_id="user_0000").sort("at").collect()
    assert first["value"].to_list() == ["returning", "loyal"]
    assert first["at"].dt.strftime("%F %T").to_list() == ["2024-03-13 10:21:14", "2024-04-21 17:51:34"]
    assert log.profiles.collect().height == 1_410


def test_it_breaks_no_rule(log: cj.tables.Log) -> None:
    assert log.check(now="2024-07-01").findings == ()
