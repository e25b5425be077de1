"""The e-mail test, with the numbers that everybody knows."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl
import pytest

import cjlab as cj

if TYPE_CHECKING:
    from pathlib import Path

ARMS = ["Mens E-Mail", "No E-Mail", "Womens E-Mail"]


@pytest.fixture(scope="module")
def log(data: Path) -> cj.tables.Log:
    assert data.is_dir()
    return cj.datasets.hillstrom()


@pytest.fixture(scope="module")
def rows(log: cj.tables.Log) -> pl.DataFrame:
    """One row a customer: arm, and the sums of what happened within two weeks."""
    since = log.events.join(log.contacts.select("customer_id", "arm", sent_at="at"), on="customer_id")
    inside = since.filter(pl.col("at") >= pl.col("sent_at"), pl.col("at") < pl.col("sent_at") + pl.duration(days=14))
    answers = inside.group_by("customer_id").agg(
        visit=(pl.col("event") == "visit").sum(),
        conversion=(pl.col("event") == "purchase").sum(),
        spend=pl.col("amount").sum(),
    )
    return log.contacts.select("customer_id", "arm").join(answers, on="customer_id", how="left").fill_null(0).collect()


def test_rates_and_spend_are_the_published_ones(rows: pl.DataFrame) -> None:
    means = rows.group_by("arm").agg(pl.len(), pl.col("visit", "conversion", "spend").mean()).sort("arm")
    assert means["arm"].to_list() == ARMS
    assert means["len"].to_list() == [21_307, 21_306, 21_387]
    assert [round(100 * share, 2) for share in means["visit"]] == [18.28, 10.62, 15.14]
    assert [round(100 * share, 2) for share in means["conversion"]] == [1.25, 0.57, 0.88]
    assert [round(amount, 3) for amount in means["spend"]] == [1.423, 0.653, 1.077]


def test_the_control_was_sent_nothing_and_everybody_had_the_same_chances(log: cj.tables.Log) -> None:
    contacts = (
        log.contacts.group_by("arm").agg(pl.col("sent", "slice", "propensity", "at").unique()).sort("arm").collect()
    )
    assert contacts["sent"].to_list() == [[True], [False], [True]]
    assert contacts["slice"].to_list() == [["random"], ["control"], ["random"]]
    assert contacts["propensity"].to_list() == [[1 / 3]] * 3
    assert contacts["at"].to_list() == [[dt.datetime(2008, 3, 20, tzinfo=dt.UTC)]] * 3


def test_what_was_known_before_is_known_before(log: cj.tables.Log) -> None:
    first = log.profiles.filter(customer_id=0).collect()
    assert dict(first.select("field", "value").rows()) == {
        "recency": "10",
        "history_segment": "2) $100 - $200",
        "history": "142.44",
        "mens": "1",
        "womens": "0",
        "zip_code": "Surburban",
        "newbie": "0",
        "channel": "Phone",
    }
    assert log.profiles.select(pl.len()).collect().item() == 8 * 64_000
    assert log.profiles.select(pl.col("at").max()).collect().item() < dt.datetime(2008, 3, 20, tzinfo=dt.UTC)


def test_it_breaks_no_rule(log: cj.tables.Log) -> None:
    assert log.check(now="2008-04-03", arms=ARMS).findings == ()
