"""What went on around a customer is joined as of date and place; what is missing is neutral, and said to be."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import polars as pl
import pytest

import cjlab as cj
from cjlab.errors import SpecError, TableError
from cjlab.features import Outside, Recipe, Where
from cjlab.tables import Log, arranged, moment
from tests.features.drawn import DATES, ZONE, context, events, profiles

if TYPE_CHECKING:
    from pathlib import Path


def told(rows: list[dict[str, Any]], place: str | None, start: dt.datetime, as_of: dt.datetime) -> list[float]:
    """Return the values of a place's series over a time, in plain Python: for each moment the one known last."""
    found: dict[dt.datetime, tuple[Any, ...]] = {}
    for row in rows:
        known = max(row["at"], row["known_at"] or row["at"])
        if row["place"] == place and start <= row["at"] and known < as_of and row["value"] is not None:
            found[row["at"]] = max(found.get(row["at"], (known, row["value"])), (known, row["value"]))
    return [found[at][1] for at in sorted(found)]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("by", ["events", "profiles"])
def test_features_equal_plain_python(seed: int, by: str) -> None:
    draw = np.random.default_rng(seed)
    tables = {"events": events(draw, 40), "profiles": profiles(draw, 40), "context": context(draw, 60)}
    log = Log.of(**tables, timezone=ZONE)
    where = Where() if by == "events" else Where(table="profiles", field="place")
    made = Recipe(Outside("rain", "2W", 7.5, where)).build(log, DATES)
    around = [row for row in tables["context"].to_dicts() if row["name"] == "rain"]
    rows = arranged(getattr(log, by).collect(), by).to_dicts()
    for (stamp, customer), line in made.iterrows():
        as_of = stamp.to_pydatetime().astimezone(dt.UTC)
        start = (as_of.astimezone(ZoneInfo(ZONE)) - dt.timedelta(days=14)).astimezone(dt.UTC)
        mine = [
            row["place"] if by == "events" else row["value"]
            for row in rows
            if row["customer_id"] == customer
            and max(row["at"], row["known_at"] or row["at"]) < as_of
            and (by == "events" or row["field"] == "place")
        ]
        places = [place for place in mine if place is not None]
        here = told(around, places[-1], start, as_of) if places else []
        values = here or told(around, None, start, as_of)
        expected = [values[-1], math.fsum(values) / len(values), 1.0] if values else [7.5, 7.5, 0.0]
        assert line.tolist() == expected


def test_a_missing_context_is_neutral_and_flagged() -> None:
    log = Log.of(events=events(np.random.default_rng(1), 30), timezone=ZONE)
    made = Recipe(Outside("rain", neutral=2.5)).build(log, "2024-04-10")
    assert (made == [2.5, 2.5, 0.0]).all(axis=None)
    assert Outside("rain", neutral=2.5).fitted(log, "2024-04-10").neutral == 2.5


def test_a_forecast_for_a_day_to_come_is_not_read() -> None:
    at = [dt.datetime(2024, 4, day, tzinfo=dt.UTC) for day in (8, 9, 10)]
    known = [at[0], at[0], at[0]]
    around = pl.DataFrame({"place": None, "at": at, "known_at": known, "name": "rain", "value": [1.0, 2.0, 99.0]})
    seen = pl.DataFrame({"customer_id": [1], "at": at[:1], "event": "visit", "channel": "web", "place": "north"})
    log = Log.of(events=seen, context=around.cast({"place": pl.String}))
    assert Recipe(Outside("rain")).build(log, "2024-04-10").loc[1].tolist() == [2.0, 1.5, 1.0]
    assert Outside("rain").fitted(log, "2024-04-10").neutral == 1.5


@pytest.fixture(scope="module")
def simulated() -> Log:
    """Simulate a log with weather in several places."""
    return cj.simulator.simulate(cj.simulator.World.retail(n_customers=80, seed=3), days=60).log


