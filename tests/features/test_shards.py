"""The same numbers for any number of shards, order of rows and number of threads, in memory, stored, and in Spark."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import polars as pl
import pytest

import cjlab as cj
from cjlab.errors import SpecError, TableError
from cjlab.features import Builder, Cell, Column, Recency, Recipe, Tenure, Where
from cjlab.features.kernel import parted
from cjlab.tables import Log
from tests.features.test_cells import Every

if TYPE_CHECKING:
    from pathlib import Path

DATES = ["2024-01-20", "2024-02-05", "2024-02-20"]


@dataclass(frozen=True)
class Sent(Builder):
    """Contacts, which lie in another table."""

    def columns(self) -> tuple[Column, ...]:
        """Return one column."""
        seen = Cell("count", Where(table="contacts", sent=True), window="30D")
        return (Column("sent", (seen,), lambda _, n: n, "", ""),)


RECIPE = Recipe(Every(), Sent(), Tenure(), Recency("visit", name="quiet"))


@pytest.fixture(scope="module")
def log() -> Log:
    """Simulate a log of customers, some of whose rows become known late."""
    world = cj.simulator.World.retail(n_customers=120, seed=3)
    made = cj.simulator.simulate(world, cj.simulator.RandomContacts(rate=0.1), days=60).log
    assert made.events.filter(pl.col("known_at") > pl.col("at")).collect().height
    return made


@pytest.fixture(scope="module")
def expected(log: Log) -> pd.DataFrame:
    """Build it in memory, at once."""
    return RECIPE.build(log, DATES)


def same(made: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Require the same bits."""
    pd.testing.assert_frame_equal(made, expected, check_exact=True)


@pytest.mark.parametrize("shards", [1, 2, 7])
@pytest.mark.parametrize("threads", [1, 2])
def test_shards_and_threads_change_nothing(
    log: Log, expected: pd.DataFrame, tmp_path: Path, *, shards: int, threads: int
) -> None:
    stored = log.write(tmp_path / "log", shards=shards)
    same(RECIPE.build(stored, DATES, threads=threads), expected)
    same(RECIPE.build(stored, DATES[1], threads=threads), RECIPE.build(log, DATES[1]))


def test_the_order_of_rows_changes_nothing(log: Log, expected: pd.DataFrame) -> None:
    tables = {name: frame.collect() for name, frame in log.tables.items() if name != "unassigned"}
    shuffled = {name: frame.sample(fraction=1.0, shuffle=True, seed=5) for name, frame in tables.items()}
    same(RECIPE.build(Log.of(**shuffled, timezone=log.timezone), DATES), expected)


def test_increments_change_nothing(log: Log, expected: pd.DataFrame, tmp_path: Path) -> None:
    events = log.events.collect()
    odd = pl.int_range(pl.len()) % 3 == 0
    rest = {name: frame for name, frame in log.tables.items() if name not in {"events", "unassigned"}}
    Log.of(**rest, events=events.filter(~odd), timezone=log.timezone).write(tmp_path / "log", shards=3)
    stored = Log.of(events=events.filter(odd), timezone=log.timezone).append(tmp_path / "log")
    same(RECIPE.build(stored, DATES), expected)


def test_a_log_written_as_it_was_simulated_has_the_same_numbers(expected: pd.DataFrame, tmp_path: Path) -> None:
    world = cj.simulator.World.retail(n_customers=120, seed=3)
    policy = cj.simulator.RandomContacts(rate=0.1)
    stored = cj.simulator.simulate(world, policy, days=60, shards=3, folder=tmp_path / "log").log
    same(RECIPE.build(stored, DATES), expected)


def test_identifiers_that_are_text(log: Log, tmp_path: Path) -> None:
    named = {
        name: frame.with_columns(pl.col("customer_id").cast(pl.String))
        for name, frame in log.tables.items()
        if name in {"events", "contacts", "customers"}
    }
    text = Log.of(**named, timezone=log.timezone)
    made = RECIPE.build(text.write(tmp_path / "log", shards=3), DATES)
    same(made, RECIPE.build(text, DATES))
    assert made.loc[made.index[0][0]].index.is_monotonic_increasing


def test_the_date_of_knowledge_parts_dates_only_where_it_must(log: Log) -> None:
    together = RECIPE.build(log, DATES)
    for date in DATES:
        stamp = pd.Timestamp(date, tz=log.timezone)
        same(together.loc[stamp], RECIPE.build(log, date))


def test_time_that_runs_back_is_noticed() -> None:
    owners, bounds = np.array([1, 1, 2]), np.empty(4, np.int64)
    assert parted(owners, np.array([5, 6, 1]), bounds) == 2
    assert bounds[:3].tolist() == [0, 2, 3]
    assert parted(owners, np.array([6, 5, 1]), bounds) == -1


def test_a_row_without_a_time_is_refused() -> None:
    events = pl.DataFrame({"customer_id": [1], "at": [None], "event": ["visit"], "channel": ["web"]})
    with pytest.raises(TableError, match=r"events.at has nulls; a row needs a time: run Log.check"):
        Recipe(Recency("visit")).build(Log.of(events=events), "2024-01-01")


def test_an_unknown_engine_is_refused(log: Log) -> None:
    with pytest.raises(SpecError, match="engine is 'cluster'"):
        Recipe(Tenure()).build(log, "2024-02-01", engine="cluster")


@pytest.mark.spark
def test_spark_has_the_same_numbers(spark: str, log: Log, expected: pd.DataFrame, tmp_path: Path) -> None:
    assert spark
    same(RECIPE.build(log.write(tmp_path / "log", shards=3), DATES, engine="spark"), expected)


@pytest.mark.spark
def test_spark_stores_the_same_numbers(spark: str, log: Log, tmp_path: Path) -> None:
    assert spark
    stored = log.write(tmp_path / "log", shards=3)
    made = [
        RECIPE.store(stored, DATES, folder=tmp_path / engine, engine=engine).rows.collect()
        for engine in ("local", "spark")
    ]
    assert made[0].equals(made[1])
    assert made[0].height
