"""What of two logs is held against each other: values with the customer each belongs to."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from cjlab.simulator.fitting import Observed
    from cjlab.statistics import Kind

PRESSURE_DAYS = 14
_CHANNELS, _LINES, _PRESSED = 6, 30, 3
_SEASON = 56  # days from which months are compared


class Side(NamedTuple):
    """Values of one log, and whose they are."""

    values: NDArray[np.generic]
    who: NDArray[np.int64]


class Margin(NamedTuple):
    """One thing that a simulated log should have in common with the real one."""

    name: str
    kind: Kind
    real: Side
    simulated: Side


def margins(real: Observed, simulated: Observed) -> Iterator[Margin]:
    """Yield what both logs can be compared by."""
    for name, kind, take in (*_rates(real), *_ORDERS, *_seasons(real), *_journey(real), *_responses()):
        sides = [take(one) for one in (real, simulated)]
        if len(sides[0].values):
            yield Margin(name, kind, *sides)


_Taken = tuple[str, "Kind", "Callable[[Observed], Side]"]


def _rates(real: Observed) -> list[_Taken]:
    names = real.events.group_by("channel").len().drop_nulls().sort("len", descending=True).head(_CHANNELS)["channel"]
    return [(f"events a customer-week, {name}", "wasserstein", _a_week(name)) for name in names]


def _a_week(channel: str) -> Callable[[Observed], Side]:
    def take(one: Observed) -> Side:
        counts = np.bincount(one.events.filter(channel=channel)["who"].to_numpy(), minlength=one.n)
        who = active(one)
        return Side(counts[who] / (one.days / 7), who)

    return take


def active(one: Observed) -> NDArray[np.int64]:
    """Return the customers who did anything: a register's others cannot be seen in a real log."""
    return np.unique(one.events["who"].to_numpy())


def _gaps(one: Observed) -> Side:
    gaps = one.orders.select("who", gap=pl.col("day").diff().over("who")).drop_nulls()
    return Side(gaps["gap"].to_numpy(), gaps["who"].to_numpy())


def _order_values(one: Observed) -> Side:
    paid = one.orders.drop_nulls("value")
    return Side(paid["value"].to_numpy(), paid["who"].to_numpy())


def _lines(one: Observed) -> Side:
    return Side(np.minimum(one.orders["lines"].to_numpy(), _LINES), one.orders["who"].to_numpy())


def _by_customer(one: Observed) -> pl.DataFrame:
    return one.orders.group_by("who").agg(n=pl.len(), last=pl.col("day").max(), spent=pl.col("value").sum()).sort("who")


def _counts(one: Observed) -> Side:
    by = _by_customer(one)
    return Side(by["n"].to_numpy(), by["who"].to_numpy())


def _recency(one: Observed) -> Side:
    by = _by_customer(one)
    return Side(one.days - by["last"].to_numpy(), by["who"].to_numpy())


def _spent(one: Observed) -> Side:
    by = _by_customer(one) if one.orders["value"].null_count() < one.orders.height else _by_customer(one).head(0)
    return Side(by["spent"].to_numpy(), by["who"].to_numpy())


def _once(one: Observed) -> Side:
    by = _by_customer(one)
    return Side((by["n"] == 1).cast(pl.String).to_numpy(), by["who"].to_numpy())


_ORDERS: tuple[_Taken, ...] = (
    ("days between orders", "kolmogorov-smirnov", _gaps),
    ("orders a customer", "kolmogorov-smirnov", _counts),
    ("days since the last order", "kolmogorov-smirnov", _recency),
    ("customers with one order", "total variation", _once),
    ("value of an order", "kolmogorov-smirnov", _order_values),
    ("spent by a customer", "wasserstein", _spent),
    ("lines of an order", "total variation", _lines),
)


def _seasons(real: Observed) -> list[_Taken]:
    taken: list[_Taken] = [("weekday of an order", "total variation", lambda one: _dated(one, "%u"))]
    if real.days >= _SEASON:
        taken.append(("month of an order", "total variation", lambda one: _dated(one, "%Y-%m")))
    return taken


def _dated(one: Observed, form: str) -> Side:
    names = np.array([(one.start + dt.timedelta(days=day)).strftime(form) for day in range(one.days)])
    return Side(names[one.orders["day"].to_numpy()], one.orders["who"].to_numpy())


def _steps(one: Observed) -> Side:
    """Return what follows what within a customer, each kind of event once a day."""
    seen = one.events.sort("who", "at").unique(["who", "day", "event"], keep="first", maintain_order=True)
    then = pl.col("event").shift(-1).over("who")
    pairs = seen.select("who", step=pl.col("event") + " → " + then).drop_nulls("step")
    return Side(pairs["step"].to_numpy(), pairs["who"].to_numpy())


def _visit_gaps(one: Observed) -> Side:
    days = one.of_event("visit").select("who", "day").unique().sort("who", "day")
    gaps = days.select("who", gap=pl.col("day").diff().over("who")).drop_nulls()
    return Side(gaps["gap"].to_numpy(), gaps["who"].to_numpy())


def _journey(real: Observed) -> list[_Taken]:
    """Compare what follows what where the real log has more than one kind of event."""
    several: list[_Taken] = [("what follows what", "total variation", _steps)]
    return [
        *(several if real.events["event"].n_unique() > 1 else []),
        ("days between visits", "kolmogorov-smirnov", _visit_gaps),
    ]


def _responses() -> list[_Taken]:
    pressed = [
        (f"opened, after {count}{' or more' if count == _PRESSED else ''} contacts in 14 days", count)
        for count in range(_PRESSED + 1)
    ]
    taken: list[_Taken] = [(name, "total variation", _opened(count)) for name, count in pressed]
    return [*taken, ("unsubscribed, a contact", "total variation", _unsubscribed)]


def _opened(count: int) -> Callable[[Observed], Side]:
    def take(one: Observed) -> Side:
        pressed = _answered(one, "opened").filter(pl.min_horizontal("pressure", pl.lit(_PRESSED)) == count)
        return Side(pressed["opened"].cast(pl.String).to_numpy(), pressed["who"].to_numpy())

    return take


def _unsubscribed(one: Observed) -> Side:
    sent = _answered(one, "unsubscribed")
    return Side(sent["unsubscribed"].cast(pl.String).to_numpy(), sent["who"].to_numpy())


def _answered(one: Observed, event: str) -> pl.DataFrame:
    """Return sent contacts with a flag for an answer by hand, and how many went before in so many days."""
    sent = one.contacts.filter(pl.col("sent").fill_null(value=True)).sort("who", "at")
    told = one.of_event(event).filter(~pl.col("machine").fill_null(value=False)).drop_nulls("contact_id")
    if not told.height:
        return sent.head(0).with_columns(pressure=pl.lit(0), **{event: pl.lit(value=False)})
    key = sent["who"].to_numpy().astype(np.int64) * 100_000 + sent["day"].to_numpy()
    pressure = np.arange(len(key)) - np.searchsorted(key, key - PRESSURE_DAYS)
    return sent.with_columns(
        pl.Series("pressure", pressure), pl.col("contact_id").is_in(told["contact_id"].implode()).alias(event)
    )
