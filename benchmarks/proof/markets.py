"""Customers to draw: rates, log-normal spend with a past, and spend resampled from the real test.

Each market draws ``replays`` independent tests of two arms and reduces every arm to what the statistics take. The
treated arm's metric is multiplied by ``1 + lift``. Draws are keyed by (market, chunk): seeds are 0 … n − 1.
"""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from cjlab.statistics import Joint, Sample

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CHUNK = 250


class Drawn(NamedTuple):
    """One arm in many replays: its metric, the metric with its past, and the metric over a second one."""

    metric: Sample
    with_past: Joint
    over_orders: Joint


def sample(values: Floats) -> Sample:
    """Reduce ``(replays, customers)`` with NaN for what is not known."""
    known = ~np.isnan(values)
    n = known.sum(axis=1)
    mean = np.where(known, values, 0.0).sum(axis=1) / n
    squares = np.where(known, values - mean[:, None], 0.0) ** 2
    return Sample(n, mean, squares.sum(axis=1) / (n - 1))


def joint(y: Floats, x: Floats) -> Joint:
    """Reduce two ``(replays, customers)`` of the same customers to their moments."""
    n, mean_y, mean_x = y.shape[1], y.mean(axis=1), x.mean(axis=1)
    off_y, off_x = y - mean_y[:, None], x - mean_x[:, None]
    squares = [
        np.einsum("rc,rc->r", one, other) / (n - 1) for one, other in ((off_y, off_y), (off_x, off_x), (off_y, off_x))
    ]
    return Joint(np.full(len(y), n), mean_y, mean_x, *squares)


class _Market(ABC):
    """What draws tests of two arms."""

    __slots__ = ()
    key: int

    def arms(self, replays: int, lift: float) -> Iterator[tuple[Drawn, Drawn]]:
        """Draw treated and control, chunk by chunk."""
        for chunk in range(-(-replays // CHUNK)):
            draw = np.random.default_rng([self.key, chunk])
            yield self._arm(draw, 1 + lift), self._arm(draw, 1.0)

    @abstractmethod
    def _arm(self, draw: np.random.Generator, factor: float) -> Drawn:
        """Draw an arm of a chunk of tests."""


@dataclass(frozen=True, slots=True)
class LogNormal(_Market):
    """Spend exp(Z), its past exp(0.7 Z + 0.71 Z'), and orders 1 + Poisson(spend)."""

    name: str = "log-normal spend"
    customers: int = 2_000
    key: int = 1
    missing: float = 0.0

    def mean(self) -> float:
        """Return the mean spend of the control."""
        return float(np.exp(0.5))

    def ratio(self) -> float:
        """Return the control's spend per order."""
        return self.mean() / (1 + self.mean())

    def _arm(self, draw: np.random.Generator, factor: float) -> Drawn:
        shape = (CHUNK, self.customers)
        habit = draw.standard_normal(shape)
        spend = np.exp(habit)
        past = np.exp(0.7 * habit + np.sqrt(1 - 0.7**2) * draw.standard_normal(shape))
        orders = 1.0 + draw.poisson(spend)
        seen = np.where(draw.random(shape) < self.missing, np.nan, spend) if self.missing else spend
        return Drawn(sample(factor * seen), joint(factor * spend, past), joint(factor * spend, orders))


@dataclass(frozen=True, slots=True)
class Resampled(_Market):
    """Spend of the real test's control, drawn with replacement, with what each had spent the year before."""

    spend: Floats
    history: Floats
    customers: int = 2_000
    key: int = 2
    name: str = "Hillstrom's spend"

    def mean(self) -> float:
        """Return the mean spend of the file's control."""
        return float(self.spend.mean())

    def _arm(self, draw: np.random.Generator, factor: float) -> Drawn:
        chosen = draw.integers(0, len(self.spend), (CHUNK, self.customers), dtype=np.int32)
        spend = self.spend[chosen]
        both = joint(factor * spend, self.history[chosen])
        return Drawn(sample(factor * spend), both, both)

    def thinned(self, replays: int, lift: float, customers: int) -> tuple[Sample, Sample]:
        """Draw two arms of any size quickly: how many bought, and what they spent."""
        draw = np.random.default_rng([self.key, customers])
        return self._thinned(draw, replays, customers, 1 + lift), self._thinned(draw, replays, customers, 1.0)

    def _thinned(self, draw: np.random.Generator, replays: int, customers: int, factor: float) -> Sample:
        bought = self.spend[self.spend > 0]
        buyers = draw.binomial(customers, len(bought) / len(self.spend), replays)
        spent = bought[draw.integers(0, len(bought), buyers.sum())] * factor
        owner = np.repeat(np.arange(replays), buyers)
        total = np.bincount(owner, spent, replays)
        squares = np.bincount(owner, spent**2, replays) - total**2 / customers
        return Sample(np.full(replays, customers), total / customers, squares / (customers - 1))


def rates(share: float, customers: int, replays: int, lift: float, *, key: int = 3) -> tuple[Sample, Sample]:
    """Draw two arms of yes-or-no outcomes."""
    draw = np.random.default_rng([key, customers])
    treated, control = (draw.binomial(customers, share * factor, replays) / customers for factor in (1 + lift, 1.0))
    count = np.full(replays, customers)
    spread = customers / (customers - 1)
    return (
        Sample(count, treated, treated * (1 - treated) * spread),
        Sample(count, control, control * (1 - control) * spread),
    )


def real_market() -> Resampled | None:
    """Return the control of the real test, or None where its file is not at hand."""
    from cjlab.datasets import at_hand

    folder = at_hand("hillstrom")
    if folder is None:
        sys.stderr.write("the Hillstrom file is not at hand: its cells are left as they were\n")
        return None
    file = pl.read_csv(folder / "hillstrom.csv", schema_overrides={"spend": pl.Float64})
    control = file.filter(pl.col("segment") == "No E-Mail")
    return Resampled(control["spend"].to_numpy(), control["history"].to_numpy())
