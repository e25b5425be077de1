"""Yesterday's state and a day of rows are today's table, to the last bit."""

from __future__ import annotations

import datetime as dt
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import cjlab as cj
from cjlab.errors import SpecError, TableError
from cjlab.features import (
    Frequency,
    Interests,
    Monetary,
    Recency,
    Recipe,
    Signal,
    State,
    Tenure,
    Trend,
    Where,
    signal,
)
from cjlab.features.reading._pass import Pass
from cjlab.features.states._advance import Advance
from cjlab.tables import Log, Sheaf, moment
from tests.features.drawn import BEGIN, ITEMS, ZONE, contacts, events, profiles
from tests.features.samples import SAMPLES
from tests.features.test_cells import Every

if TYPE_CHECKING:
    from pathlib import Path

DAY = dt.timedelta(days=1)
FIRST, DAYS = 20, 4  # the first state is of that day, and then one a day
WINDOWED = Recipe(Frequency("visit", window="7D"), Monetary(window="2W"), Recency("visit"), Frequency("opened"))


ALL = {
    "cells": Recipe(Every(), Tenure()),
    "windows": WINDOWED,
    "first samples": Recipe(*(several[0] for several in SAMPLES.values())),
    "last samples": Recipe(*(several[-1] for several in SAMPLES.values())),
}
laws = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@signal
def last_gap(past: cj.features.Past) -> float:
    """Days since the last row."""
    return float(past.ages[-1])


def same(made: pd.DataFrame, expected: pd.DataFrame) -> None:
    """Require the same bits."""
    pd.testing.assert_frame_equal(made, expected, check_exact=True)


def date(day: int) -> str:
    """Return a date of the drawn logs."""
    return str((BEGIN + day * DAY).date())


def arriving(draw: np.random.Generator, rows: pl.DataFrame) -> pl.DataFrame:
    """Say on which day each row comes: its own or, for one in twenty, up to three weeks later."""
    late = np.where(draw.random(rows.height) < 0.05, draw.integers(1, 22, rows.height), 0)
    own = (rows["at"] - BEGIN).dt.total_days().to_numpy()
    return rows.with_columns(day=pl.Series(own + 1 + late, dtype=pl.Int64))


def days_of(draw: np.random.Generator, rows: int) -> list[Log]:
    """Draw the log of the first days, and what each day after them brings."""
    tables = {kind.__name__: arriving(draw, kind(draw, rows)) for kind in (events, contacts, profiles)}
    joined = pl.DataFrame({"customer_id": [1, 2, 4, 9], "day": [1, FIRST + 1, FIRST + 3, 2]})
    tables["customers"] = joined.with_columns(
        joined=BEGIN + pl.duration(days=pl.col("day") - 1), day=pl.col("day").cast(pl.Int64)
    )
    spans = [(0, FIRST), *((day, day) for day in range(FIRST + 1, FIRST + DAYS + 1))]
    return [
        Log.of(
            **{name: frame.filter(pl.col("day").is_between(*span)).drop("day") for name, frame in tables.items()},
            items=ITEMS if span[0] == 0 else None,
            timezone=ZONE,
        )
        for span in spans
    ]


@pytest.mark.parametrize("kind", ALL)
@laws
@given(seed=st.integers(0, 2**32 - 1), shards=st.sampled_from((1, 2, 7)), threads=st.sampled_from((1, 2)))
def test_a_state_that_advances_is_the_table_built_anew(kind: str, seed: int, shards: int, threads: int) -> None:
    draw = np.random.default_rng(seed)
    first, *others = days_of(draw, int(draw.choice([0, 40, 400])))
    with TemporaryDirectory() as home:
        log = first.write(f"{home}/log", shards=shards)
        state = State.of(ALL[kind], log, date(FIRST), folder=f"{home}/{FIRST}", threads=threads)
        same(state.build(), ALL[kind].build(log, date(FIRST)))
        for day, brought in enumerate(others, start=FIRST + 1):
            log = brought.append(f"{home}/log")
            state = State.read(f"{home}/{day - 1}").advance(log, date(day), folder=f"{home}/{day}", threads=threads)
            same(state.build(threads=threads), ALL[kind].build(log, date(day)))


