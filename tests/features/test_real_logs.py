"""Every cell over real logs, at full size, equals what plain Python adds up for some of their customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
import pytest

from cjlab import datasets
from cjlab.features import Builder, Cell, Column, Recipe, Where
from cjlab.simulator import RandomContacts, World, simulate
from cjlab.tables import Log, arranged, moment
from tests.features.oracle import added
from tests.features.test_cells import picked, shown

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MANY = 60  # customers who are added up by hand
BUY, ALL = Where("purchase"), Where()


@dataclass(frozen=True)
class Laid(Builder):
    """Every number of some cells, one column each."""

    cells: tuple[Cell, ...]

    def columns(self) -> tuple[Column, ...]:
        """Return them."""
        return tuple(
            Column(f"{place}_{slot}", (cell,), picked(slot), "", "")
            for place, cell in enumerate(self.cells)
            for slot in range(shown(cell))
        )


def cells(channels: tuple[str, ...], columns: set[str]) -> tuple[Cell, ...]:
    """Return cells of each kind that a log has the columns for."""
    made = [
        *(Cell("count", where, window=window) for where in (ALL, BUY) for window in (None, "90D", "36h")),
        *(Cell(how, where) for how in ("first_at", "last_at", "days", "gaps") for where in (ALL, BUY)),
        *(Cell(how, ALL, window="60D") for how in ("days", "gaps")),
        Cell("sessions", ALL, span="30min"),
        Cell("latest_gaps", ALL, size=5),
        *(Cell("by", ALL, of=of) for of in ("hour", "weekday", "month")),
        Cell("by", ALL, of="channel", words=channels, window="90D"),
        Cell("changes", ALL, of="channel", words=channels),
    ]
    if "amount" in columns:
        made += [Cell(how, BUY, of="amount") for how in ("sum", "least", "most", "first", "last", "moments")]
        made += [Cell(how, BUY, of="amount", window="30D") for how in ("sum", "later_sum")]
        made += [Cell("decayed", BUY, span="30D", each="amount"), Cell("ages", BUY, size=4, span="30D", each="amount")]
    if "item" in columns:
        made.append(Cell("distinct", BUY, of="item"))
    return tuple(made)


def simulated(_data: Path) -> Log:
    """Return a simulated shop's year."""
    return simulate(World.retail(n_customers=600, seed=4), RandomContacts(), days=365).log


def real(name: str) -> Callable[[Path], Log]:
    """Return what opens a real log."""
    return lambda _data: datasets.named(name)


LOGS = {"simulated": simulated} | {name: real(name) for name in ("online_retail", "online_shop", "complete_journey")}


@pytest.mark.parametrize("name", LOGS)
def test_every_cell_of_a_log_equals_plain_python(name: str, data: Path) -> None:
    log = LOGS[name](data)
    events = log.events
    span = events.select(pl.col("at").min().alias("first"), pl.col("at").max().alias("last")).collect().row(0)
    dates = [span[0] + (span[1] - span[0]) * share for share in (0.4, 0.95)]
    channels = events.select(pl.col("channel").cast(pl.String).drop_nulls().unique().sort()).collect()["channel"]
    asked = cells(tuple(channels.head(6)), set(events.collect_schema().names()))
    made = Recipe(Laid(asked)).build(log, [date.isoformat() for date in dates])
    counts = events.drop_nulls("customer_id").group_by("customer_id").len().sort("len", "customer_id").collect()
    some = counts["customer_id"].gather(np.linspace(0, counts.height - 1, MANY).astype(int))  # the busiest among them
    rows = arranged(events.filter(pl.col("customer_id").is_in(some.to_list())).collect(), "events")
    compared = 0
    for (customer,), own in rows.with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String)).group_by("customer_id"):
        seen = own.to_dicts()
        for date in dates:
            as_of = moment(date.isoformat(), log.timezone)
            if not any(one["at"] < as_of for one in seen):
                continue
            compared += equal(made.loc[(as_of, customer)], asked, seen, as_of, log.timezone)
    assert compared > MANY * len(asked)


def equal(line: Any, asked: tuple[Cell, ...], rows: list[dict[str, Any]], as_of: Any, zone: str) -> int:
    """Compare a customer's cells at a date; return how many they were."""
    for place, cell in enumerate(asked):
        found = [line[f"{place}_{slot}"] for slot in range(shown(cell))]
        expected = added(cell, rows, as_of, zone)[: shown(cell)]
        np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9, err_msg=f"{cell} at {as_of}")
    return len(asked)
