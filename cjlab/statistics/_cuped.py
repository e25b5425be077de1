"""Means of two arms, adjusted by what was known of the customers beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from cjlab.statistics._comparison import Comparison, Contrast, conclude, pooled_df
from cjlab.statistics._samples import floats

if TYPE_CHECKING:
    from cjlab.statistics._samples import Floats, Given, Joint

    _Weights: TypeAlias = tuple[Given, Given]


def cuped(treated: Joint, control: Joint, *, null: float = 0.0, confidence: float = 0.95) -> Comparison:
    r"""Difference of two means of y, less what x from before the test explains.

    Each arm's mean becomes :math:`\bar y_a - \theta (\bar x_a - \bar x)`, with the mean :math:`\bar x` of both arms
    together and the slope within arms, pooled over them,
    :math:`\theta = \sum (n_a - 1) s_{xy,a} / \sum (n_a - 1) s_{x,a}^2`
    (Deng, Xu, Kohavi & Walker 2013, doi:10.1145/2433396.2433413). So the estimate is the coefficient of the arm in a
    regression of y on arm and x, and its variance lets each arm vary in its own way, as Welch's t does.

    The relative interval is by the full delta method: the adjusted levels share :math:`\bar x` and hence covary, and
    the four means enter with all their variances and covariances. It holds every ratio that this variance does not
    rule out (Fieller 1954). The error of :math:`\theta` moves both by less than one part in n.

    Parameters
    ----------
    treated, control : Joint
        Joint samples of the metric ``y`` and the covariate ``x``, one row a customer.
    null : float, default: 0.0
        Difference under the null hypothesis, in the metric's unit.
    confidence : float, default: 0.95
        Of both intervals, above 0 and below 1.

    Returns
    -------
    Comparison
        ``treated`` and ``control`` are the adjusted means. Where x is constant nothing is adjusted.

    Raises
    ------
    SpecError
        When ``confidence`` or ``null`` is no such number.

    Examples
    --------
    >>> import cjlab as cj
    >>> one = cj.statistics.Joint(2000, 6.0, 2.1, 9.0, 4.0, 3.0)
    >>> two = cj.statistics.Joint(2000, 5.0, 1.9, 9.0, 4.0, 3.0)
    >>> comparison = cj.statistics.cuped(one, two)  # the slope is 0.75, and takes 0.15 away
    >>> round(float(comparison.estimate), 12), round(float(comparison.control), 12)
    (0.85, 5.075)
    """
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return conclude(_adjusted(treated, control), null=null, confidence=confidence)


def _adjusted(treated: Joint, control: Joint) -> Contrast:
    n1, y1, x1, *_ = floats(treated)
    n0, y0, x0, *_ = floats(control)
    slope = _slope(treated, control)
    gap, share = x1 - x0, n1 / (n1 + n0)
    # the difference and the control's level as weights of the means of y and x in an arm
    difference = (1.0, -slope), (-1.0, slope)
    level = (0.0, slope * share), (1.0, -slope * share)
    arms = treated, control
    own = list(map(_covariance, arms, difference, difference))
    return Contrast(
        treated=y1 - slope * (1 - share) * gap,
        control=y0 + slope * share * gap,
        estimate=y1 - y0 - slope * gap,
        variance=own[0] + own[1],
        control_variance=np.add(*map(_covariance, arms, level, level)),
        covariance=np.add(*map(_covariance, arms, difference, level)),
        df=pooled_df((own[0], n1), (own[1], n0)),
    )


def _slope(treated: Joint, control: Joint) -> Floats:
    (n1, _, _, _, square1, product1), (n0, _, _, _, square0, product0) = floats(treated), floats(control)
    together, spread = (n1 - 1) * product1 + (n0 - 1) * product0, (n1 - 1) * square1 + (n0 - 1) * square0
    return np.where(spread == 0, 0.0, together / spread)


def _covariance(arm: Joint, one: _Weights, other: _Weights) -> Floats:
    """Covariance of two weighted sums of the arm's means of y and x."""
    n, _, _, variance_y, variance_x, covariance = floats(arm)
    (y, x), (other_y, other_x) = one, other
    product = y * other_y * variance_y + (y * other_x + x * other_y) * covariance + x * other_x * variance_x
    return np.asarray(product / n, dtype=np.float64)
