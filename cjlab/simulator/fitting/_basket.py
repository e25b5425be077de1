"""What an order holds: lines, categories, prices, and how they differ."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from cjlab.simulator.fitting._estimate import Estimate, assumed, mean, number
from cjlab.simulator.fitting._part import Part
from cjlab.simulator.kernel import MOST_LINES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator.fitting._kinds import Kinds
    from cjlab.simulator.fitting._observed import Observed

    Floats = NDArray[np.float64]

_MOST_ITEMS, _ITEMS_EACH = 480, 200
_DRAWS, _VARIES = 20_000, 0.2  # the spread of what a person takes, which every world has
_LEAST_UNITS = 5.0


class Goods(NamedTuple):
    """Categories as they are sold."""

    names: list[str]
    lines: Floats
    relative: Floats
    items: list[int]


def baskets(observed: Observed, kinds: Kinds) -> Part:
    """Estimate lines, categories, prices, promotions, margins."""
    bought, goods = observed.bought, _goods(observed)
    lines = np.minimum(observed.orders["lines"].to_numpy(), MOST_LINES).astype(float)
    estimates = [_lines(lines)]
    notes = [] if observed.categories.height else ["items have no categories: everything is one"]
    notes += _long_orders(observed.orders["lines"].to_numpy())
    level, spread, more = _prices(observed, kinds, goods, estimates[0].estimate)
    notes += more
    margin, each = _margin(bought), units(observed)
    estimates += margin
    found = {one.name: one.estimate for one in margin}
    notes.append(
        f"a line is {each:.3g} units on average, so that people's own sizes of basket can be told in whole units"
    )
    notes += [] if margin else ["purchases have no margin: that of the package's worlds, 0.4, is assumed"]
    values: dict[str, Any] = {
        "goods": {
            name: {
                "items": goods.items[place],
                "price": float(level / each * goods.relative[place]),
                "price_spread": spread,
                "margin": found.get("margin", 0.4),
                "outage": 0.0,
            }
            for place, name in enumerate(goods.names)
        },
        "trade": {
            "lines": estimates[0].estimate,
            "faithful": _faithful(bought, goods),
            "promotion": 0.0,
        },
    }
    estimates.append(
        assumed("goods.price", float(level), "median of all orders' values, simulated beside the real ones")
    )
    estimates.append(
        assumed("goods.price_spread", spread, "spread of a person's order values, simulated beside the real ones")
    )
    return Part(values, estimates, notes)


def interests(observed: Observed, kinds: Kinds, names: list[str]) -> list[dict[str, float]]:
    """Return by persona which categories are bought, as weights."""
    bought = observed.bought.group_by("who", "kind").len()
    sums = {name: kinds.sums(bought.filter(kind=name), "len")[0] for name in names}
    return [{name: float(max(sums[name][k], 1e-6)) for name in names} for k in range(len(kinds.names))]


def units(observed: Observed) -> float:
    """Return how many units a line has on average, at least five: people take whole ones, and differ in how many."""
    known = observed.of_event("purchase")["quantity"].drop_nulls()
    typical = float(np.exp(np.log(np.maximum(known.to_numpy(), 1.0)).mean())) if known.len() else 1.0
    return max(typical, _LEAST_UNITS)


def baskets_of(kinds: Kinds, each: float) -> list[float]:
    """Return by persona how many units a line has: means of a lognormal law."""
    own = np.exp(kinds.mixture.value + kinds.mixture.value_spread**2 / 2)
    return [float(each * one) for one in own / (own @ kinds.mixture.share)]


def _goods(observed: Observed) -> Goods:
    by, known = observed.dear, observed.bought["item"].null_count() < observed.bought.height
    room = _MOST_ITEMS // len(by)
    items = [int(min(max(n, 1) if known else _ITEMS_EACH, _ITEMS_EACH, room)) for n in by["items"]]
    lines = by["lines"].to_numpy().astype(float)
    return Goods(by["kind"].to_list(), lines / lines.sum(), by["dear"].to_numpy(), items)


def _lines(lines: Floats) -> Estimate:
    """Return the mean of further lines under which orders that are cut have the observed mean."""
    found = mean("trade.lines", lines - 1.0, f"lines of an order of one day, those beyond {MOST_LINES} cut")
    ends = [further(value) for value in (found.estimate, found.low, found.high)]
    return Estimate(found.name, ends[0], ends[1], ends[2], found.n, found.how)


def further(value: float) -> float:
    r"""Return *m* for which whole numbers below an exponential one of mean *m*, at most 29, have this mean."""
    from scipy.optimize import brentq

    places = np.arange(1, MOST_LINES)
    low, high = 1e-3, 1e3

    def gap(size: float) -> float:
        return float(np.exp(-places / size).sum()) - value

    return low if gap(low) >= 0 else high if gap(high) <= 0 else float(brentq(gap, low, high))


def _long_orders(lines: NDArray[np.integer[Any]]) -> list[str]:
    long = float((lines > MOST_LINES).mean())
    if long < 0.05:  # noqa: PLR2004 - a few long orders change little
        return []
    return [
        (
            f"{long:.0%} of orders have more than {MOST_LINES} lines, the most that a simulated one can have: lines are"
            " cut, and prices raised so that order values hold"
        )
    ]


def _prices(observed: Observed, kinds: Kinds, goods: Goods, lines: float) -> tuple[float, float, list[str]]:
    """Return the level and spread of prices under which order values have the median and spread of the real ones."""
    if observed.orders["value"].null_count() == observed.orders.height:
        return 1.0, 0.0, ["purchases have no amount: every price is 1"]
    from scipy.optimize import brentq

    paid = observed.worth
    inside = (pl.col("log") - pl.col("log").mean().over("who")).filter(pl.len().over("who") > 1)
    many = paid.select(inside.alias("log"), pl.len().over("who").filter(pl.len().over("who") > 1).alias("n"))
    wanted = number((many["log"] ** 2 * many["n"] / (many["n"] - 1)).mean(), 0.0) if many.height else 0.25
    rng = np.random.default_rng(0)
    count = np.minimum(1 + (lines * rng.exponential(size=_DRAWS)).astype(int), MOST_LINES)
    kind = rng.choice(len(goods.names), (_DRAWS, MOST_LINES), p=goods.lines)
    normal = rng.normal(size=(2, _DRAWS, MOST_LINES))
    there = np.arange(MOST_LINES) < count[:, None]

    def logs(spread: float) -> Floats:
        worth = goods.relative[kind] * np.exp(spread * normal[0] + _VARIES * normal[1])
        dear = (goods.relative[kind] * there).sum(axis=1) / count
        return np.asarray(np.log((worth * there).sum(axis=1) / dear))

    def gap(spread: float) -> float:
        return float(logs(spread).var()) - wanted

    spread = 0.0 if gap(0.0) >= 0 else 3.0 if gap(3.0) <= 0 else float(brentq(gap, 0.0, 3.0, xtol=1e-3))
    own = np.exp(kinds.mixture.value + kinds.mixture.value_spread**2 / 2) @ kinds.mixture.share
    return float(own / math.exp(logs(spread).mean())), spread, []


def _margin(bought: pl.DataFrame) -> list[Estimate]:
    known = bought.filter(pl.col("margin").is_not_null() & (pl.col("amount") > 0))
    if not known.height:
        return []
    full = known["amount"] + known["discount"].fill_null(0.0)
    cost = known["amount"] - known["margin"]
    ratio = np.clip((1.0 - cost / full).to_numpy(), 0.0, 1.0)
    return [mean("margin", ratio, "margin beside the full price")]


def _faithful(bought: pl.DataFrame, goods: Goods) -> float:
    """Return how often people choose within their own interest, from how often two of their lines agree."""
    counts = bought.group_by("who", "kind").len()["who", "len"]
    by = counts.group_by("who").agg(n=pl.col("len").sum(), same=(pl.col("len") * (pl.col("len") - 1)).sum())
    pairs = float((by["n"] * (by["n"] - 1)).sum())
    chance = float((goods.lines**2).sum())
    if pairs <= 0 or chance > 1 - 1e-9:
        return 0.0
    return math.sqrt(min(max((float(by["same"].sum()) / pairs - chance) / (1 - chance), 0.0), 1.0))