@laws
@given(seed=st.integers(0, 2**32 - 1), hours=st.lists(st.integers(0, 24 * 9), min_size=2, max_size=4))
def test_any_two_moments_of_a_log_that_knows_the_future(seed: int, hours: list[int]) -> None:
    draw = np.random.default_rng(seed)
    log = Log.of(events=events(draw, 300), contacts=contacts(draw, 50), items=ITEMS, timezone=ZONE)
    moments = [BEGIN + 30 * DAY + dt.timedelta(hours=hour) for hour in sorted(hours)]  # clocks change on the 36th day
    with TemporaryDirectory() as home:
        stored = log.write(f"{home}/log", shards=2)
        state = State.of(ALL["cells"], stored, moments[0], folder=f"{home}/0")
        for place, moment in enumerate(moments[1:], start=1):
            state = state.advance(stored, moment, folder=f"{home}/{place}")
            same(state.build(), ALL["cells"].build(stored, moment))


def run(home: Path, *, shards: int = 3) -> Log:
    """Store a simulated log."""
    world = cj.simulator.World.retail(n_customers=150, seed=3)
    return cj.simulator.simulate(world, days=60).log.write(home / "log", shards=shards)


def test_a_day_of_a_simulated_log(tmp_path: Path) -> None:
    log = run(tmp_path)
    state = State.of(WINDOWED, log, "2024-02-01", folder=tmp_path / "0")
    for place in range(3):
        state = state.advance(log, f"2024-02-0{place + 2}", folder=tmp_path / str(place + 1))
        same(state.build(), WINDOWED.build(log, f"2024-02-0{place + 2}"))


def who(state: State, log: Log, as_of: str) -> list[int]:
    """Return who is read again at a later date."""
    one, other = (Pass(state.recipe.columns, (each,)) for each in (state.as_of, moment(as_of, log.timezone)))
    advance = Advance(state.sheaf, one, other)
    return sorted(customer for shard in log.shards() for customer in advance.due(shard).to_list())


def test_only_those_are_read_again_of_whom_a_row_came_or_left(tmp_path: Path) -> None:
    log, begin, end = run(tmp_path), moment("2024-02-10", "Europe/Paris"), moment("2024-02-11", "Europe/Paris")
    recipe = Recipe(Frequency("visit", window="7D"), Recency("purchase"))
    state = State.of(recipe, log, "2024-02-10", folder=tmp_path / "0")
    rows = log.events.drop_nulls("customer_id").with_columns(known=pl.col("known_at").fill_null(pl.col("at"))).collect()
    told = pl.max_horizontal("at", "known")
    came = pl.col("event").is_in(["visit", "purchase"]) & (told >= begin) & (told < end)
    back = pl.col("at").is_between(begin - 7 * DAY, end - 7 * DAY, closed="left") & (told < begin)
    touched = rows.filter(came | ((pl.col("event") == "visit") & back))["customer_id"].unique().sort().to_list()
    assert who(state, log, "2024-02-11") == touched
    assert 0 < len(touched) < 100 < log.customers.collect().height
    assert who(state, log, "2024-02-10") == []


def test_whoever_has_late_rows_is_read_again(tmp_path: Path) -> None:
    log = run(tmp_path)
    state = State.of(WINDOWED, log, "2024-02-10", folder=tmp_path / "0")
    late = log.events.filter(pl.col("customer_id") == 7, pl.col("at") < moment("2024-01-20", "UTC")).head(1)
    grown = Log.of(events=late.with_columns(amount=1.0), timezone=log.timezone).append(tmp_path / "log")
    assert who(state, grown, "2024-02-10") == [7]
    same(state.advance(grown, "2024-02-10", folder=tmp_path / "1").build(), WINDOWED.build(grown, "2024-02-10"))


@pytest.mark.parametrize("own", [Signal("last_gap", ("gap",), of="visit"), Trend("visit", bin="7D")])
def test_what_changes_with_every_date_is_made_anew(tmp_path: Path, own: Signal | Trend) -> None:
    log, recipe = run(tmp_path), Recipe(own)
    state = State.of(recipe, log, "2024-02-10", folder=tmp_path / "0")
    same(state.advance(log, "2024-02-11", folder=tmp_path / "1").build(), recipe.build(log, "2024-02-11"))


def test_what_items_are_changes_everybody(tmp_path: Path) -> None:
    events = pl.DataFrame(
        {"customer_id": [1, 2], "at": [BEGIN, BEGIN], "event": "purchase", "channel": "web", "item": ["a", "b"]}
    )
    items = pl.DataFrame({"item": ["a"], "category": ["shoes"]})
    log = Log.of(events=events, items=items, timezone=ZONE).write(tmp_path / "log", shards=1)
    recipe = Recipe(Interests(("shoes",)), Frequency(Where("purchase", category="shoes"), name="n"))
    state = State.of(recipe, log, date(5), folder=tmp_path / "0")
    assert who(state, log, date(6)) == []
    grown = Log.of(items=pl.DataFrame({"item": ["b"], "category": ["shoes"]}), timezone=ZONE).append(tmp_path / "log")
    assert who(state, grown, date(6)) == [1, 2]
    made = state.advance(grown, date(6), folder=tmp_path / "1").build()
    assert made["n"].tolist() == [1.0, 1.0]
    same(made, recipe.build(grown, date(6)))


