"""How far said and happened lie apart on average, when chance alone would set them apart too."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from cjlab.metrics._estimate import Estimate, quantile

if TYPE_CHECKING:
    from cjlab.metrics._door import Floats

_HALVINGS = 60
_FURTHEST = 1e9


def distance(gap: Floats, error: Floats, weight: Floats, *, confidence: float) -> Estimate:
    r"""Estimate :math:`\sum_b w_b |\delta_b|` from gaps that err around :math:`\delta_b` by their standard errors.

    The sum of the absolute gaps as they are is too large by what chance adds. Were the true gaps some :math:`\delta`,
    it would have the moments of a sum of folded normal numbers. The estimate and the high end are the sums at which
    what was seen is the mean, and surprisingly small, of gaps that are alike in standard errors: to those chance adds
    least among all of one sum, the folded mean being convex. The low end is the sum at which what was seen would be
    surprisingly large, of gaps as uneven as those seen, to which chance adds more.
    """
    sure = error <= 0  # a bin in which nothing varies says exactly what it says
    seen, reach = float(weight @ np.abs(gap)), quantile(confidence)
    alike = np.where(sure, np.abs(gap), error)
    if sure.all() or seen == 0:
        return Estimate(seen, 0.0, seen, seen)
    (low, _), (estimate, spread), (high, _) = (
        _inverted(shape, error, weight, seen, beyond) for shape, beyond in ((gap, reach), (alike, 0.0), (alike, -reach))
    )
    return Estimate(estimate, spread, low, high)


def _inverted(shape: Floats, error: Floats, weight: Floats, seen: float, reach: float) -> tuple[float, float]:
    """Return the sum, and its spread, of the multiple of a shape at whose quantile lies what was seen; 0 if it is less.

    ``reach`` is the quantile's, in standard normal numbers.
    """
    low, high = 0.0, 1.0
    if _quantile(0 * shape, error, weight, reach) >= seen:
        return 0.0, math.sqrt(_moments(0 * shape, error, weight)[1])
    while _quantile(high * shape, error, weight, reach) < seen and high < _FURTHEST:
        high *= 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        below = _quantile(middle * shape, error, weight, reach) < seen
        low, high = (middle, high) if below else (low, middle)
    return high * float(weight @ np.abs(shape)), math.sqrt(_moments(high * shape, error, weight)[1])


def _quantile(gap: Floats, error: Floats, weight: Floats, reach: float) -> float:
    """Return a quantile of the sum, by the expansion of Cornish and Fisher to the third moment."""
    mean, variance, third = _moments(gap, error, weight)
    return mean + math.sqrt(variance) * reach + (reach**2 - 1) * third / variance / 6 * (reach != 0)


def _moments(gap: Floats, error: Floats, weight: Floats) -> tuple[float, float, float]:
    r"""Return the mean, the variance and the third central moment of :math:`\sum_b w_b |N(\delta_b, \sigma_b)|`."""
    sure = error <= 0
    scale = np.where(sure, 1.0, error)
    ratio = np.abs(gap) / scale
    density = np.exp(-(ratio**2) / 2) * math.sqrt(2 / math.pi)
    inside = np.array([math.erf(one) for one in ratio / math.sqrt(2)])
    mean = np.where(sure, ratio, density + ratio * inside)
    variance = np.where(sure, 0.0, 1 + ratio**2 - mean**2)
    third = np.where(
        sure, 0.0, density * (ratio**2 + 2) + ratio * (ratio**2 + 3) * inside - 3 * mean * variance - mean**3
    )
    scaled = weight * scale
    return float(scaled @ mean), float(scaled**2 @ variance), float(scaled**3 @ third)
