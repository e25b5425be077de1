"""A function of one's own is handed a customer's past, cut by the lab, and makes features of it like any other."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import cjlab as cj
from cjlab.errors import SpecError, TableError
from cjlab.features import Past, Recipe, Signal, Where, signal
from cjlab.tables import Log, arranged, moment
from tests.features.drawn import ZONE, events

if TYPE_CHECKING:
    from pathlib import Path

DATES = ("2024-02-29", "2024-04-01", "2024-04-20")
READS = ("amount", "machine", "item", "channel", "due_at", "lateness_d", "hour", "weekday", "month")
HANDED: list[Past] = []


@signal
def kept(past: Past) -> float:
    """How many rows he has; each past is kept."""
    HANDED.append(past)
    return float(len(past))


def log_of(rows: pl.DataFrame) -> Log:
    """Return a log of events."""
    return Log.of(events=rows, timezone=ZONE)


@pytest.mark.parametrize("window", [None, "2W", "30h"])
def test_what_is_handed_over_are_the_rows_before_the_date(window: str | None) -> None:
    log = log_of(events(np.random.default_rng(3), 120))
    HANDED.clear()
    made = Recipe(Signal("kept", ("kept",), Where(("visit", "purchase")), READS, window)).build(log, DATES)
    rows = arranged(log.events.collect(), "events").to_dicts()
    pasts = iter(HANDED)
    for customer in made.index.levels[1]:
        for date in DATES:
            as_of = moment(date, ZONE)
            length = {None: None, "2W": pd.Timedelta(days=14), "30h": pd.Timedelta(hours=30)}[window]
            stamp = pd.Timestamp(as_of)
            start = None if length is None else stamp - length
            if window == "2W":
                start = (stamp.tz_convert(ZONE).tz_localize(None) - length).tz_localize(ZONE)
            mine = [
                row
                for row in rows
                if row["customer_id"] == customer
                and row["event"] in {"visit", "purchase"}
                and max(row["at"], row["known_at"] or row["at"]) < as_of
                and (start is None or row["at"] >= start)
            ]
            key = (pd.Timestamp(as_of).tz_convert(ZONE).as_unit("us"), customer)
            if not mine:
                assert key not in made.index or np.isnan(made.loc[key, "kept"])
                continue
            equal(next(pasts), mine, as_of)
            assert made.loc[key, "kept"] == len(mine)
    assert next(pasts, None) is None


def equal(past: Past, rows: list[dict[str, Any]], as_of: Any) -> None:
    """Require that a past holds these rows."""
    assert past.as_of == np.datetime64(as_of.replace(tzinfo=None), "us")
    assert [one.item() for one in past.at] == [row["at"].replace(tzinfo=None) for row in rows]
    assert past["item"].tolist() == [row["item"] for row in rows]
    assert past["channel"].tolist() == [row["channel"] for row in rows]
    for name in ("amount", "machine"):
        np.testing.assert_array_equal(past[name], [np.nan if row[name] is None else float(row[name]) for row in rows])
    late = [np.nan if row["due_at"] is None else (row["at"] - row["due_at"]) / pd.Timedelta(days=1) for row in rows]
    np.testing.assert_allclose(past["lateness_d"], late)
    assert [None if np.isnat(one) else one.item() for one in past["due_at"]] == [
        row["due_at"] and row["due_at"].replace(tzinfo=None) for row in rows
    ]
    local = [pd.Timestamp(row["at"]).tz_convert(ZONE) for row in rows]
    assert past["hour"].tolist() == [one.hour for one in local]
    assert past["weekday"].tolist() == [one.weekday() for one in local]
    assert past["month"].tolist() == [one.month - 1 for one in local]


def test_columns_of_ones_own_are_handed_over_and_have_one_kind_however_few_rows_there_are() -> None:
    at = [pd.Timestamp(f"2024-01-0{day}", tz="UTC") for day in (1, 2, 3)]
    rows = pl.DataFrame(
        {
            "customer_id": [1, 1, 2],
            "at": at,
            "event": "position",
            "channel": "app",
            "latitude": [48.9, None, 43.3],
            "steps": [4, None, 5],
            "image": [[0.5, 1.0], None, [2.0]],
        }
    )
    HANDED.clear()
    Recipe(Signal("kept", ("kept",), reads=("latitude", "steps", "image"))).build(log_of(rows), "2024-02-01")
    first, second = HANDED
    np.testing.assert_array_equal(first["latitude"], [48.9, np.nan])
    assert first["steps"].dtype == second["steps"].dtype == np.float64
    assert first["image"].dtype == second["image"].dtype == object
    assert first["image"][0].tolist() == [0.5, 1.0]
    assert first["image"][1] is None


@signal
def turned(past: Past) -> tuple[float, float]:
    """What he paid, weighted by age, and how many things he bought."""
    return float(np.nansum(past["amount"] * 2.0 ** (-past.ages / 30.0))), float(len(set(past["item"])))


TURNED = Recipe(Signal("turned", ("paid", "things"), "purchase", ("amount", "item"), "60D", ("euros", "items")))


@pytest.fixture(scope="module")
def simulated() -> Log:
    """Simulate a log, some of whose rows become known late."""
    return cj.simulator.simulate(cj.simulator.World.retail(n_customers=80, seed=3), days=60).log


@pytest.mark.parametrize("threads", [1, 2])
def test_shards_and_threads_change_nothing(simulated: Log, tmp_path: Path, threads: int) -> None:
    stored = simulated.write(tmp_path / "log", shards=3)
    dates = ["2024-02-01", "2024-02-20"]
    expected = TURNED.build(simulated, dates)
    pd.testing.assert_frame_equal(TURNED.build(stored, dates, threads=threads), expected, check_exact=True)
    assert expected["things"].max() > 1


@pytest.mark.spark
def test_spark_has_the_same_numbers(spark: str, simulated: Log, tmp_path: Path) -> None:
    stored = simulated.write(tmp_path / "log", shards=2)
    made = TURNED.build(stored, "2024-02-20", engine=spark)
    pd.testing.assert_frame_equal(made, TURNED.build(simulated, "2024-02-20"), check_exact=True)


def test_a_signal_stands_in_a_recipe_that_is_written_down() -> None:
    said = json.loads(json.dumps(TURNED.said))
    assert said["builders"][0]["function"] == "turned"
    assert Recipe.of(said) == TURNED
    line = TURNED.describe().loc["paid"]
    assert line["unit"] == "euros"
    assert line["what"] == "What he paid, weighted by age, and how many things he bought."
    assert line["looks_back"] == "60D"
    assert line["reads"] == "events with event purchase: amount, item"
    assert line["missing"] == "he has no such row, or turned could not say"


def test_a_signal_that_is_not_known_is_named() -> None:
    with pytest.raises(SpecError, match=r"no signal is called 'unheard'; known are .*'turned'.*: import the module"):
        Signal("unheard", ("a",))


def test_two_signals_of_one_name_are_refused_and_one_defined_again_is_not() -> None:
    def turned(past: Past) -> float:
        return float(len(past))

    with pytest.raises(SpecError, match=r"another signal is called 'turned', of .*test_signals.turned; give this"):
        signal(turned)
    with pytest.raises(SpecError, match="a signal is a function with a name"):
        signal(lambda past: float(len(past)))
    assert signal(kept) is kept


@pytest.mark.parametrize("said", [(1.0,), (1.0, 2.0, 3.0), (1.0, np.inf), "much", None, [[1.0, 2.0]]])
def test_what_is_no_number_for_each_feature_is_refused(simulated: Log, said: Any) -> None:
    @signal
    def wrong(past: Past) -> Any:
        return said if len(past) else None

    asked = Recipe(Signal("wrong", ("a", "b")))
    Signal.known.pop("wrong")
    with pytest.raises(SpecError, match=r"signal 'wrong' returned .*; return a finite number, or NaN, for each of"):
        asked.build(simulated, "2024-02-01")


@pytest.mark.parametrize("said", [None, 1j, "5", np.complex128(2), np.ma.masked_array([1.0], [True]), pd.NA])
def test_one_feature_is_one_number(simulated: Log, said: Any) -> None:
    @signal
    def forgetful(past: Past) -> Any:
        return said if len(past) else 0.0

    asked = Recipe(Signal("forgetful", ("a",)))
    Signal.known.pop("forgetful")
    with pytest.raises(SpecError, match=r"(?s)signal 'forgetful' returned .*; return a finite number"):
        asked.build(simulated, "2024-02-01")


def test_a_fault_of_the_function_says_of_which_past(simulated: Log) -> None:
    @signal
    def broken(past: Past) -> float:
        return float(past["amount"][0])

    asked = Recipe(Signal("broken", ("a",)))
    Signal.known.pop("broken")
    with pytest.raises(SpecError, match="the signal reads no column 'amount'; it reads none") as fault:
        asked.build(simulated, "2024-02-01")
    assert "by the signal 'broken' for a past of " in fault.value.__notes__[0]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"features": ()}, "features is empty; name what the signal returns"),
        ({"features": ("a", "a")}, "features names 'a' more than once"),
        ({"units": ("days", "days")}, "units are 2 for 1 features; give one each"),
        ({"window": "30 days"}, "window is '30 days'; give a whole number above 0 and a unit"),
        ({"of": 5}, "of is 5; give an event such as 'purchase'"),
    ],
)
def test_what_cannot_be_is_named(given: dict[str, Any], says: str) -> None:
    with pytest.raises(SpecError, match=says):
        Signal(**{"function": "turned", "features": ("a",), **given})


def test_a_column_that_is_not_there_is_named(simulated: Log) -> None:
    with pytest.raises(TableError, match=r"events have no column 'latitude', which feature '[a-z_]+' asks for"):
        Recipe(Signal("kept", ("kept",), reads=("latitude",))).build(simulated, "2024-02-01")
