"""How many lines orders have: on average, from person to person, and from one order to the next."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from cjlab.simulator.fitting._estimate import Estimate, assumed, mean
from cjlab.simulator.kernel import MOST_LINES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator.fitting._observed import Observed

    Floats = NDArray[np.float64]

_LEAST_FURTHER = 0.2  # lines on average, below which their number is mostly one and tells no law
_PLAIN = 0.1  # off the exponential law by less, that law is kept
_CHANCE = 0.001  # of differences from person to person that are none
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(24)


@dataclass(frozen=True)
class Lines:
    """The law of lines of an order.

    A person's order has one line and the whole part of :math:`m f E^u` further ones, with *m* the ``size``, *f*
    lognormal from person to person with mean 1 and ``spread``, *E* exponential, *u* ``uneven``.

    Parameters
    ----------
    size, spread, uneven : float
        Its numbers.
    estimates : tuple of Estimate
        They, with what is known of them.
    notes : tuple of str
        What it cannot show.
    """

    size: float
    spread: float
    uneven: float
    estimates: tuple[Estimate, ...] = ()
    notes: tuple[str, ...] = ()

    def drawn(self, rng: np.random.Generator, count: int) -> NDArray[np.int64]:
        """Draw lines of orders of different people."""
        own = np.exp(self.spread * rng.normal(size=count) - self.spread**2 / 2)
        drawn = 1 + (self.size * own * rng.exponential(size=count) ** self.uneven).astype(np.int64)
        return np.asarray(np.minimum(drawn, MOST_LINES))


class Moments(NamedTuple):
    """Further lines on average; variances of the root of lines within and between people."""

    further: float
    within: float
    between: float


def lines_of(observed: Observed) -> Lines:
    """Estimate the law of lines: by its mean, and by how the root of lines varies within and between people."""
    every = observed.orders["lines"].to_numpy()
    cut = observed.orders.select("who", lines=pl.min_horizontal("lines", pl.lit(MOST_LINES)).cast(pl.Float64))
    found = mean(
        "trade.lines", cut["lines"].to_numpy() - 1.0, f"lines of an order of one day, those beyond {MOST_LINES} cut"
    )
    uneven, spread = _shape(cut, found.estimate)
    ends = [further(value, uneven=uneven, spread=spread) for value in (found.estimate, found.low, found.high)]
    estimates = (
        Estimate(found.name, ends[0], ends[1], ends[2], found.n, found.how),
        assumed("trade.lines_spread", spread, "what differs in lines between people beyond chance"),
        assumed("trade.lines_uneven", uneven, "what differs in lines between a person's orders"),
    )
    return Lines(ends[0], spread, uneven, estimates, _long(every))


def further(value: float, *, uneven: float = 1.0, spread: float = 0.0) -> float:
    """Return the size under which orders have so many further lines on average, those that are cut counted as cut."""
    from scipy.optimize import brentq

    low, high = 1e-3, 1e3

    def gap(size: float) -> float:
        return moments(size, uneven, spread).further - value

    return low if gap(low) >= 0 else high if gap(high) <= 0 else float(brentq(gap, low, high))


def moments(size: float, uneven: float, spread: float) -> Moments:
    """Return the moments of the law: sums over lines, and a quadrature over people."""
    weights = _WEIGHTS / _WEIGHTS.sum()
    own = size * np.exp(spread * _NODES - spread**2 / 2)
    places = np.arange(1, MOST_LINES)
    beyond = np.exp(-np.minimum((places / own[:, None]) ** (1 / uneven), 700.0))
    law = np.column_stack([np.ones(len(own)), beyond]) - np.column_stack([beyond, np.zeros(len(own))])
    roots = np.sqrt(np.arange(1, MOST_LINES + 1))
    middle = law @ roots
    within = law @ roots**2 - middle**2
    return Moments(
        float(weights @ beyond.sum(axis=1)),
        float(weights @ within),
        float(weights @ middle**2 - (weights @ middle) ** 2),
    )


def _shape(cut: pl.DataFrame, value: float) -> tuple[float, float]:
    """Return ``uneven`` and ``spread``: those of the exponential law where the log does not speak against it."""
    from scipy.optimize import least_squares

    within, between, chance = _variances(cut)
    if value < _LEAST_FURTHER or within <= 0:
        return 1.0, 0.0
    differ = chance < _CHANCE and between > 0

    def miss(at: Floats, *, plain: bool) -> Floats:
        uneven, spread = 1.0 if plain else at[0], at[1] if differ else 0.0
        made = moments(further(value, uneven=uneven, spread=spread), uneven, spread)
        apart = np.array([made.within - within, made.between - between]) / within
        return apart if differ else apart[:1]

    bounds = ([0.2, 0.0], [2.0, 2.0])
    found = least_squares(miss, [1.0, 0.3], bounds=bounds, kwargs={"plain": False}).x
    if abs(found[0] - 1.0) < _PLAIN:
        found = least_squares(miss, [1.0, found[1]], bounds=bounds, kwargs={"plain": True}).x
        found[0] = 1.0
    return float(found[0]), float(found[1]) if differ else 0.0


def _variances(cut: pl.DataFrame) -> tuple[float, float, float]:
    """Return variances of the root of lines within and between people, and how likely the latter is chance (F)."""
    from scipy.stats import f

    by = cut.group_by("who").agg(n=pl.len(), middle=pl.col("lines").sqrt().mean(), square=pl.col("lines").sqrt().var())
    n, middle = by["n"].to_numpy().astype(float), by["middle"].to_numpy()
    people, orders = len(n), n.sum()
    if people < 2 or orders <= people:  # noqa: PLR2004 - a variance needs two
        return 0.0, 0.0, 1.0
    within = float((by["square"].fill_null(0.0).to_numpy() * (n - 1)).sum() / (orders - people))
    across = float((n * (middle - (n @ middle) / orders) ** 2).sum() / (people - 1))
    each = (orders - (n**2).sum() / orders) / (people - 1)
    chance = float(f.sf(across / within, people - 1, orders - people)) if within > 0 else 1.0
    return within, max((across - within) / each, 0.0), chance


def _long(lines: NDArray[np.integer]) -> tuple[str, ...]:
    long = float((lines > MOST_LINES).mean())
    if long < 0.05:  # noqa: PLR2004 - a few long orders change little
        return ()
    return (
        (
            f"{long:.0%} of orders have more than {MOST_LINES} lines, the most that a simulated one can have: lines are"
            " cut, and prices raised so that order values hold"
        ),
    )
