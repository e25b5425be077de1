"""Every cell equals what plain Python adds up, at every date, and reads nothing at or after it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cjlab.features import Builder, Cell, Column, Recipe, Where
from cjlab.features.reading._cell import SLOTS
from cjlab.tables import Log, arranged, moment
from tests.features.oracle import added

ZONE = "Europe/Paris"
BEGIN = dt.datetime(2024, 3, 20, tzinfo=dt.UTC)  # clocks change on the 31st
DATES = ("2024-03-29", "2024-03-31", "2024-04-01", "2024-04-20")
EVENTS, CHANNELS = ("visit", "purchase", "opened"), ("web", "store", "email")
BUY, ALL = Where("purchase"), Where()
CELLS = (
    Cell("count", ALL),
    Cell("count", BUY, window="7D"),
    Cell("count", Where(("visit", "opened"), channel="web"), window="30h"),
    Cell("count", Where("opened", machine=False)),
    Cell("count", Where("opened", machine=True), window="2W"),
    Cell("sum", BUY, of="amount"),
    Cell("sum", BUY, of="amount", window="7D"),
    Cell("least", BUY, of="amount"),
    Cell("most", BUY, of="amount", window="7D"),
    Cell("first", BUY, of="amount"),
    Cell("last", BUY, of="amount"),
    Cell("first_at", BUY),
    Cell("last_at", Where("visit"), window="7D"),
    Cell("days", ALL),
    Cell("days", BUY, window="7D"),
    Cell("sessions", Where(channel="web"), span="1h"),
    Cell("decayed", BUY, span="7D", each="amount"),
    Cell("decayed", Where("visit"), span="7D"),
    Cell("gaps", BUY),
    Cell("gaps", BUY, window="2W"),
    Cell("latest_gaps", BUY, size=3),
    Cell("later_sum", BUY, of="amount"),
    Cell("later_sum", ALL, of="amount", window="2W"),
    Cell("latest_gaps", ALL, size=2, window="2W"),
    Cell("moments", BUY, of="amount"),
    Cell("changes", ALL, of="channel", words=CHANNELS),
    Cell("changes", ALL, of="channel", words=CHANNELS[:2], window="7D"),
    Cell("recent", ALL, of="event", words=EVENTS, size=3),
    Cell("ages", ALL, size=4, span="5D"),
    Cell("ages", BUY, size=3, span="7D", each="amount"),
    Cell("by", ALL, of="channel", words=CHANNELS),
    Cell("by", BUY, of="channel", words=("store",), each="amount", window="7D"),
    Cell("by", ALL, of="hour"),
    Cell("by", ALL, of="weekday"),
    Cell("by", ALL, of="month"),
    Cell("distinct", BUY, of="item"),
    Cell("distinct", ALL, of="channel", window="7D"),
)


@dataclass(frozen=True)
class Every(Builder):
    """Every number of every cell, one column each."""

    def columns(self) -> tuple[Column, ...]:
        """Return them."""
        made = []
        for place, cell in enumerate(CELLS):
            made += [Column(f"{place}_{slot}", (cell,), picked(slot), "", "") for slot in range(shown(cell))]
        return tuple(made)


def shown(cell: Cell) -> int:
    """Return how many of a cell's numbers say something: the rest is for work."""
    return {"days": 1, "sessions": 1, "changes": 1, "later_sum": 1, "latest_gaps": cell.size}.get(cell.how, cell.width)


def picked(slot: int) -> Any:
    """Return a formula that takes one number."""
    return lambda _when, numbers: numbers if numbers.ndim == 1 else numbers[:, slot]


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Return rows as events."""
    kinds = {"at": pl.Datetime("us", "UTC"), "known_at": pl.Datetime("us", "UTC"), "machine": pl.Boolean}
    kinds |= {"customer_id": pl.Int64, "item": pl.Int64, "amount": pl.Float64, "event": pl.String, "channel": pl.String}
    return pl.DataFrame(rows, schema=kinds)


@st.composite
def logs(draw: st.DrawFn) -> pl.DataFrame:
    """Draw some customers' rows, with ties, late ones, and unknown values."""
    n = draw(st.integers(0, 40))
    hours = st.integers(0, 24 * 36)
    rows = []
    for _ in range(n):
        at = BEGIN + dt.timedelta(hours=draw(hours), minutes=draw(st.sampled_from((0, 0, 20, 59))))
        late = draw(st.sampled_from((None, None, None, 0, 30, 200)))
        rows.append(
            {
                "customer_id": draw(st.integers(1, 4)),
                "at": at,
                "known_at": None if late is None else at + dt.timedelta(hours=late),
                "event": draw(st.sampled_from(EVENTS)),
                "channel": draw(st.sampled_from(CHANNELS)),
                "machine": draw(st.sampled_from((None, True, False))),
                "item": draw(st.sampled_from((None, 1, 2, 3))),
                "amount": draw(st.sampled_from((None, 1.5, 20.0, -3.25, 1e6))),
            }
        )
    return frame(rows)


