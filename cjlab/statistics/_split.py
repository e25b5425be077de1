"""Whether the split is sound: as many customers as planned in each arm, and alike beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab.errors import SpecError
from cjlab.statistics._laws import chi_square_beyond
from cjlab.statistics._samples import floats, plain

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from cjlab.statistics._samples import Floats, Sample


class SampleRatio(NamedTuple):
    """Pearson's test of the counts of arms against their planned shares.

    Parameters
    ----------
    statistic : ndarray or float
        Sum over arms of (observed - expected)² / expected.
    df : int
        Arms minus 1.
    p : ndarray or float
        Chance of a split at least this far from the plan, if the plan was kept.

    Examples
    --------
    >>> SampleRatio(statistic=0.2, df=2, p=0.904).df
    2
    """

    statistic: Floats | float
    df: int
    p: Floats | float


def sample_ratio(counts: ArrayLike, weights: ArrayLike) -> SampleRatio:
    """Test whether customers were split over the arms as planned, by Pearson's chi-square.

    Parameters
    ----------
    counts : array_like
        Customers in each arm, ``(..., K)``.
    weights : array_like
        Planned shares ``(K,)``, above 0; they need not add up to 1.

    Returns
    -------
    SampleRatio
        ``statistic`` and ``p`` of shape ``(...)``; NaN where there is no customer.

    Raises
    ------
    SpecError
        When there are fewer than two arms, another number of weights than of counts, a weight that is not above 0, or a
        negative count.

    Examples
    --------
    >>> import cjlab as cj
    >>> round(float(cj.statistics.sample_ratio([21307, 21387, 21306], [1, 1, 1]).p), 4)
    0.9037
    """
    observed, planned = np.asarray(counts, dtype=np.float64), np.asarray(weights, dtype=np.float64)
    if planned.ndim != 1 or planned.size < 2 or observed.shape[-1:] != planned.shape:  # noqa: PLR2004 - a split needs two
        raise SpecError(
            f"counts have the shape {observed.shape} and weights {planned.shape}; "
            "give one count and one weight for each of two arms or more"
        )
    if not (np.isfinite(planned).all() and (planned > 0).all()):
        raise SpecError(f"weights are {planned.tolist()}; every arm needs a share above 0")
    if (observed < 0).any():
        raise SpecError(f"a count is {float(observed.min())}; an arm has 0 customers or more")
    expected = observed.sum(axis=-1, keepdims=True) * (planned / planned.sum())
    with np.errstate(invalid="ignore"):
        statistic = ((observed - expected) ** 2 / expected).sum(axis=-1)
    p = chi_square_beyond(planned.size - 1, statistic)
    return SampleRatio(plain(np.asarray(statistic)), planned.size - 1, plain(np.asarray(p)))


def standardised_difference(treated: Sample, control: Sample) -> Floats:
    r"""Difference of two means in standard deviations: how alike two arms were before the test.

    :math:`(m_1 - m_0) / \sqrt{(s_1^2 + s_0^2) / 2}`, which unlike a p-value does not grow with the number of customers
    (Austin 2009, doi:10.1002/sim.3697); beyond 0.1 arms are usually called unlike.

    Parameters
    ----------
    treated, control : Sample
        Samples of something known before the test.

    Returns
    -------
    ndarray
        0 where neither arm varies and both have the same value; NaN where an arm has fewer than two values.

    Examples
    --------
    >>> import cjlab as cj
    >>> one, two = cj.statistics.Sample(100, 5.5, 4.0), cj.statistics.Sample(100, 5.0, 4.0)
    >>> float(cj.statistics.standardised_difference(one, two))
    0.25
    """
    _, mean1, variance1 = floats(treated)
    _, mean0, variance0 = floats(control)
    gap, spread = mean1 - mean0, np.sqrt((variance1 + variance0) / 2)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return plain(np.where((gap == 0) & (spread == 0), 0.0, gap / spread))
