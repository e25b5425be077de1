"""How far latest gaps, and the silence now, stand apart from a customer's own law of gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy.special import betainc

from cjlab.features.rhythm._habit import Gaps, Habit, Prior, habit

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

QUARTER: Final = 91.0
WITHIN: Final = 42.0
"""In how many days of a stop it is to be found: six weeks."""
LATE: Final = 0.005
"""What it is worth to find a stop later than that, of finding it in time."""
LATEST: Final = (1, 2, 3, 5)
"""How many of the latest gaps are set against those before them."""
EARLIER: Final = 3
"""The fewest gaps before them."""


class Departure(NamedTuple):
    """How far customers are from their rhythm, the less the farther, ``(n,)`` each.

    ``stopped`` is in false alarms a quarter for each stop that is found; the others are how often in a quarter a
    customer whose rhythm is as it was would be as far from it.
    """

    stopped: Floats
    slower: Floats
    faster: Floats


class Past(NamedTuple):
    """What is read of a customer: his gaps, his law, and his latest gaps, latest first, ``(n, 5)``."""

    gaps: Gaps
    law: Habit
    latest: Floats
    prior: Prior

    def only(self, which: NDArray[np.bool_]) -> Past:
        """Return some customers."""
        gaps, law = Gaps(*(one[which] for one in self.gaps)), Habit(*(one[which] for one in self.law))
        return Past(gaps, law, self.latest[which], self.prior)

    def stopped(self, silence: Floats) -> Floats:
        """Return what finding a stop of his costs by an alarm at a silence, or at the end of six weeks of it."""
        due = WITHIN - 0.5  # days are whole, and half of one is the middle
        late = silence >= due
        found = np.where(late, self.law.older(np.maximum(silence - due, 0.0)), 0.0)
        now = self.law.rate(silence) / (LATE + (1.0 - LATE) * found)
        then = np.where(late, self.law.rate(np.full(len(silence), due)), np.inf)
        return QUARTER * np.minimum(now, then)

    def slower(self, silence: Floats) -> Floats:
        """Return the least of all sets of latest gaps: how often they and the silence last so long."""

        def later(latest: int, total: Floats, seen: Floats, days: Floats) -> Floats:
            passed = self.law.shape * (total + silence)
            return np.asarray(betainc(seen, (latest + 1) * self.law.shape, days / (days + passed)), np.float64)

        return self._least(later)

    def faster(self) -> Floats:
        """Return the least of all sets of latest gaps: how often they are over so soon."""

        def sooner(latest: int, total: Floats, seen: Floats, days: Floats) -> Floats:
            passed = self.law.shape * total
            return np.asarray(betainc(latest * self.law.shape, seen, passed / (days + passed)), np.float64)

        return self._least(sooner)

    def _least(self, probability: Callable[[int, Floats, Floats, Floats], Floats]) -> Floats:
        found = np.full(len(self.gaps.n), np.nan)
        for latest in LATEST:
            before = self.gaps.n - latest
            total = self.latest[:, :latest].sum(axis=1)
            seen = self.prior.strength + before * self.law.shape
            days = self.prior.days + self.law.shape * (self.gaps.total - total)
            chance = np.where(before >= EARLIER, probability(latest, total, seen, days), np.nan)
            found = np.fmin(found, chance)
        often: Floats = QUARTER / self.law.mean * found
        return often


def past(prior: Prior, gaps: Gaps, latest: Floats) -> Past:
    """Return what is read of customers."""
    return Past(gaps, habit(prior, gaps), latest, prior)


def departure(of: Past, silence: Floats) -> Departure:
    """Return how far customers are from their rhythm after a silence, in days."""
    return Departure(of.stopped(silence), of.slower(silence), of.faster())


def first_day(measure: Callable[[Floats], Floats], silence: Floats, threshold: float) -> Floats:
    """Return the first whole day of silence on which a falling measure is no more than a threshold.

    It is so on the last day, ``silence``.
    """
    low, high = np.full(len(silence), -1.0), silence.copy()
    while np.any(apart := high - low > 1.0):
        middle = np.floor((low + high) / 2.0)
        there = measure(np.maximum(middle - 0.5, 0.0)) <= threshold
        low, high = np.where(apart & ~there, middle, low), np.where(apart & there, middle, high)
    return high
