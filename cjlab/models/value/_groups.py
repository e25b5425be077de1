"""What groups of customers will bring, and which share of all that is, with intervals."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from cjlab.models.value._parameters import quantile

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from cjlab.models.value._forecast import Forecast

    Floats = NDArray[np.float64]
    Ends = tuple[Floats, Floats, Floats]


@dataclass(frozen=True, eq=False)
class Groups:
    """A forecast by groups: ``place`` is ``(n,)``, the group of each customer; results are ``(many,)``.

    Intervals hold how unsure the parameters are and, of sums and shares, the chance of the purchases as the models have
    it; they are NaN where the models know no finite variance.
    """

    forecast: Forecast
    place: NDArray[np.intp]
    many: int
    margin: float
    confidence: float

    @property
    def customers(self) -> NDArray[np.intp]:
        """How many customers."""
        return np.bincount(self.place, minlength=self.many)

    @cached_property
    def each(self) -> Floats:
        """What each customer will bring, ``(n,)``."""
        return np.asarray(self.margin * self.forecast.value(None))

    @property
    def unsure(self) -> Floats:
        """The variance of what each group is to bring, as far as the parameters are unsure."""
        return np.asarray(self.margin**2 * self._unsure(_sum))

    def sums(self) -> Ends:
        """Return what each group will bring."""
        spread = np.sqrt(self._unsure(_sum) + self._chance)
        return self._ends(self.margin * self._both[0], self.margin * spread)

    def shares(self) -> Ends:
        """Return which share of what all will bring comes from each group.

        The chance of a share *s* of the total *V* has the variance :math:`[(1-s)^2 v + s^2 (v_{all} - v)] / V^2`.
        """
        value, share = self._both[0], _share(*self._both)
        own, every = self._chance, self._chance.sum()
        chance = ((1 - share) ** 2 * own + share**2 * (every - own)) / value.sum() ** 2
        return self._ends(share, np.sqrt(self._unsure(_share) + chance), most=1.0)

    def purchases(self) -> Ends:
        """Return the mean margin of a purchase in each group; NaN where none is expected."""
        return self._ends(self.margin * _each(*self._both), self.margin * np.sqrt(self._unsure(_each)))

    @cached_property
    def _both(self) -> tuple[Floats, Floats]:
        return self._summed(self.forecast.purchases, self.forecast.mean)

    @cached_property
    def _chance(self) -> Floats:
        return _added(self.place, self.forecast.chance, self.many)

    def _summed(self, purchases: Floats, mean: Floats) -> tuple[Floats, Floats]:
        worth = self.forecast.worth * purchases * mean
        return _added(self.place, worth, self.many), _added(self.place, purchases, self.many)

    def _unsure(self, told: Callable[[Floats, Floats], Floats]) -> Floats:
        """Return the variance of what is told of the sums, as far as the parameters are unsure."""
        one = self.forecast

        def of_counting(theta: Floats) -> Floats:
            return told(*self._summed(one.purchases_of(theta), one.mean))

        def of_spending(theta: Floats) -> Floats:
            return told(*self._summed(one.purchases, one.mean_of(theta)))

        return np.asarray(one.counting.spread(of_counting) ** 2 + one.spending.spread(of_spending) ** 2)

    def _ends(self, estimate: Floats, spread: Floats, *, most: float = np.inf) -> Ends:
        reach = quantile(self.confidence) * np.where(np.isfinite(spread), spread, np.nan)
        return estimate, np.maximum(estimate - reach, 0.0), np.minimum(estimate + reach, most)


def _sum(value: Floats, count: Floats) -> Floats:
    del count
    return value


def _share(value: Floats, count: Floats) -> Floats:
    del count
    return np.asarray(value / value.sum())


def _each(value: Floats, count: Floats) -> Floats:
    return np.asarray(np.divide(value, count, out=np.full(len(value), np.nan), where=count > 0))


def _added(place: NDArray[np.intp], weights: Floats, many: int) -> Floats:
    return np.bincount(place, weights, minlength=many).astype(np.float64)
