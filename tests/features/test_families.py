"""The recipe to begin with: what a log can feed, of the past alone."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest

from cjlab.features import Recipe, Tenure, families
from cjlab.simulator import RandomContacts, World, simulate
from cjlab.tables import Log

DATE = "2024-05-01"


@pytest.fixture(scope="module")
def log() -> Log:
    """Let a phone company's customers live for half a year."""
    return simulate(World.telecom(n_customers=500, seed=4), RandomContacts(rate=0.1), days=180).log


def test_it_has_all_families_that_a_rich_log_can_feed(log: Log) -> None:
    made = families(log, DATE)
    kinds = {type(one).__name__ for builders in made.values() for one in builders}
    assert {"RFM", "Rhythm", "RhythmChange", "Affinity", "Interests", "Service", "Topics", "Declared"} <= kinds
    recipe = Recipe.default(log, DATE)
    assert Recipe.of(recipe.said) == recipe
    assert recipe.names == Recipe(*(one for builders in made.values() for one in builders)).names


def test_it_is_made_of_the_past_alone(log: Log) -> None:
    date = pl.datetime(2024, 4, 30, 22, time_zone="UTC")
    known = pl.max_horizontal("at", pl.col("known_at").fill_null(pl.col("at"))) < date
    cut = replace(log, events=log.events.filter(known), contacts=log.contacts.filter(pl.col("at") < date))
    assert families(cut, DATE) == families(log, DATE)


def test_what_the_log_has_no_columns_for_is_left_out(log: Log) -> None:
    poor = Log.of(
        events=log.events.filter(pl.col("customer_id").is_not_null()).select("customer_id", "at", "event", "channel"),
        customers=log.customers,
    )
    made = families(poor, DATE)
    assert "rhythm" in made
    assert not {"reactions", "interests", "declared", "words"} & set(made)
    assert all("amount" not in name for name in Recipe.default(poor, DATE).names)
    assert families(Log.of(customers=log.customers), DATE) == {"spend": (Tenure(),)}
