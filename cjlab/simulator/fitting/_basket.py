"""What an order holds: lines, categories, prices, and how they differ."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from cjlab.simulator.fitting._estimate import Estimate, mean
from cjlab.simulator.fitting._lines import lines_of
from cjlab.simulator.fitting._part import Part
from cjlab.simulator.fitting._prices import Sold, prices_of
from cjlab.simulator.kernel import MOST_LINES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator.fitting._kinds import Kinds
    from cjlab.simulator.fitting._observed import Observed

    Floats = NDArray[np.float64]

_MOST_ITEMS, _ITEMS_EACH = 480, 200
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
    law = lines_of(observed)
    estimates = list(law.estimates)
    notes = [] if observed.categories.height else ["items have no categories: everything is one"]
    notes += law.notes
    prices = prices_of(observed, kinds, law, Sold(goods.lines, goods.relative))
    notes += prices.notes
    margin, each = _margin(bought), units(observed)
    estimates += margin
    found = {one.name: one.estimate for one in margin}
    notes.append(
        f"an order of one line is {each:.3g} units on average, so that people's own sizes can be told in whole units"
    )
    notes += [] if margin else ["purchases have no margin: that of the package's worlds, 0.4, is assumed"]
    values: dict[str, Any] = {
        "goods": {
            name: {
                "items": goods.items[place],
                "price": float(prices.level / each * goods.relative[place]),
                "price_spread": prices.spread,
                "margin": found.get("margin", 0.4),
                "outage": 0.0,
            }
            for place, name in enumerate(goods.names)
        },
        "trade": {
            "lines": law.size,
            "lines_spread": law.spread,
            "lines_uneven": law.uneven,
            "thinning": prices.thinning,
            "order_spread": prices.order_spread,
            "faithful": _faithful(bought, goods),
            "promotion": 0.0,
        },
    }
    estimates += prices.estimates()
    return Part(values, estimates, notes)


def interests(observed: Observed, kinds: Kinds, names: list[str]) -> list[dict[str, float]]:
    """Return by persona which categories are bought, as weights."""
    bought = observed.bought.group_by("who", "kind").len()
    sums = {name: kinds.sums(bought.filter(kind=name), "len")[0] for name in names}
    return [{name: float(max(sums[name][k], 1e-6)) for name in names} for k in range(len(kinds.names))]


def units(observed: Observed) -> float:
    """Return how many units the line of a one-line order has, so that a line of any has at least five on average.

    People take whole ones, and differ in how many.
    """
    known = observed.of_event("purchase")["quantity"].drop_nulls()
    typical = float(np.exp(np.log(np.maximum(known.to_numpy(), 1.0)).mean())) if known.len() else 1.0
    lines = np.minimum(observed.orders["lines"].to_numpy(), MOST_LINES).astype(float)
    return max(typical, _LEAST_UNITS) * float((lines ** max(1.0 - observed.steepness, 0.0)).mean())


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
