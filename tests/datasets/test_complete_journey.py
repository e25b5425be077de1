"""The households' receipts, campaigns and coupons, with the known counts."""

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
    return cj.datasets.complete_journey()


def test_everything_is_there(log: cj.tables.Log) -> None:
    assert dict(log.events.group_by("event").len().collect().rows()) == {"purchase": 75_000, "redeemed": 2_102}
    contacts = log.contacts.collect()
    assert contacts.height == 6_589
    assert contacts["campaign"].n_unique() == 27
    assert contacts["propensity"].is_null().all()
    assert log.items.collect().height == 92_331
    assert log.profiles.collect()["customer_id"].n_unique() == 801
    assert log.item_states.collect().height == 360_535


def test_every_redemption_answers_a_campaign_while_it_runs(log: cj.tables.Log, data: Path) -> None:
    campaigns = pl.read_parquet(data / "complete_journey" / "campaign_descriptions.parquet")
    answers = log.events.filter(event="redeemed").join(log.contacts, on=["contact_id", "customer_id"]).collect()
    assert answers.height == 2_102
    running = answers.join(campaigns, left_on="campaign", right_on="campaign_id")
    day = pl.col("at").dt.convert_time_zone(log.timezone).dt.date()
    assert running.filter(day.is_between("start_date", "end_date")).height == 2_102


def test_the_weeks_of_the_file_begin_on_local_mondays(log: cj.tables.Log, data: Path) -> None:
    weeks = pl.read_parquet(data / "complete_journey" / "transactions_sample.parquet", columns=["basket_id", "week"])
    purchases = log.events.filter(event="purchase").select("order_id", "at").unique().collect()
    local = purchases.join(weeks.unique(), left_on="order_id", right_on="basket_id").with_columns(
        monday=pl.col("at").dt.convert_time_zone(log.timezone).dt.date().dt.truncate("1w")
    )
    assert local.group_by("monday").agg(pl.col("week").n_unique())["week"].max() == 1
    assert local["week"].n_unique() == local["monday"].n_unique() == 53


def test_shelf_states_begin_with_those_weeks(log: cj.tables.Log) -> None:
    starts = log.item_states.select(pl.col("at").dt.convert_time_zone(log.timezone)).unique().sort("at").collect()["at"]
    assert starts.dt.strftime("%F %T").to_list()[:3] == [
        "2017-01-01 00:00:00", "2017-01-02 00:00:00", "2017-01-09 00:00:00"
    ]  # fmt: skip
    assert starts.len() == 53


def test_amounts_are_what_the_retailer_received(log: cj.tables.Log, data: Path) -> None:
    file = pl.read_parquet(data / "complete_journey" / "transactions_sample.parquet")
    ours = (
        log.events.filter(event="purchase").select(pl.col("amount", "discount", "manufacturer_coupon").sum()).collect()
    )
    taken_off = file["retail_disc"].sum() + file["coupon_match_disc"].sum()
    assert ours.row(0) == pytest.approx((file["sales_value"].sum(), taken_off, file["coupon_disc"].sum()))


def test_some_lines_name_products_without_an_entry(log: cj.tables.Log) -> None:
    unnamed = log.events.filter(event="purchase").join(log.items, on="item", how="anti").collect()
    assert unnamed.height == 222


def test_it_breaks_no_rule(log: cj.tables.Log) -> None:
    assert log.check(now="2018-01-02", arms=["Type A", "Type B", "Type C"]).findings == ()
