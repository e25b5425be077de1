"""Means of two arms, adjusted by what was known of the customers beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.statistics._comparison import Comparison, Contrast, conclude, pooled_df

if TYPE_CHECKING:
    from cjlab.statistics._samples import Floats, Joint


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
    with np.errstate(divide="ignore", invalid="ignore"):
        return conclude(_adjusted(treated, control), null=null, confidence=confidence)


def _adjusted(treated: Joint, control: Joint) -> Contrast:
    slope = _slope(treated, control)
    n1, y1, x1, *_ = treated.arrays()
    n0, y0, x0, *_ = control.arrays()
    share1 = n1 / (n1 + n0)
    of_treated, of_control = _covariance(treated, slope, slope), _covariance(control, slope, slope)
    # the control's level is y0 - slope share1 (x0 - x1): both arms' covariates stand in it
    from_treated = slope * share1 * _with_covariate(treated, slope)
    shared = from_treated - _covariance(control, slope, slope * share1)
    level_variance = _covariance(control, slope * share1, slope * share1) + (slope * share1) ** 2 * _error_x(treated)
    return Contrast(
        treated=y1 - slope * (1 - share1) * (x1 - x0),
        control=y0 - slope * share1 * (x0 - x1),
        estimate=y1 - y0 - slope * (x1 - x0),
        variance=of_treated + of_control,
        control_variance=level_variance,
        covariance=shared,
        df=pooled_df((of_treated, n1), (of_control, n0)),
    )


def _slope(treated: Joint, control: Joint) -> Floats:
    together = sum((arm.arrays()[0] - 1) * arm.arrays()[5] for arm in (treated, control))
    spread = sum((arm.arrays()[0] - 1) * arm.arrays()[4] for arm in (treated, control))
    return np.where(spread == 0, 0.0, together / spread)


def _covariance(arm: Joint, one: Floats, other: Floats) -> Floats:
    """Covariance of the arm's means of ``y - one x`` and ``y - other x``."""
    n, _, _, variance_y, variance_x, covariance = arm.arrays()
    return (variance_y - (one + other) * covariance + one * other * variance_x) / n


def _with_covariate(arm: Joint, slope: Floats) -> Floats:
    """Covariance of the arm's means of ``y - slope x`` and of ``x``."""
    n, _, _, _, variance_x, covariance = arm.arrays()
    return (covariance - slope * variance_x) / n


def _error_x(arm: Joint) -> Floats:
    n, _, _, _, variance_x, _ = arm.arrays()
    return variance_x / n
