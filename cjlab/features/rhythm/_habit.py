"""The law of a customer's gaps, as far as his own gaps and those of people like him tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import betainc, gammaln

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_Z = np.linspace(-3.0, 3.0, 25)
_NODES, _WEIGHTS = (
    np.array([-(3**0.5), 0.0, 3**0.5]),
    np.array([1 / 6, 2 / 3, 1 / 6]),
)  # Gauss and Hermite, three points
_AT_ONCE = 1 << 15


class Prior(NamedTuple):
    """What is known of people's gaps before any of his is seen; see :class:`Rhythm` for the fields."""

    mean: float
    strength: float
    shape: float
    spread: float
    dropout: float

    @property
    def days(self) -> float:
        """The rate at which 1/mean is gamma with ``strength``, so that the mean gap is expected to be ``mean``."""
        return self.mean * (self.strength - 1.0)


class Gaps(NamedTuple):
    """Gaps that ended: how many, their sum in days, and the sum of their logarithms, ``(n,)`` each."""

    n: Floats
    total: Floats
    logs: Floats


class Habit(NamedTuple):
    """The predictive law of the next gap: three gamma laws, the mean of each with a law of its own.

    ``shapes`` are the three, ``(n, 3)``; 1/mean is gamma with shape ``seen`` and rate ``days``, ``(n, 3)`` each.
    """

    shapes: Floats
    seen: Floats
    days: Floats

    @property
    def shape(self) -> Floats:
        """The shape in the middle."""
        return self.shapes[:, 1]

    @property
    def mean(self) -> Floats:
        """The expected mean gap in days, at the shape in the middle."""
        return self.days[:, 1] / (self.seen[:, 1] - 1.0)

    def tail(self, silence: Floats) -> Floats:
        """Return how probable it is that a gap lasts longer."""
        return _weighed(np.asarray(betainc(self.seen, self.shapes, self._below(silence)), np.float64), _WEIGHTS)

    def rate(self, silence: Floats) -> Floats:
        """Return how many longer gaps a day there are: of (gap longer) / (mean gap) the expectation."""
        longer = betainc(self.seen + 1.0, self.shapes, self._below(silence))
        return _weighed(np.asarray(self.seen / self.days * longer, np.float64), _WEIGHTS)

    def older(self, days: Floats) -> Floats:
        """Return how probable it is that at a moment that has nothing to do with him his last is longer ago."""
        below = self._below(days)
        longer = self.seen / self.days * betainc(self.seen + 1.0, self.shapes, below)
        whole: Floats = betainc(self.seen, self.shapes + 1.0, below) - days[:, None] * longer
        return np.clip(_weighed(whole, _WEIGHTS), 0.0, 1.0)

    def remaining(self, silence: Floats) -> Floats:
        """Return how many days of a gap are expected to be left, given that it has lasted so long."""
        whole: Floats = (
            self.days / (self.seen - 1.0) * betainc(self.seen - 1.0, self.shapes + 1.0, self._below(silence))
        )
        return _weighed(whole, _WEIGHTS) / self.tail(silence) - silence

    def _below(self, silence: Floats) -> Floats:
        return self.days / (self.days + self.shapes * silence[:, None])


def habit(prior: Prior, gaps: Gaps) -> Habit:
    """Return each customer's law, shrunken to the prior."""
    parts = range(0, len(gaps.n), _AT_ONCE)
    made = [_shapes(prior, Gaps(*(one[begin : begin + _AT_ONCE] for one in gaps))) for begin in parts]
    shapes = np.concatenate(made) if made else np.empty((0, 3))
    seen = prior.strength + gaps.n[:, None] * shapes
    return Habit(shapes, seen, prior.days + shapes * gaps.total[:, None])


def likelihood(prior: Prior, gaps: Gaps, shapes: Floats) -> Floats:
    """Return the logarithm of how likely the gaps are at each shape, their mean left open: ``(n, shapes)``."""
    n, total, logs = (one[:, None] for one in gaps)
    a, b = prior.strength, prior.days
    each = n * (shapes * np.log(shapes) - gammaln(shapes)) + (shapes - 1.0) * logs
    whole: Floats = each + gammaln(a + n * shapes) - gammaln(a)
    whole += a * np.log(b) - (a + n * shapes) * np.log(b + shapes * total)
    return whole


def grid(prior: Prior, z: Floats = _Z) -> tuple[Floats, Floats]:
    """Return shapes that stand for the prior's, and the weight of each."""
    weights = np.exp(-(z**2) / 2)
    return prior.shape * np.exp(prior.spread * z), weights / weights.sum()


def _shapes(prior: Prior, gaps: Gaps) -> Floats:
    """Return three shapes that stand for a customer's: the logarithm of his is taken to be normal."""
    shapes, weights = grid(prior)
    height = likelihood(prior, gaps, shapes)
    height -= height.max(axis=1, keepdims=True)
    mass = np.exp(height) * weights
    whole, logs = _weighed(mass, np.ones(len(shapes))), np.log(shapes)
    middle = _weighed(mass, logs) / whole
    spread = np.sqrt(np.maximum(_weighed(mass, logs**2) / whole - middle**2, 0.0))
    made: Floats = np.exp(middle[:, None] + spread[:, None] * _NODES)
    return made


def _weighed(lines: Floats, weights: Floats) -> Floats:
    """Return the weighted sum of each line, added from left to right: a product of matrices depends on how many."""
    found: Floats = lines[:, 0] * weights[0]
    for place in range(1, len(weights)):
        found += lines[:, place] * weights[place]
    return found
