"""The simulator's draws: uniform, and unrelated between neighbours in customer, day, slot and seed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import chi2, norm

from benchmarks.proof.bar import Rate
from cjlab.simulator.kernel import draw_each, draw_often_each, keys_each

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

BINS = 1_000
SUSPICIOUS = 0.01


KINDS = {"draws": draw_each, "draws of every day": draw_often_each}


class Place(NamedTuple):
    """Where a draw is made."""

    seed: int
    first: int
    day: int
    slot: int


def draws(place: Place, n: int, kind: str = "draws") -> NDArray[np.float64]:
    """Draw for ``n`` customers in a row."""
    keys, drawn = np.empty(n, np.uint64), np.empty(n)
    keys_each(np.uint64(place.seed), np.arange(place.first, place.first + n), keys)
    KINDS[kind](keys, place.day, place.slot, drawn)
    return drawn


NEIGHBOURS = {
    "customer": Place(0, 1, 0, 0),
    "day": Place(0, 0, 1, 0),
    "slot": Place(0, 0, 0, 1),
    "seed": Place(1, 0, 0, 0),
}


def uniformity(tests: int, n: int) -> Iterator[Rate]:
    """Share of suspicious chi-square tests over a thousand bins, at the top of the number and at its lowest bits."""
    for kind in KINDS:
        for what, scale in (("over the unit interval", 1), ("of what follows its first 20 bits", 2**20)):
            p = np.array([_chi_square(draws(_at(number), n, kind) * scale % 1.0) for number in range(tests)])
            yield Rate.of(f"{kind} suspicious at .01, uniformity {what}", f"{n:,} draws", p < SUSPICIOUS, SUSPICIOUS)


def neighbours(tests: int, n: int) -> Iterator[Rate]:
    """Share of suspicious correlations between each draw and that of the next customer, day, slot or seed."""
    for kind in KINDS:
        for name, step in NEIGHBOURS.items():
            p = []
            for number in range(tests):
                here = _at(number)
                there = Place(*(a + b for a, b in zip(here, step, strict=True)))
                p.append(_correlation(draws(here, n, kind), draws(there, n, kind)))
            what = f"{kind} suspicious at .01, next {name}"
            yield Rate.of(what, f"{n:,} pairs", np.array(p) < SUSPICIOUS, SUSPICIOUS)


def _at(number: int) -> Place:
    """Spread tests over seeds, customers, days and slots, small and large."""
    return Place(number % 7, 1 + 1_000_003 * number, number * 13 % 2_555, number * 101 % 6_000)


def _chi_square(numbers: NDArray[np.float64]) -> float:
    counts = np.bincount((numbers * BINS).astype(int), minlength=BINS)
    expected = len(numbers) / BINS
    return float(chi2.sf(((counts - expected) ** 2).sum() / expected, BINS - 1))


def _correlation(one: NDArray[np.float64], other: NDArray[np.float64]) -> float:
    """Test a correlation of uniform numbers: its mean is 0 and its variance 1/n."""
    z = 12 * np.mean((one - 0.5) * (other - 0.5)) * np.sqrt(len(one))
    return float(2 * norm.sf(abs(z)))
