"""Seven years: what is counted stays right, the laws hold, and a market in which people go on joining goes on."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest

from cjlab.errors import SpecError
from cjlab.simulator import RandomContacts, Run, World, simulate

WORLDS = ("retail", "telecom", "insurance", "travel", "car_brand")
DAYS = 7 * 365 + 2
BY_THE_BRAND = ("delivered", "bounced")


@cache
def run_of(name: str) -> Run:
    world: World = getattr(World, name)(n_customers=200, seed=1)
    return simulate(world.lasting(DAYS), RandomContacts(rate=0.1, control=0.2), days=DAYS)


@cache
def acted(name: str) -> pl.DataFrame:
    written, at = run_of(name).written.events, run_of(name).written.events_at
    days = pl.Series("day", at % 2**31 // 86_400)
    return written.with_columns(pl.Series("actor", at // 2**31), days, pl.col("event").cast(pl.String))


def counted(name: str, value: pl.Expr) -> np.ndarray:
    """Count something for each person, ``(n,)``, those of whom there is nothing included."""
    people = pl.DataFrame({"actor": np.ascontiguousarray(run_of(name).people["customer"])})
    found = acted(name).group_by("actor").agg(value=value)
    return people.join(found, on="actor", how="left", maintain_order="left")["value"].fill_null(0).to_numpy()


@pytest.mark.parametrize("name", WORLDS)
def test_what_the_people_count_is_what_was_written(name: str) -> None:
    people = run_of(name).people
    known = pl.col("customer_id").is_not_null()
    bought = (pl.col("event") == "purchase") & known
    visits = ((pl.col("event") == "visit") & known).sum()
    clicks = (pl.col("event") == "clicked").sum()
    assert (
        counted(name, pl.col("order_id").filter(pl.col("event") == "purchase").n_unique()) == people["orders"]
    ).all()
    assert (counted(name, pl.col("session").drop_nulls().n_unique()) == people["sessions"]).all()
    assert (counted(name, visits) == people["seen"][:, 4]).all()
    assert (counted(name, clicks) == people["seen"][:, 11]).all()
    np.testing.assert_allclose(counted(name, pl.col("amount").filter(bought).sum()), people["seen"][:, 3], rtol=1e-4)
    assert people["orders"].max() > 5


@pytest.mark.parametrize("name", WORLDS)
def test_ids_are_of_one_person_and_laws_hold(name: str) -> None:
    run, rows = run_of(name), acted(name)
    assert run.log.check(now="2032-01-01").ok
    assert run.contacts["contact_id"].is_unique().all()
    for number in ("order_id", "session", "case_id", "contract_id"):
        owners = rows.drop_nulls(number).group_by(number).agg(pl.col("actor").n_unique())["actor"]
        assert (owners == 1).all(), number
    lives = run.truth.customers.select(pl.col("customer_id").alias("actor"), "joined", "gone")
    done = rows.filter(~pl.col("event").is_in(BY_THE_BRAND)).join(lives, on="actor")
    assert (done["day"] >= done["joined"]).all()
    assert (done["day"] <= done["gone"].fill_null(DAYS)).all()
    assert (rows["amount"].drop_nulls().is_finite()).all()


@pytest.mark.parametrize("name", WORLDS)
def test_states_stay_within_their_bounds(name: str) -> None:
    people = run_of(name).people
    for state in ("satisfaction", "loyalty"):
        assert ((people[state] >= 0) & (people[state] <= 1)).all()
    assert (people["strain"] >= 0).all()
    assert np.isfinite(people["desire"]).all()
    assert (people["fatigue"] >= 0).all()


@pytest.mark.parametrize("name", WORLDS)
def test_a_market_that_people_join_does_not_die_out(name: str) -> None:
    """People are there in the seventh year, visits and orders in step with them: nobody who stays falls silent."""
    rows, people = acted(name), run_of(name).people
    years = rows["day"].to_numpy() // 365
    there = [
        ((people["joined"] < 365 * year + 180) & ((people["gone"] < 0) | (people["gone"] > 365 * year + 180))).sum()
        for year in range(7)
    ]
    assert there[6] > 0.4 * there[0]
    for event in ("visit", "purchase"):
        counts = np.bincount(years[(rows["event"] == event).to_numpy()], minlength=7)[:7] / there
        assert 0.6 < counts[5:].mean() / counts[:2].mean() < 1.6, event


def test_without_newcomers_a_market_only_shrinks() -> None:
    world = World.telecom(n_customers=200, seed=1)
    people = simulate(world, days=DAYS).people
    assert people["joined"].max() < world.horizon
    assert (people["gone"] < 0).mean() < 0.2


def test_a_lasting_market_has_the_same_start_and_the_same_pace() -> None:
    short = World.retail(n_customers=20_000)
    long = short.lasting(4 * short.horizon)
    per_day = [world.n_customers * world.newcomers / world.horizon for world in (short, long)]
    assert per_day[0] == pytest.approx(per_day[1])
    assert short.lasting(short.horizon) == short
    launched = World.retail(n_customers=100, launched=True).lasting(7_300)
    assert (launched.n_customers, launched.newcomers) == (1_000, 1.0)
    with pytest.raises(SpecError, match="days is 0; give a whole number from 1 to 36500"):
        short.lasting(0)
