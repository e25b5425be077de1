"""Estimates of groups of customers, each with its interval, as lines of a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.statistics import Sample, level

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    Ends = tuple[float, float, float]

UNKNOWN: Ends = (float("nan"), float("nan"), float("nan"))


def share(flags: ArrayLike, *, confidence: float = 0.95) -> Ends:
    """Return the share of flags that hold, and the ends of Wilson's interval; NaN of nobody."""
    held = np.asarray(flags, np.float64)
    if not held.size:
        return UNKNOWN
    found = level(Sample(held.size, float(held.mean()), 0.0), kind="share", confidence=confidence)
    return float(found[0]), float(found[1]), float(found[2])


def mean(values: ArrayLike, *, confidence: float = 0.95) -> Ends:
    """Return the mean of a value a customer, and the ends of Student's interval; NaN ends where none differs."""
    known = np.asarray(values, np.float64)
    if not known.size:
        return UNKNOWN
    spread = float(known.var(ddof=1)) if known.size > 1 else 0.0
    found = level(Sample(known.size, float(known.mean()), spread), confidence=confidence)
    return float(known.mean()), float(found[1]), float(found[2])


def mean_share(shares: ArrayLike, *, confidence: float = 0.95) -> Ends:
    r"""Return the mean of shares, and the ends of Wilson's interval of as many flags as tell as much.

    Shares between 0 and 1 that spread by :math:`s^2` about :math:`m` tell as much as :math:`n m (1 - m) / s^2` flags,
    so that the ends are shares as well. Where none differs they are taken for flags.
    """
    known = np.asarray(shares, np.float64)
    if not known.size:
        return UNKNOWN
    found, spread = float(known.mean()), float(known.var(ddof=min(1, known.size - 1)))
    flags = known.size * (found * (1 - found) / spread if spread > 0 else 1.0)
    told = level(Sample(flags, found, 0.0), kind="share", confidence=confidence)
    return found, float(told[1]), float(told[2])


def part(top: ArrayLike, bottom: ArrayLike, *, confidence: float = 0.95) -> Ends:
    r"""Return what share of a sum is that of another, and the ends of its interval by the delta method.

    Of customers with :math:`x_i` of :math:`y_i`, :math:`r = \sum x_i / \sum y_i`, and the deviation of *r* is that of
    the mean of :math:`(x_i - r y_i) / \bar y`; the ends are cut at 0 and 1 where every :math:`0 \le x_i \le y_i`.
    """
    some, whole = np.asarray(top, np.float64), np.asarray(bottom, np.float64)
    if not whole.size or whole.sum() <= 0:
        return UNKNOWN
    rate = float(some.sum() / whole.sum())
    _, low, high = mean((some - rate * whole) / whole.mean(), confidence=confidence)
    if np.all((some >= 0) & (some <= whole)):
        return rate, float(np.maximum(0.0, rate + low)), float(np.minimum(1.0, rate + high))
    return rate, rate + low, rate + high