def test_rows_do_not_grow_and_shards_change_nothing(simulated: Log, tmp_path: Path) -> None:
    recipe, dates = Recipe(Outside("weather")), ["2024-02-01", "2024-02-20"]
    made = recipe.build(simulated, dates)
    assert not made.index.duplicated().any()
    assert made["outside_weather_known_7D"].mean() > 0.3
    stored = simulated.write(tmp_path / "log", shards=3)
    pd.testing.assert_frame_equal(recipe.build(stored, dates), made, check_exact=True)


def test_the_weather_is_that_of_his_place(simulated: Log) -> None:
    made = Recipe(Outside("weather", "1D")).build(simulated, "2024-02-20")
    as_of = moment("2024-02-20", simulated.timezone)
    weather = simulated.context.filter(pl.col("at") < as_of).sort("at").collect()
    last = dict(weather.group_by("place", maintain_order=True).agg(pl.col("value").last()).iter_rows())
    seen = simulated.events.filter(
        pl.col("at") < as_of, pl.col("known_at").fill_null(pl.col("at")) < as_of, pl.col("place").is_not_null()
    )
    places = seen.sort("at").group_by("customer_id").agg(pl.col("place").last()).collect()
    assert places["place"].n_unique() > 1
    for customer, place in places.iter_rows():
        assert made.loc[customer, "outside_weather_1D"] == last[place]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"series": ""}, "series is ''; give text"),
        ({"window": "30 days"}, "window is '30 days'; give a whole number above 0"),
        ({"window": "-7D"}, "window is '-7D'; give a whole number above 0"),
        ({"neutral": math.nan}, "neutral is nan; give a finite number"),
        ({"of": Where(table="contacts")}, "of is all contacts, which have no place; give events, or profiles"),
    ],
)
def test_what_cannot_be_is_named(given: dict[str, Any], says: str) -> None:
    with pytest.raises(SpecError, match=says):
        Outside(**{"series": "rain", **given})


def test_rows_without_a_place_are_named() -> None:
    log = Log.of(events=events(np.random.default_rng(1), 5).drop("place"), timezone=ZONE)
    with pytest.raises(TableError, match="events have no column 'place', which feature 'outside_rain_7D' asks for"):
        Recipe(Outside("rain")).build(log, "2024-04-10")


def around(**columns: object) -> Log:
    """Return a log of one visit in the north, and two values of a series there."""
    at = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)
    seen = pl.DataFrame({"customer_id": [1], "at": [at], "event": ["visit"], "channel": ["web"], "place": ["north"]})
    told = pl.DataFrame({"at": [at, at + dt.timedelta(days=1)], "place": "north", "name": "rain", "value": [2.0, 4.0]})
    made = told.with_columns(**columns)  # type: ignore[arg-type] # expressions and values
    return Log.of(events=seen, context=made.drop([name for name, kind in made.schema.items() if kind == pl.Null]))


@pytest.mark.parametrize(
    ("columns", "says"),
    [
        ({"place": None}, "context has no column 'place', which the outside series 'rain' asks for; it has"),
        ({"value": pl.lit("wet")}, "context.value is String, and a series is made of numbers; give those"),
        ({"at": pl.col("at").dt.replace_time_zone(None)}, "context.at has no time zone; say where clocks stood"),
    ],
)
def test_a_table_without_series_is_named(columns: dict[str, Any], says: str) -> None:
    for build in (Recipe(Outside("rain")).build, Outside("rain").fitted):
        with pytest.raises(TableError, match=says):
            build(around(**columns), "2024-03-05")  # type: ignore[operator] # either


@pytest.mark.parametrize("odd", [math.inf, -math.inf, math.nan])
def test_what_is_no_finite_number_is_not_known(odd: float) -> None:
    log = around(value=pl.Series([2.0, odd]))
    assert Recipe(Outside("rain")).build(log, "2024-03-05").to_numpy().tolist() == [[2.0, 2.0, 1.0]]
    assert Outside("rain").fitted(log, "2024-03-05").neutral == 2.0