def test_a_shard_that_came_later_is_read(tmp_path: Path) -> None:
    rows = pl.DataFrame({"customer_id": range(1, 30), "at": BEGIN, "event": "visit", "channel": "web"})
    rows = rows.with_columns(amount=pl.lit(None, pl.Float64))
    log = Log.of(events=rows.head(1), timezone=ZONE).write(tmp_path / "log", shards=7)
    state = State.of(WINDOWED, log, date(5), folder=tmp_path / "0")
    grown = Log.of(events=rows.tail(28), timezone=ZONE).append(tmp_path / "log")
    made = state.advance(grown, date(6), folder=tmp_path / "1")
    assert len(made.sheaf.numbers) > len(state.sheaf.numbers)
    same(made.build(), WINDOWED.build(grown, date(6)))


def test_refusals(tmp_path: Path) -> None:
    log = run(tmp_path)
    state = State.of(WINDOWED, log, "2024-02-10", folder=tmp_path / "0")
    with pytest.raises(SpecError, match=r"recipe is Log\(.*; give a cj\.features\.Recipe, and then the log$"):
        State.of(log, WINDOWED, "2024-02-10", folder=tmp_path / "1")  # type: ignore[arg-type] # the point
    with pytest.raises(SpecError, match=r"as_of is 2024-02-08 .* before that of the state"):
        state.advance(log, "2024-02-09", folder=tmp_path / "1")
    with pytest.raises(TableError, match="a state is of a log that is stored: write this one"):
        state.advance(Log.of(timezone=log.timezone), "2024-02-11", folder=tmp_path / "1")
    with pytest.raises(TableError, match=r"0 holds the state of another recipe \(Recipe\(5 features of 4 builders\)"):
        State.read(tmp_path / "0", recipe=Recipe(Tenure()))
    assert State.read(tmp_path / "0", recipe=WINDOWED).as_of == state.as_of
    WINDOWED.store(log, "2024-02-10", folder=tmp_path / "features")
    with pytest.raises(TableError, match="features holds no state: it is about"):
        State.read(tmp_path / "features")
    other = Log.of(timezone=log.timezone).write(tmp_path / "other")
    with pytest.raises(TableError, match=r"is of another log: its .* is not in this one; .* compacted"):
        state.advance(other, "2024-02-11", folder=tmp_path / "1")
    Log.of(events=log.events.filter(pl.col("customer_id") == 7), timezone=log.timezone).append(tmp_path / "log")
    with pytest.raises(TableError, match=r"make the state anew with State\.of"):
        state.advance(Log.compact(tmp_path / "log"), "2024-02-11", folder=tmp_path / "1")
    assert not (tmp_path / "1").exists()


@pytest.mark.parametrize("threads", [1, 2])
def test_a_recipe_is_stored_as_it_is_built(tmp_path: Path, threads: int) -> None:
    log, dates = run(tmp_path), ["2024-02-01", "2024-02-10"]
    sheaf = ALL["cells"].store(log, dates, folder=tmp_path / "x", threads=threads)
    found = Sheaf.read(tmp_path / "x").rows.collect()
    assert len(sheaf.numbers) == 3
    expected = ALL["cells"].build(log, dates)
    made = found.to_pandas().set_index(["as_of", "customer_id"]).sort_index()
    pd.testing.assert_frame_equal(made, expected, check_exact=True, check_index_type=False)


def test_a_stored_recipe_is_gone_on_with_and_not_with_another(tmp_path: Path) -> None:
    log = run(tmp_path)
    broken = log.stored
    assert broken is not None
    place = next(file.place for file in broken.files["events"] if file.shard == 1 and file.rows)
    whole = (log.stored.folder / place).read_bytes() if log.stored else b""
    (broken.folder / place).write_bytes(b"PAR1")
    with pytest.raises(TableError, match="is damaged"):
        WINDOWED.store(log, "2024-02-01", folder=tmp_path / "x", threads=1)
    assert not (tmp_path / "x").exists()
    assert len(list((tmp_path / ".x.unfinished").glob("shard=*"))) == 1
    (broken.folder / place).write_bytes(whole)
    with pytest.raises(TableError, match="unfinished table of other 'as_of'"):
        WINDOWED.store(log, "2024-02-02", folder=tmp_path / "x")
    rows = WINDOWED.store(log, "2024-02-01", folder=tmp_path / "x").rows.collect()
    assert rows.height == len(WINDOWED.build(log, "2024-02-01"))
