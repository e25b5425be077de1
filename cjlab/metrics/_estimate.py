"""An estimate, its error and its interval, from what each row contributes."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab._checks import within

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.metrics._door import Codes, Floats

_ROUNDING = 1e-12  # what adding up a million parts may add


class Estimate(NamedTuple):
    """A number, how uncertain it is, and the ends of its interval.

    Parameters
    ----------
    estimate : float
        What was estimated, in its own unit.
    standard_error : float
        Its standard error, customers being drawn anew; NaN where it is not known.
    low, high : float
        Ends of its interval; NaN where they are not known.

    Examples
    --------
    >>> Estimate(0.5, 0.05, 0.4, 0.6).low
    0.4
    """

    estimate: float
    standard_error: float
    low: float
    high: float


UNKNOWN = Estimate(math.nan, math.nan, math.nan, math.nan)


class Measured(NamedTuple):
    r"""An estimate and the influence of each row on it, :math:`(n,)`, of mean zero.

    To first order the estimate is the truth plus the mean influence, so that its error is that of a mean, two scores
    on the same rows are compared by the difference of their influences, and rows of one customer add up.
    """

    estimate: float
    influence: Floats

    def minus(self, other: Measured) -> Measured:
        """Return the paired difference of two measures on the same rows."""
        return Measured(self.estimate - other.estimate, self.influence - other.influence)


def mean(values: Floats) -> Measured:
    """Measure a mean."""
    found = float(values.mean())
    return Measured(found, values - found)


def standard_error(influence: Floats, customer: Codes | None) -> float:
    """Return the error of a mean of influences, those of one customer added up first."""
    n = len(influence)
    sums = influence if customer is None else np.bincount(customer, weights=influence)
    groups = len(sums)
    if groups < 2:  # noqa: PLR2004 - one customer says nothing about another
        return math.nan
    return math.sqrt(float(sums @ sums) * groups / (groups - 1)) / n


def quantile(confidence: float) -> float:
    """Return how many standard errors an interval reaches to either side."""
    return NormalDist().inv_cdf((1 + within(confidence, 0, 1, name="confidence", open_ends=True)) / 2)


def estimated(measured: Measured, customer: Codes | None, *, confidence: float) -> Estimate:
    """Give a measure its normal interval."""
    return normal(measured.estimate, standard_error(measured.influence, customer), confidence=confidence)


def normal(estimate: float, error: float, *, confidence: float) -> Estimate:
    """Give an estimate its normal interval."""
    reach = quantile(confidence) * error
    return Estimate(float(estimate), error, float(estimate - reach), float(estimate + reach))


def bounded(estimate: float, error: float, *, rows: float, confidence: float) -> Estimate:
    """Give a share an interval between 0 and 1: normal for its logit, and Wilson's where it is 0 or 1 of some rows."""
    reach = quantile(confidence)
    end = round(estimate)
    if abs(estimate - end) < _ROUNDING:  # what is added up of many parts passes 1 by a digit
        far = rows / (rows + reach**2)
        return Estimate(float(end), error, *((far, 1.0) if end else (0.0, 1 - far)))
    odds, reach = math.log(estimate / (1 - estimate)), reach * error / (estimate * (1 - estimate))
    low, high = (1 / (1 + math.exp(-end)) for end in (odds - reach, odds + reach))
    return Estimate(float(estimate), error, low, high)


def bounds(estimates: NDArray[np.float64], errors: NDArray[np.float64], *, confidence: float) -> tuple[Floats, Floats]:
    """Return the normal ends of many estimates."""
    reach = quantile(confidence) * errors
    return estimates - reach, estimates + reach
