"""The recipe to begin with: what a log can feed, of the past alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from cjlab.errors import SpecError
from cjlab.features import Declared, Freshness, Recipe, Tenure, families, freshness
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


def told(*lines: tuple[str, str | None]) -> Log:
    """Let forty customers come, buy, and tell the same of themselves, one after the other."""
    at = pl.datetime(2024, 1, 1, time_zone="UTC") + pl.duration(days=pl.col("day"))
    seen = pl.DataFrame({"customer_id": range(40)}).join(pl.DataFrame({"day": [1, 5, 30]}), how="cross")
    events = seen.with_columns(at=at, channel=pl.lit("web"), amount=2.0, event=pl.lit("purchase")).drop("day")
    said = pl.DataFrame(lines, {"field": pl.String, "value": pl.String}, orient="row").with_row_index("day")
    profiles = pl.DataFrame({"customer_id": range(40)}).join(said, how="cross").with_columns(at=at).drop("day")
    return Log.of(events=events, profiles=profiles.with_columns(source=pl.lit("declared")))


def test_fields_that_are_called_as_features_are_get_a_name_of_their_own() -> None:
    log = told(("tenure", "1"), ("a b", "2"), ("a_b", "3"), ("declared_a_b", "4"), ("x", "5"), ("x_age", "6"))
    made = Recipe.default(log, "2024-03-01").build(log, "2024-03-01")
    own = {"declared_tenure": 1, "a_b": 2, "declared_a_b": 3, "declared_declared_a_b": 4, "x": 5, "declared_x_age": 6}
    assert made[list(own)].drop_duplicates().iloc[0].to_dict() == own
    assert made["tenure"].isna().all()  # nobody says when he joined


@pytest.mark.parametrize("nothing", ["", "  ", "\x00"])
def test_what_is_blank_is_told_apart_by_nothing(nothing: str) -> None:
    log = told(("city", nothing), ("city", "Rome"), (nothing, "x"))
    rows = log.events.with_columns(event=pl.when(pl.col("customer_id") < 20).then(pl.lit(nothing)).otherwise("event"))
    blank = rows.with_columns(channel=pl.lit(nothing), device=pl.lit(nothing), category=pl.lit(nothing))
    recipe = Recipe.default(replace(log, events=blank), "2024-03-01")
    assert {"city", "step_1"} <= set(recipe.names)
    assert nothing not in [word for one in recipe.said["builders"] for word in one.get("values", ())]


def test_a_word_that_is_read_as_no_finite_number_is_none() -> None:
    log = told(("income", "5"), ("income", "inf"), ("age", "7"), ("age", "1e999"))
    recipe = Recipe.default(log, "2024-03-01")
    assert np.isfinite(recipe.build(log, "2024-03-01")[["income", "age"]].to_numpy()).all()
    numbers = Recipe(Declared("income"), Declared("age", name="years"))
    assert numbers.build(log, "2024-03-01")[["income", "years"]].drop_duplicates().to_numpy().tolist() == [[5.0, 7.0]]


def test_several_dates_are_refused() -> None:
    with pytest.raises(SpecError, match=r"as_of is \['2024-02-01', '2024-03-01'\], 2 dates; give one: the earliest"):
        Recipe.default(told(("x", "1")), ["2024-02-01", "2024-03-01"])  # type: ignore[arg-type] # the point


def test_freshness_tells_fields_apart_that_are_written_alike() -> None:
    found = freshness(told(("a b", "2"), ("a_b", "3"), ("c d", "1")), "2024-03-01", limits={"a b": "1D"})
    assert found["stale"].to_dict() == {"a b": 40, "a_b": 0, "c d": 0}
    assert "c_d_days" in Recipe(Freshness(("a b", "a_b", "c d"))).names
    with pytest.raises(SpecError, match="limits is 5; give a length of time such as '365D', or one by field"):
        freshness(told(("x", "1")), "2024-03-01", limits=5)  # type: ignore[arg-type] # the point
    with pytest.raises(SpecError, match=r"log is a polars\.DataFrame; make a log of it first"):
        freshness(pl.DataFrame(), "2024-03-01")  # type: ignore[arg-type] # the point
