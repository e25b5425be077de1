"""Who reads a customer's gaps and is told how laws are spread over all customers: no shrinkage can do better."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from scipy.special import gammaincc, gammaln

from cjlab.features.rhythm._departure import QUARTER, WITHIN
from cjlab.features.rhythm._quarter import Watched

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.features.rhythm._habit import Gaps, Prior

    Floats = NDArray[np.float64]

MEANS, SHAPES = 10, 7


class Laws(NamedTuple):
    """Laws that customers have, each as often as another: mean in days, and shape, ``(laws,)``."""

    mean: Floats
    shape: Floats

    @classmethod
    def spread(cls, days: tuple[float, float], shapes: tuple[float, float]) -> Laws:
        """Return a lattice over a band of means and of shapes."""
        mean, shape = np.meshgrid(_middles(*days, MEANS), _middles(*shapes, SHAPES))
        return cls(mean.ravel(), shape.ravel())

    def weights(self, gaps: Gaps) -> Floats:
        """Return how probable each law is of each customer, ``(n, laws)``."""
        n, total, logs = (one[:, None] for one in gaps)
        k, rate = self.shape, self.shape / self.mean
        height = n * (k * np.log(rate) - gammaln(k)) + (k - 1.0) * logs - rate * total
        mass = np.exp(height - height.max(axis=1, keepdims=True))
        weights: Floats = mass / mass.sum(axis=1, keepdims=True)
        return weights


class Reading(NamedTuple):
    """What is known of customers: the weight of each law; ``late`` is what a stop is worth that is found late."""

    laws: Laws
    weights: Floats
    late: float

    def only(self, which: NDArray[np.bool_]) -> Reading:
        """Return some customers."""
        return Reading(self.laws, self.weights[which], self.late)

    def stopped(self, silence: Floats) -> Floats:
        """Return what finding a stop costs, as ``RhythmChange`` defines it, by sums over laws."""
        due = WITHIN - 0.5
        days = np.maximum(silence - due, 0.0)
        k, rate = self.laws.shape, self.laws.shape / self.laws.mean
        mean = self._over(gammaincc(k + 1.0, rate * days[:, None]))
        found = np.where(silence >= due, mean - days * self._false(days), 0.0)
        then = np.where(silence >= due, self._false(np.full(len(silence), due)), np.inf)
        return QUARTER * np.minimum(self._false(silence) / (self.late + (1.0 - self.late) * found), then)

    def slower(self, silence: Floats) -> Floats:
        """Return nothing: it is not what is asked."""
        return np.full(len(silence), np.nan)

    def faster(self) -> Floats:
        """Return nothing: it is not what is asked."""
        return np.full(len(self.weights), np.nan)

    def _false(self, silence: Floats) -> Floats:
        mean, k = self.laws
        return self._over(gammaincc(k, k / mean * silence[:, None]) / mean)

    def _over(self, each: Floats) -> Floats:
        whole: Floats = (self.weights * each).sum(axis=1)
        return whole


class Days(NamedTuple):
    """What a rule of a fixed number of days reads: nothing of a customer."""

    customers: int

    def only(self, which: NDArray[np.bool_]) -> Days:
        """Return some customers."""
        return Days(int(which.sum()))

    def stopped(self, silence: Floats) -> Floats:
        """Return what falls with silence."""
        return 1.0 / np.maximum(silence, 0.1)

    def slower(self, silence: Floats) -> Floats:
        """Return nothing: it is not what is asked."""
        return np.full(len(silence), np.nan)

    def faster(self) -> Floats:
        """Return nothing: it is not what is asked."""
        return np.full(self.customers, np.nan)


@dataclass(eq=False)
class Told(Watched):
    """Customers who are watched by one who is told how laws are spread, or who counts days where he is told of none."""

    laws: Laws | None = None
    late: float = 1.0

    def now(self, prior: Prior) -> Any:  # noqa: ANN401 - read as a past is
        """Return what is known of them now."""
        del prior
        if self.laws is None:
            return Days(len(self.age))
        return Reading(self.laws, self.laws.weights(self.gaps), self.late)


def _middles(low: float, high: float, n: int) -> Floats:
    return np.unique(low + (np.arange(n) + 0.5) / n * (high - low))
