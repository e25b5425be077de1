"""Means of two arms, with variances of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.statistics._comparison import Comparison, Contrast, conclude, pooled_df
from cjlab.statistics._samples import floats

if TYPE_CHECKING:
    from cjlab.statistics._samples import Sample


def welch(treated: Sample, control: Sample, *, null: float = 0.0, confidence: float = 0.95) -> Comparison:
    r"""Difference of two means, and of their ratio from 1, by Welch's t.

    The variance of the difference is :math:`s_1^2/n_1 + s_0^2/n_0`, with Satterthwaite's degrees of freedom
    (Welch 1947, doi:10.1093/biomet/34.1-2.28). The relative interval holds every :math:`r` for which
    :math:`m_1 - (1 + r) m_0 = 0` is not rejected (Fieller 1954, doi:10.1111/j.2517-6161.1954.tb00159.x), with the same
    degrees of freedom, so that the two intervals and the p-value never disagree.

    Parameters
    ----------
    treated, control : Sample
        Samples that broadcast against each other.
    null : float, default: 0.0
        Difference under the null hypothesis, in the metric's unit.
    confidence : float, default: 0.95
        Of both intervals, above 0 and below 1.

    Returns
    -------
    Comparison
        NaN where an arm has no value, one value, or where neither arm varies.

    Raises
    ------
    SpecError
        When ``confidence`` or ``null`` is no such number.

    Examples
    --------
    >>> import cjlab as cj
    >>> spend = cj.statistics.Sample(n=2000, mean=1.42, variance=314.0)
    >>> none = cj.statistics.Sample(n=2000, mean=0.65, variance=134.0)
    >>> comparison = cj.statistics.welch(spend, none)
    >>> round(float(comparison.low), 3), round(float(comparison.high), 3)
    (-0.158, 1.698)
    """
    n1, mean1, variance1 = floats(treated)
    n0, mean0, variance0 = floats(control)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        of_treated, of_control = variance1 / n1, variance0 / n0
        contrast = Contrast(
            treated=mean1,
            control=mean0,
            estimate=mean1 - mean0,
            variance=of_treated + of_control,
            control_variance=of_control,
            covariance=-of_control,
            df=pooled_df((of_treated, n1), (of_control, n0)),
        )
        return conclude(contrast, null=null, confidence=confidence)