def built(events: pl.DataFrame, dates: Any = DATES) -> Any:
    """Build every cell."""
    return Recipe(Every()).build(Log.of(events=events, timezone=ZONE), dates)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(logs())
def test_every_cell_equals_plain_python(events: pl.DataFrame) -> None:
    equal(events)


@pytest.mark.parametrize("seed", range(4))
def test_customers_of_many_rows_equal_plain_python(seed: int) -> None:
    draws = np.random.default_rng(seed)
    n = 900
    hours = draws.integers(0, 24 * 36 * (seed + 1) // 2, n)
    at = [
        BEGIN + dt.timedelta(hours=int(one), minutes=int(m))
        for one, m in zip(hours, draws.choice([0, 0, 20], n), strict=True)
    ]
    late = draws.choice([0, 0, 0, 0, 30, 200], n)
    equal(
        frame(
            [
                {
                    "customer_id": int(draws.choice([1, 1, 1, 2, 3])),
                    "at": when,
                    "known_at": when + dt.timedelta(hours=int(later)),
                    "event": str(draws.choice(EVENTS)),
                    "channel": str(draws.choice(CHANNELS)),
                    "machine": [None, True, False][draws.integers(3)],
                    "item": int(draws.integers(1, 4)),
                    "amount": [None, 1.5, 20.0, -3.25][draws.integers(4)],
                }
                for when, later in zip(at, late, strict=True)
            ]
        )
    )


def equal(events: pl.DataFrame) -> None:
    """Ask whether every cell equals what plain Python adds up, at dates together and at one alone."""
    made = built(events)
    ordered = arranged(Log.of(events=events).events.collect(), "events")  # columns in the order of the log
    for date in DATES:
        as_of = moment(date, ZONE)
        for (customer,), rows in ordered.group_by("customer_id", maintain_order=True):
            seen = rows.to_dicts()
            if not any(max(one["at"], one["known_at"] or one["at"]) < as_of for one in seen):
                assert (pd_stamp(as_of), customer) not in made.index
                continue
            line = made.loc[(pd_stamp(as_of), customer)]
            for place, cell in enumerate(CELLS):
                expected = added(cell, seen, as_of, ZONE)[: shown(cell)]
                found = [line[f"{place}_{slot}"] for slot in range(shown(cell))]
                np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9, err_msg=f"{cell} at {date}")


def pd_stamp(as_of: dt.datetime) -> Any:
    """Return a date as the index has it."""
    import pandas as pd

    return pd.Timestamp(as_of).tz_convert(ZONE).as_unit("us")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(logs(), logs(), st.randoms())
def test_nothing_at_or_after_the_date_is_read(events: pl.DataFrame, garbage: pl.DataFrame, draws: Any) -> None:
    as_of = moment(DATES[1], ZONE)
    after = (pl.col("at") >= as_of) | (pl.col("known_at").fill_null(pl.col("at")) >= as_of)
    past = events.filter(~after)
    other = pl.concat([past, garbage.filter(after)])
    rows = list(range(other.height))
    draws.shuffle(rows)
    np.testing.assert_array_equal(built(other[rows], DATES[1]), built(past, DATES[1]))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(logs())
def test_dates_together_are_dates_one_by_one(events: pl.DataFrame) -> None:
    together = built(events)
    for date in DATES:
        alone = built(events, date)
        level = together[together.index.get_level_values(0) == pd_stamp(moment(date, ZONE))]
        np.testing.assert_array_equal(level.to_numpy(), alone.to_numpy())
        assert level.index.get_level_values(1).tolist() == alone.index.tolist()


def test_every_kind_of_cell_is_tested() -> None:
    assert {cell.how for cell in CELLS} == set(SLOTS)


def test_more_filters_than_a_word_has_bits() -> None:
    words = [f"e{number}" for number in range(150)]
    at = [BEGIN + dt.timedelta(hours=place) for place in range(150)]
    events = pl.DataFrame({"customer_id": [1] * 150, "at": at, "event": words, "channel": ["web"] * 150})

    class Many(Builder):
        def columns(self) -> tuple[Column, ...]:
            return tuple(Column(w, (Cell("count", Where(w)),), picked(0), "", "") for w in words)

    assert Recipe(Many()).build(Log.of(events=events), "2024-05-01").loc[1].eq(1.0).all()


def test_a_customer_without_rows_is_there_from_the_day_he_joined() -> None:
    joined = [dt.datetime(2024, 1, 1, tzinfo=dt.UTC), dt.datetime(2024, 4, 1, tzinfo=dt.UTC)]
    log = Log.of(events=frame([]), customers=pl.DataFrame({"customer_id": [1, 2], "joined": joined}))
    made = Recipe(Every()).build(log, "2024-04-01")
    assert made.index.tolist() == [1]
    assert made.loc[1, "0_0"] == 0.0


@pytest.mark.parametrize("how", ["median", ""])
def test_an_unknown_kind_is_named(how: str) -> None:
    with pytest.raises(Exception, match=r"cell: how is .*; allowed: 'count', 'sum'"):
        Cell(how, BUY)
