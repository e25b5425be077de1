"""The gift shop's invoice lines, with the known counts."""

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
    return cj.datasets.online_retail()


@pytest.fixture(scope="module")
def lines(log: cj.tables.Log) -> pl.DataFrame:
    return pl.concat([log.events, log.unassigned]).collect()


def test_every_line_has_its_place(log: cj.tables.Log, lines: pl.DataFrame) -> None:
    assert lines.height == 541_909
    assert lines["order_id"].n_unique() == 25_900
    assert log.customers.collect().height == log.events.collect()["customer_id"].n_unique() == 4_372
    assert log.unassigned.collect().height == 135_080
    assert log.check().unassigned == 135_080


def test_cancellations_are_returns_and_cost_the_shop(lines: pl.DataFrame) -> None:
    returned = lines.filter(event="return")
    assert returned.height == 9_288
    assert returned["order_id"].str.starts_with("C").all()
    assert returned["amount"].max() < 0
    assert lines.filter(event="purchase")["amount"].min() >= 0


def test_the_sum_of_all_amounts_is_the_file_s(lines: pl.DataFrame) -> None:
    assert lines["amount"].sum() == pytest.approx(9_747_747.934, abs=1e-3)


def test_only_lines_that_nobody_pays_are_adjustments(log: cj.tables.Log) -> None:
    adjusted = log.unassigned.filter(event="adjustment").collect()
    assert adjusted.height == 2_478
    assert adjusted.filter(pl.col("amount") != 0).select("order_id", "amount").sort("order_id").rows() == [
        ("A563185", 11_062.06),
        ("A563186", -11_062.06),
        ("A563187", -11_062.06),
    ]
    assert log.events.filter(event="adjustment").collect().height == 0


def test_times_are_london_s(log: cj.tables.Log) -> None:
    days = (
        log.events.filter(pl.col("order_id").is_in(["536365", "581587"])).select("order_id", "at").unique().sort("at")
    )
    assert days.collect()["at"].dt.strftime("%F %T").to_list() == ["2010-12-01 08:26:00", "2011-12-09 12:50:00"]
    summer = log.events.select(local=pl.col("at").dt.convert_time_zone("Europe/London")).collect()["local"]
    assert (summer.dt.hour().min(), summer.dt.hour().max()) == (6, 20)


def test_items_have_names_and_kinds(log: cj.tables.Log) -> None:
    items = log.items.collect()
    assert items.height == 4_070
    assert dict(items.group_by("category").len().rows()) == {"goods": 4_054, "charge": 11, "voucher": 5}
    [described] = items.filter(item="85123A")["attributes"].to_list()
    assert described == [{"name": "description", "value": "WHITE HANGING HEART T-LIGHT HOLDER"}]


def test_a_customer_s_country_is_dated_where_it_changes(log: cj.tables.Log) -> None:
    counts = log.profiles.group_by("customer_id").agg(pl.len(), pl.col("value").n_unique()).collect()
    assert counts.height == 4_372
    assert counts.filter(pl.col("value") > 1).height == counts.filter(pl.col("len") > 1).height == 8


def test_it_breaks_no_rule(log: cj.tables.Log) -> None:
    assert log.check(now="2011-12-10").findings == ()
