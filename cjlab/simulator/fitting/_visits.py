"""How people come: by which channels and devices, how often, what they look at, and on which days."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cjlab.simulator.fitting._estimate import Estimate, assumed, rate, share
from cjlab.simulator.fitting._part import Part

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator.fitting._kinds import Kinds
    from cjlab.simulator.fitting._observed import Observed

    Floats = NDArray[np.float64]

_MOST_VIEWS, _WEEK, _YEAR = 12, 7, 365
_LEAST_SHARE = 0.002  # of a channel or device that is worth a name
_DRAWS = 4_000


def visits(observed: Observed, kinds: Kinds) -> Part:
    """Estimate occasions, their spread, what is done on them, and seasons."""
    came = observed.came
    channels = _named(observed.of_event("visit", "purchase"), "channel") or ["web"]
    values: dict[str, Any] = {"channels": {name: {"digital": _digital(observed, name)} for name in channels}}
    estimates: list[Estimate] = []
    notes: list[str] = []
    personas: list[dict[str, Any]] = [{} for _ in kinds.names]
    for k, weights in enumerate(_by_channel(observed, kinds, channels)):
        personas[k]["channels"] = weights
    devices = _named(observed.events.filter(pl.col("device").is_not_null()), "device")[:6]
    for k in range(len(personas)):
        personas[k] |= {"devices": _weights(observed, kinds, "device", devices)[k]} if devices else {}
        personas[k] |= {"occasions": 0.0, "occasions_spread": 0.0, "impulse": 0.0}
    if came.height:
        estimates += _occasions(came, observed, kinds, personas)
        pages, values["trade"] = _pages(observed, values["channels"])
        estimates += pages
    else:
        notes.append("no visits: people come to buy and for nothing else")
    season, found, more = _seasons(observed, came)
    return Part({**values, **season, "personas": personas}, estimates + found, notes + more)


def _named(frame: pl.DataFrame, column: str) -> list[str]:
    counts = frame.group_by(column).len().drop_nulls(column).sort("len", column, descending=[True, False])
    return [str(name)[:60] for name, count in counts.iter_rows() if count >= _LEAST_SHARE * frame.height][:8]


def _digital(observed: Observed, channel: str) -> bool:
    here = observed.events.filter(channel=channel)
    return bool(((here["event"] == "view") | here["device"].is_not_null()).any())


def _weights(observed: Observed, kinds: Kinds, column: str, names: list[str]) -> list[dict[str, float]]:
    by = observed.of_event("visit", "purchase").group_by("who", column).agg(pl.col("day").n_unique())
    sums = np.stack([kinds.sums(by.filter(pl.col(column) == name), "day")[0] for name in names])
    sums = np.maximum(sums, 1e-9 + 1e-6 * sums.sum(axis=0))
    return [
        {name: float(sums[place, k] / sums[:, k].sum()) for place, name in enumerate(names)}
        for k in range(len(kinds.names))
    ]


def _by_channel(observed: Observed, kinds: Kinds, names: list[str]) -> list[dict[str, float]]:
    """Return weights under which people, each with his own leaning, come by the channels as often as was seen."""
    own = np.random.default_rng(0).exponential(size=(_DRAWS, len(names)))
    made = []
    for wanted in _weights(observed, kinds, "channel", names):
        shares = np.array([wanted[name] for name in names])
        weights = shares.copy()
        for _ in range(30):
            leaning = own * weights
            weights *= shares / (leaning / leaning.sum(axis=1, keepdims=True)).mean(axis=0)
            weights /= weights.sum()
        made.append({name: float(weight) for name, weight in zip(names, weights, strict=True)})
    return made


def _occasions(came: pl.DataFrame, observed: Observed, kinds: Kinds, personas: list[dict[str, Any]]) -> list[Estimate]:
    """Estimate how often people come without buying, and, from what varies more than chance, how that is spread."""
    counts = pl.DataFrame({"who": kinds.who}).join(came.group_by("who").agg(n=pl.len()), on="who", how="left")
    counts = counts.with_columns(n=pl.col("n").fill_null(0)).with_columns(pairs=pl.col("n") * (pl.col("n") - 1))
    sums = kinds.sums(counts, "n", "pairs")
    bought = np.bincount(observed.orders["who"].to_numpy(), minlength=observed.n)[kinds.who]
    days = np.maximum(kinds.days - bought, 1.0)  # a visit that ends in an order is the order's
    there = kinds.belongs.T @ np.stack([days, days * (days - 1)], axis=1)
    estimates = []
    for k, name in enumerate(kinds.names):
        mean = sums[0, k] / max(there[k, 0], 1.0)
        more = sums[1, k] / max(there[k, 1], 1.0) / mean**2 if mean > 0 else 1.0
        spread = math.sqrt(math.log(max(more, 1.0)))
        personas[k] |= {"occasions": float(min(mean, 1.0)), "occasions_spread": spread}
        heavy = 1 + (more - 1) * sums[0, k] / max(kinds.belongs[:, k].sum(), 1.0) if more > 1 else 1.0
        estimates.append(
            rate(
                f"personas.{name}.occasions",
                sums[0, k],
                there[k, 0],
                heavy,
                came.height,
                "days with a visit and no order",
            )
        )
        estimates.append(
            assumed(f"personas.{name}.occasions_spread", spread, "what varies more than chance between people")
        )
    return estimates


def _pages(observed: Observed, channels: dict[str, Any]) -> tuple[list[Estimate], dict[str, float]]:
    """Estimate what is done on a visit."""
    came = observed.of_event("visit").filter(pl.col("contact_id").is_null())
    digital = came.filter(pl.col("channel").is_in([name for name, one in channels.items() if one["digital"]])).height
    views = observed.of_event("view").height / digital if digital else 0.0
    size = _viewed(views)
    some, two = (math.exp(-least / size) if size > 0 else 0.0 for least in (1, 2))
    found = [
        Estimate("trade.views", size, math.nan, math.nan, digital, "pages viewed a visit"),
        share("trade.search", min(observed.count("search"), came.height), came.height, "searches a visit"),
    ]
    for name, ratio in (("favourite", two), ("cart", some)):
        of = int(ratio * came.height)
        found.append(share(f"trade.{name}", min(observed.count(name), of), of, "a visit with enough views"))
    return found, {one.name.removeprefix("trade."): one.estimate for one in found}


def _viewed(mean: float) -> float:
    from scipy.optimize import brentq

    places = np.arange(1, _MOST_VIEWS + 1)
    if mean <= 0:
        return 0.0
    return float(brentq(lambda size: float(np.exp(-places / size).sum()) - min(mean, 11.9), 1e-3, 1e4))


def _seasons(observed: Observed, came: pl.DataFrame) -> tuple[dict[str, Any], list[Estimate], list[str]]:
    """Estimate factors of weekdays and months on occasions, and on which weekdays needs are met."""
    import datetime as dt

    dates = [observed.start + dt.timedelta(days=day) for day in range(observed.days)]
    weekday = np.array([date.weekday() for date in dates])
    month = np.array([date.month - 1 for date in dates])
    values: dict[str, Any] = {"shopping": shopping(_a_day(observed.orders, observed.days), weekday)}
    estimates = [
        assumed(f"shopping.{place}", value, "orders of a weekday, those before put off to it taken away")
        for place, value in enumerate(values["shopping"])
    ]
    if not came.height:
        return values, estimates, []
    seen = _a_day(came, observed.days)
    values["weekdays"] = _ratio(seen, weekday, 7)
    estimates += [
        share(f"weekdays.{place}", float(seen[weekday == place].sum()), int(seen.sum()), "share of visits")
        for place in range(7)
    ]
    if observed.days < _YEAR:
        return values, estimates, [f"{observed.days} days are no year: months are taken to be alike"]
    values["months"] = _ratio(seen, month, 12)
    return values, estimates, []


def _a_day(rows: pl.DataFrame, days: int) -> Floats:
    return np.bincount(rows["day"].to_numpy(), minlength=days).astype(float)[:days]


def _ratio(seen: Floats, place: NDArray[np.int64], n: int) -> tuple[float, ...]:
    """Return each place's rate beside the mean rate."""
    return tuple(float(seen[place == one].mean() / seen.mean()) if (place == one).any() else 1.0 for one in range(n))


def shopping(orders: Floats, weekday: NDArray[np.int64]) -> tuple[float, ...]:
    """Return the shares of due needs that are met on each weekday, the others being put off to the next day.

    With needs that fall due evenly, a day's orders are its share of what is due: that day's needs and those put off.
    """
    rates = np.array([orders[weekday == day].mean() if (weekday == day).any() else 0.0 for day in range(_WEEK)])
    if rates.sum() <= 0:
        return (1.0,) * _WEEK
    rates = rates / rates.mean()
    start = int(np.argmax(np.cumsum(rates - 1.0) - 1e-12 * np.arange(_WEEK)))
    waiting, shares = 0.0, np.ones(_WEEK)
    for _ in range(4):  # around the week until what waits repeats itself
        for step in range(1, _WEEK + 1):
            day = (start + step) % _WEEK
            due = 1.0 + waiting
            shares[day] = min(1.0, rates[day] / due)
            waiting = due - due * shares[day]
    return tuple(float(one) for one in shares)
