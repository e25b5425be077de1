"""How far said and happened lie apart on average, when chance alone would set them apart too."""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from cjlab.metrics._estimate import Estimate, quantile

if TYPE_CHECKING:
    from cjlab.metrics._door import Floats

_HALVINGS = 60
_FURTHEST = 1e6


def distance(gap: Floats, error: Floats, weight: Floats, *, confidence: float) -> Estimate:
    r"""Estimate :math:`\sum_b w_b |\delta_b|` from gaps that err around :math:`\delta_b` by their standard errors.

    The sum of the absolute gaps as they are is too large by what chance adds. Instead: were the true gaps *c* times
    those seen, the sum would have mean :math:`m(c)` and variance :math:`v(c)`, those of sums of folded normal numbers.
    The estimate belongs to the *c* at which the sum seen is the one expected; the ends of the interval to those at
    which it would be too far out, above and below; 0 where it never is.
    """
    seen, reach = float(weight @ np.abs(gap)), quantile(confidence)
    found = [seen * _scale(gap, error, weight, seen, shift) for shift in (0.0, reach, -reach)]
    mean, spread = _folded(gap, error, weight)
    del mean
    return Estimate(found[0], spread, found[1], found[2])


def _scale(gap: Floats, error: Floats, weight: Floats, seen: float, shift: float) -> float:
    """Find the multiple of the gaps at which what was seen lies ``shift`` standard errors above its mean."""

    def beyond(scale: float) -> float:
        mean, spread = _folded(scale * gap, error, weight)
        return mean + shift * spread - seen

    low, high = 0.0, 1.0
    if beyond(0.0) >= 0 or seen == 0:
        return 0.0
    while beyond(high) < 0 and high < _FURTHEST:
        high *= 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if beyond(middle) < 0 else (low, middle)
    return (low + high) / 2


def _folded(gap: Floats, error: Floats, weight: Floats) -> tuple[float, float]:
    r"""Return mean and standard deviation of :math:`\sum_b w_b |N(\delta_b, \sigma_b)|`."""
    sure = np.where(error > 0, error, 1.0)
    ratio = np.abs(gap) / sure
    density = np.exp(-(ratio**2) / 2) * np.sqrt(2 / np.pi)
    inside = np.array([2 * NormalDist().cdf(one) - 1 for one in ratio])
    mean = np.where(error > 0, sure * (density + ratio * inside), np.abs(gap))
    variance = np.maximum(gap**2 + error**2 - mean**2, 0)
    return float(weight @ mean), float(np.sqrt(weight**2 @ variance))
