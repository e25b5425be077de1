"""What things cost, and how that differs: by item, by order, and by how many lines an order has."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from cjlab.simulator.fitting._estimate import Estimate, assumed, number
from cjlab.simulator.kernel import MOST_LINES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjlab.simulator.fitting._kinds import Kinds
    from cjlab.simulator.fitting._lines import Lines
    from cjlab.simulator.fitting._observed import Observed

    Floats = NDArray[np.float64]

_DRAWS, _VARIES = 20_000, 0.2  # the spread of what a person takes, which every world has
_MOST_SPREAD = 3.0


class Sold(NamedTuple):
    """Categories: their shares of lines, and how dear a line of each is."""

    shares: Floats
    dear: Floats


class Prices(NamedTuple):
    """Prices and quantities of a world."""

    level: float
    spread: float
    thinning: float
    order_spread: float
    notes: Sequence[str] = ()

    def estimates(self) -> list[Estimate]:
        """Return them one by one."""
        return [
            assumed("goods.price", self.level, "median of orders' worth, simulated beside the real ones"),
            assumed("goods.price_spread", self.spread, "what lines of one order differ in"),
            assumed("trade.thinning", self.thinning, "slope of log value on log lines, simulated beside the real one"),
            assumed("trade.order_spread", self.order_spread, "what orders of one person differ in beyond their lines"),
        ]


def prices_of(observed: Observed, kinds: Kinds, law: Lines, sold: Sold) -> Prices:
    """Return prices under which orders' values have the level, the slope on lines, and the spread of the real ones."""
    if observed.orders["value"].null_count() == observed.orders.height:
        return Prices(1.0, 0.0, 0.0, 0.0, ["purchases have no amount: every price is 1"])
    orders, wanted = _Orders(law, sold), _within(observed)
    spread = _between_lines(observed)
    if spread is None:
        spread, order_spread = orders.solved(wanted), 0.0
    else:
        order_spread = math.sqrt(max(wanted - float(_residual(orders, spread, several=observed.several).var()), 0.0))
    slope = orders.steepness(spread) if observed.several else 1.0
    thinning = min(max(slope - observed.steepness, 0.0), 1.0)
    logs = orders.logs(spread) - (thinning + observed.steepness) * orders.lines
    own = np.exp(kinds.mixture.value + kinds.mixture.value_spread**2 / 2) @ kinds.mixture.share
    return Prices(float(own / math.exp(logs.mean())), spread, thinning, order_spread)


class _Orders:
    """Simulated orders, the same draws whatever the spread of prices."""

    def __init__(self, law: Lines, sold: Sold) -> None:
        rng = np.random.default_rng(0)
        count = law.drawn(rng, _DRAWS)
        kind = rng.choice(len(sold.shares), (_DRAWS, MOST_LINES), p=sold.shares)
        self._normal = rng.normal(size=(2, _DRAWS, MOST_LINES))
        self._there = np.arange(MOST_LINES) < count[:, None]
        self._relative = sold.dear[kind]
        self._dear = np.log((self._relative * self._there).sum(axis=1) / count)
        self.lines: Floats = np.log(count)

    def logs(self, spread: float) -> Floats:
        """Return logarithms of values beside how dear the categories are."""
        worth = self._relative * np.exp(spread * self._normal[0] + _VARIES * self._normal[1])
        return np.asarray(np.log((worth * self._there).sum(axis=1)) - self._dear)

    def steepness(self, spread: float) -> float:
        """Return the slope of value on lines: above 1, for the mean of many prices is mostly above a median one."""
        both = np.cov(self.lines, self.logs(spread))
        return float(both[0, 1] / both[0, 0]) if both[0, 0] > 0 else 1.0

    def solved(self, wanted: float) -> float:
        """Return the spread of prices under which values of equal lines vary so much."""
        from scipy.optimize import brentq

        def gap(spread: float) -> float:
            return float((self.logs(spread) - self.lines).var()) - wanted

        if gap(0.0) >= 0:
            return 0.0
        return _MOST_SPREAD if gap(_MOST_SPREAD) <= 0 else float(brentq(gap, 0.0, _MOST_SPREAD, xtol=1e-3))


def _residual(orders: _Orders, spread: float, *, several: bool) -> Floats:
    slope = orders.steepness(spread) if several else 1.0
    return np.asarray(orders.logs(spread) - slope * orders.lines)


def _within(observed: Observed) -> float:
    """Return the variance of the logarithm of orders' worth within people."""
    paid = observed.worth
    inside = (pl.col("log") - pl.col("log").mean().over("who")).filter(pl.len().over("who") > 1)
    many = paid.select(inside.alias("log"), pl.len().over("who").filter(pl.len().over("who") > 1).alias("n"))
    return number((many["log"] ** 2 * many["n"] / (many["n"] - 1)).mean(), 0.0) if many.height else 0.25


def _between_lines(observed: Observed) -> float | None:
    """Return the spread of prices that lines of one order show; none where hardly an order has several."""
    lines = observed.bought.filter(pl.col("amount") > 0).join(observed.dear.select("kind", "dear"), on="kind")
    logs = lines.select("who", "day", log=pl.col("amount").log() - pl.col("dear").log())
    by = logs.group_by("who", "day").agg(n=pl.len() - 1, square=pl.col("log").var() * (pl.len() - 1))
    several = by.filter(pl.col("n") > 0)
    n, square = (float(several[name].cast(pl.Float64).to_numpy().sum()) for name in ("n", "square"))
    return math.sqrt(max(square / n - _VARIES**2, 0.0)) if observed.several and n else None
