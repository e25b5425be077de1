"""Rates shrunken to those of people like him: the beta-binomial law."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STRONGEST, _HALF = 1e4, 0.5


class Prior(NamedTuple):
    """A beta law: its mean, and its strength in messages."""

    mean: float
    strength: float


def shrunken(sent: NDArray[np.float64], answered: NDArray[np.float64], prior: Prior) -> NDArray[np.float64]:
    """Return the mean of the posterior."""
    return (prior.mean * prior.strength + np.minimum(answered, sent)) / (prior.strength + sent)


def end(sent: NDArray[np.float64], answered: NDArray[np.float64], prior: Prior, *, share: float) -> NDArray[np.float64]:
    """Return the quantile of the posterior.

    Where nothing was answered the low end is 0, where everything was the high end is 1, and the other end has the whole
    tail beyond it. The rate itself is never outside.
    """
    from scipy.special import betaincinv

    pairs, places = np.unique(np.column_stack([sent, np.minimum(answered, sent)]), axis=0, return_inverse=True)
    a, b = prior.mean * prior.strength + pairs[:, 1], (1 - prior.mean) * prior.strength + pairs[:, 0] - pairs[:, 1]
    never, always = (pairs[:, 1] == 0) & (pairs[:, 0] > 0), (pairs[:, 1] == pairs[:, 0]) & (pairs[:, 0] > 0)
    low = share < _HALF
    both = 2.0 * share if low else 2.0 * share - 1.0
    quantile = betaincinv(a, b, np.where(always if low else never, both, share))
    found = np.where(never & low, 0.0, np.where(always & (not low), 1.0, quantile))
    inside = (np.minimum if low else np.maximum)(found, shrunken(pairs[:, 0], pairs[:, 1], prior))
    return np.asarray(inside[places.ravel()])


def likeliest(sent: NDArray[np.float64], answered: NDArray[np.float64]) -> Prior:
    """Return the prior under which the counts are likeliest (beta-binomial); (0.5, 2) where there are none."""
    from scipy.optimize import minimize
    from scipy.special import betaln, expit, logit

    pairs, times = np.unique(np.column_stack([sent, np.minimum(answered, sent)]), axis=0, return_counts=True)
    pairs, times = pairs[pairs[:, 0] > 0], times[pairs[:, 0] > 0]
    if not len(pairs):
        return Prior(0.5, 2.0)
    n, r = pairs.T

    def surprise(said: NDArray[np.float64]) -> float:
        mean, strength = expit(said[0]), np.exp(said[1])
        a, b = mean * strength, (1 - mean) * strength
        return -float(times @ (betaln(a + r, b + n - r) - betaln(a, b)))

    start = (times @ r + 0.5) / (times @ n + 1.0)
    ends = [(-10.0, 10.0), (np.log(0.05), np.log(_STRONGEST))]
    found = minimize(surprise, [logit(start), np.log(4.0)], bounds=ends, method="L-BFGS-B").x
    return Prior(float(expit(found[0])), float(np.exp(found[1])))
