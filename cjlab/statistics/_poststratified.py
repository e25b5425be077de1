"""Means of two arms compared within strata and then put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.errors import SpecError
from cjlab.statistics._comparison import Comparison, Contrast, conclude
from cjlab.statistics._samples import floats

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from cjlab.statistics._samples import Flags, Floats, Sample


def poststratified(
    treated: Sample, control: Sample, *, weights: ArrayLike | None = None, null: float = 0.0, confidence: float = 0.95
) -> Comparison:
    r"""Difference of two means, each stratum weighted by its share of the customers.

    With :math:`w_s` the shares, :math:`\hat\tau = \sum_s w_s (m_{1s} - m_{0s})` and its variance is
    :math:`\sum_s w_s^2 (s_{1s}^2/n_{1s} + s_{0s}^2/n_{0s})`, with Satterthwaite's degrees of freedom (Miratrix, Sekhon
    & Yu 2013, doi:10.1111/j.1467-9868.2012.01048.x). Shares that come from the arms themselves add
    :math:`\sum_s w_s (\tau_s - \hat\tau)^2 / N`: other customers would have fallen differently into the strata.

    Parameters
    ----------
    treated, control : Sample
        Samples ``(S, ...)``, one row a stratum.
    weights : array_like, optional
        Shares of the strata in the population ``(S,)``, 0 or above; by default those of the two arms together.
    null : float, default: 0.0
        Difference under the null hypothesis, in the metric's unit.
    confidence : float, default: 0.95
        Of both intervals, above 0 and below 1.

    Returns
    -------
    Comparison
        Of shape ``(...)``; ``treated`` and ``control`` are weighted means. NaN where a stratum with a weight has fewer
        than two values in an arm: join such strata.

    Raises
    ------
    SpecError
        When there is not one weight a stratum, or a weight is negative or not finite, or all are 0.

    Examples
    --------
    >>> import cjlab as cj
    >>> one = cj.statistics.Sample([100, 300], [2.0, 5.0], [1.0, 1.0])
    >>> two = cj.statistics.Sample([200, 200], [1.0, 4.0], [1.0, 1.0])
    >>> float(cj.statistics.poststratified(one, two, weights=[0.5, 0.5]).estimate)
    1.0
    """
    n1, mean1, variance1, n0, mean0, variance0 = np.broadcast_arrays(*floats(treated), *floats(control))
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        share = _shares(weights, n1 + n0)
        sampled = 0.0 if weights is not None else 1 / (n1 + n0).sum(axis=0)
        kept = share > 0
        of_treated, of_control = share**2 * variance1 / n1, share**2 * variance0 / n0
        treated_level, control_level = _total(share * mean1, kept), _total(share * mean0, kept)
        effect, base = mean1 - mean0, mean0 - control_level
        estimate = treated_level - control_level
        excess = effect - estimate
        parts = of_treated**2 / (n1 - 1) + of_control**2 / (n0 - 1)
        variance, own = _total(of_treated + of_control, kept), _total(of_control, kept)
        contrast = Contrast(
            treated=treated_level,
            control=control_level,
            estimate=estimate,
            variance=variance + sampled * _total(share * excess**2, kept),
            control_variance=own + sampled * _total(share * base**2, kept),
            covariance=-own + sampled * _total(share * excess * base, kept),
            df=variance**2 / _total(parts, kept),
        )
        return conclude(contrast, null=null, confidence=confidence)


def _shares(weights: ArrayLike | None, n: Floats) -> Floats:
    """Shares of the strata along the first axis; they add up to 1."""
    if weights is None:
        return np.asarray(n / n.sum(axis=0), dtype=np.float64)
    given = np.asarray(weights, dtype=np.float64)
    if given.shape != n.shape[:1] or not np.isfinite(given).all() or (given < 0).any() or given.sum() == 0:
        raise SpecError(f"weights are {given.tolist()}; give one share of 0 or above for each of {n.shape[0]} strata")
    return np.broadcast_to((given / given.sum()).reshape(-1, *(1,) * (n.ndim - 1)), n.shape)


def _total(values: Floats, kept: Flags) -> Floats:
    return np.asarray(np.where(kept, values, 0.0).sum(axis=0), dtype=np.float64)[()]
