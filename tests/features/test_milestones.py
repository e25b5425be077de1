"""Key moments are passed once; life events are told, or inferred with a confidence: as plain Python has them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pytest

import cjlab as cj
from cjlab.errors import SpecError, TableError
from cjlab.features import KeyMoment, LifeEvents, Recipe, Where
from cjlab.tables import Log, arranged
from tests.features.drawn import DATES, ZONE, events, profiles

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Row = dict[str, Any]
DAY = dt.timedelta(days=1)


def lines(made: pd.DataFrame, log: Log, *tables: str) -> Iterator[tuple[pd.Series, dt.datetime, list[list[Row]]]]:
    """Go through features, and the rows of each customer that were known at the date."""
    rows = [arranged(getattr(log, name).collect(), name).to_dicts() for name in tables]
    for (stamp, customer), line in made.iterrows():
        as_of = stamp.to_pydatetime().astimezone(dt.UTC)
        yield (
            line,
            as_of,
            [
                [
                    row
                    for row in table
                    if row["customer_id"] == customer and max(row["at"], row["known_at"] or row["at"]) < as_of
                ]
                for table in rows
            ],
        )


def when(rows: list[Row], threshold: float, number: str | None, count: str) -> dt.datetime | None:
    """Return when rows had first added up to a threshold."""
    total, days = 0.0, set()
    for row in rows:
        day = row["at"].astimezone(ZoneInfo(ZONE)).date()
        total += (row[number] or 0.0) if number else float(count == "rows" or day not in days)
        days.add(day)
        if total >= threshold and (number is None or row[number] is not None):
            return row["at"]
    return None


@pytest.mark.parametrize(
    ("threshold", "number", "count"), [(2, None, "rows"), (3, None, "days"), (21, "amount", "rows")]
)
def test_key_moments_equal_plain_python(threshold: float, number: str | None, count: str) -> None:
    for seed in range(4):
        log = Log.of(events=events(np.random.default_rng(seed), 90), timezone=ZONE)
        moment = KeyMoment("loyal", "purchase", threshold, number, count)
        passed = 0
        for line, as_of, (rows,) in lines(Recipe(moment).build(log, DATES), log, "events"):
            at = when([row for row in rows if row["event"] == "purchase"], threshold, number, count)
            assert line["loyal_passed"] == float(at is not None)
            expected = np.nan if at is None else (as_of - at) / DAY
            np.testing.assert_allclose(line["days_since_loyal"], expected, rtol=1e-12)
            passed += at is not None
        assert passed


def test_a_threshold_that_is_jumped_over_is_passed_once_and_a_return_does_not_undo_it() -> None:
    at = [dt.datetime(2024, 1, day, tzinfo=dt.UTC) for day in (1, 2, 3, 4)]
    rows = {
        "customer_id": 1,
        "at": at,
        "event": "purchase",
        "channel": "web",
        "amount": [90.0, 950.0, -1_000.0, 2_000.0],
    }
    made = Recipe(*(KeyMoment(f"over {level}", threshold=level, number="amount") for level in (100, 1_000))).build(
        Log.of(events=pl.DataFrame(rows)), "2024-01-05"
    )
    assert made.loc[1].tolist() == [1.0, 3.0, 1.0, 3.0]
    assert made.columns[0] == "over_100_passed"


def life(seen: list[Row], told: list[Row], reason: str, start: dt.datetime) -> tuple[float, dt.datetime | None]:
    """Return how sure it is that something came into a life, and when, in plain Python."""
    known = [row["at"] for row in seen if row["event"] == "visit" and row["reason"] == reason and row["at"] >= start]
    rows = [row for row in told if row["field"] == reason and row["at"] >= start]
    known += [row["at"] for row in rows if row["source"] == "declared"]
    guessed = [row for row in rows if row["source"] == "inferred"]
    sure = [row["confidence"] for row in guessed if row["confidence"] is not None]
    latest = max([*known, *(row["at"] for row in guessed)], default=None)
    return (1.0 if known else sure[-1] if sure else 0.0), latest


def test_life_events_equal_plain_python() -> None:
    levels = set()
    for seed in range(6):
        draw = np.random.default_rng(seed)
        named = profiles(draw, 60).with_columns(pl.col("field").replace({"place": "late", "income": "price"}))
        log = Log.of(events=events(draw, 60), profiles=named, timezone=ZONE)
        made = Recipe(LifeEvents(("late", "price"), "2W", "visit", profiles=True)).build(log, DATES)
        for line, as_of, (seen, told) in lines(made, log, "events", "profiles"):
            start = (as_of.astimezone(ZoneInfo(ZONE)) - 14 * DAY).astimezone(dt.UTC)
            for reason in ("late", "price"):
                sure, at = life(seen, told, reason, start)
                assert line[f"life_{reason}_2W"] == sure
                expected = np.nan if at is None else (as_of - at) / DAY
                np.testing.assert_allclose(line[f"days_since_life_{reason}_2W"], expected, rtol=1e-12)
                levels.add(sure)
    assert levels == {0.0, 0.25, 0.9, 1.0}


@pytest.fixture(scope="module")
def simulated() -> Log:
    """Simulate a log in which lives change."""
    return cj.simulator.simulate(cj.simulator.World.insurance(n_customers=300, seed=2), days=200).log


def test_life_events_of_a_simulated_market_are_read(simulated: Log) -> None:
    reasons = simulated.events.filter(pl.col("event") == "life_event").select("reason").unique().collect().to_series()
    made = Recipe(LifeEvents(tuple(sorted(reasons)))).build(simulated, "2024-07-15")
    happened = simulated.events.filter(pl.col("event") == "life_event", pl.col("customer_id").is_not_null()).collect()
    assert made.filter(regex="^life_").sum(axis=None) == happened.select("customer_id", "reason").n_unique()


def test_shards_change_nothing(simulated: Log, tmp_path: Path) -> None:
    recipe = Recipe(KeyMoment("paid", "payment", 300.0, "amount"), KeyMoment("second", count="days"))
    dates = ["2024-03-01", "2024-07-01"]
    stored = simulated.write(tmp_path / "log", shards=3)
    made = recipe.build(stored, dates)
    pd.testing.assert_frame_equal(made, recipe.build(simulated, dates), check_exact=True)
    assert 0 < made["paid_passed"].mean() < 1


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: KeyMoment("a", threshold=0), "threshold is 0; give a number above 0"),
        (lambda: KeyMoment("a", number="weight"), "number is 'weight'; allowed: 'amount', 'quantity'"),
        (lambda: KeyMoment("a", count="orders"), "count is 'orders'; allowed: 'rows' or 'days'"),
        (
            lambda: KeyMoment("a", number="amount", count="days"),
            "number is 'amount' and count 'days'; give one of them",
        ),
        (lambda: KeyMoment(""), "name is ''; give text"),
        (lambda: LifeEvents(()), "reasons is empty; name the life events that are told apart"),
        (lambda: LifeEvents(("a", "a")), "reasons names 'a' more than once"),
        (lambda: LifeEvents(("a",), "1 year"), "window is '1 year'; give a whole number above 0"),
        (lambda: LifeEvents(("a",), of=Where(reason="b")), "give events, without a reason, which is given apart"),
        (lambda: LifeEvents(("a",), profiles=1), "profiles is 1; give true or false"),
    ],
)
def test_what_cannot_be_is_named(make: Any, says: str) -> None:
    with pytest.raises(SpecError, match=says):
        make()


def test_profiles_without_a_confidence_are_named() -> None:
    draw = np.random.default_rng(1)
    log = Log.of(events=events(draw, 5), profiles=profiles(draw, 5).drop("confidence"), timezone=ZONE)
    with pytest.raises(TableError, match=r"profiles have no column 'confidence', which feature 'life_"):
        Recipe(LifeEvents(("birth",), profiles=True)).build(log, "2024-04-10")


def test_key_moments_of_a_real_shop_are_those_that_pandas_finds(data: Path) -> None:
    assert data
    log = cj.datasets.online_retail()
    as_of = pd.Timestamp("2011-09-01", tz=log.timezone)
    made = Recipe(KeyMoment("second", count="days"), KeyMoment("gold", threshold=500.0, number="amount")).build(
        log, as_of
    )
    rows = log.events.filter(pl.col("event") == "purchase", pl.col("customer_id").is_not_null()).collect().to_pandas()
    rows = rows[rows["at"] < as_of].sort_values(["customer_id", "at"], kind="stable")
    day = rows["at"].dt.tz_convert(log.timezone).dt.normalize()
    firsts = rows[~day.groupby(rows["customer_id"]).transform(lambda days: days.duplicated())]
    second = firsts.groupby("customer_id")["at"].nth(1)
    total = rows["amount"].fillna(0.0).groupby(rows["customer_id"]).cumsum()
    sure = total[(total - 500.0).abs() > 1e-6]
    gold = rows.loc[sure[sure >= 500.0].index].groupby("customer_id")["at"].first()
    days = (as_of - firsts.loc[second.index].set_index("customer_id")["at"]) / pd.Timedelta(days=1)
    told = made["days_since_second"].dropna()
    pd.testing.assert_series_equal(told, days.reindex(told.index), check_names=False, rtol=1e-12)
    assert len(told) == len(days)
    assert made["gold_passed"].sum() == pytest.approx(len(gold), abs=(len(total) - len(sure)))
