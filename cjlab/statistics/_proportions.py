"""Shares of two arms by the score method: test and intervals from one statistic."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import finite, within
from cjlab.errors import EvidenceError
from cjlab.statistics._comparison import Comparison, shaped
from cjlab.statistics._laws import normal, normal_quantile
from cjlab.statistics._roots import edge
from cjlab.statistics._samples import floats

if TYPE_CHECKING:
    from cjlab.statistics._samples import Flags, Floats, Sample

_TOLERANCE = 1e-6  # relative; a metric of 0 and 1 meets its variance to about 1e-12


def proportions(treated: Sample, control: Sample, *, null: float = 0.0, confidence: float = 0.95) -> Comparison:
    r"""Difference and ratio of two shares by the score method of Miettinen and Nurminen.

    The statistic for a difference :math:`\delta` is
    :math:`(p_1 - p_0 - \delta) / \sqrt{\tilde V(\delta)\, N / (N - 1)}` with :math:`N = n_1 + n_0`,
    :math:`\tilde V(\delta) = \tilde p_1 \tilde q_1 / n_1 + \tilde p_0 \tilde q_0 / n_0`, and the maximum-likelihood
    shares :math:`\tilde p` among those that differ by :math:`\delta` (Miettinen & Nurminen 1985,
    doi:10.1002/sim.4780040211; Farrington & Manning 1990, doi:10.1002/sim.4780091208). The interval holds every
    :math:`\delta` that this statistic does not reject; that of the ratio is made in the same way.
    Both hold where nobody or everybody answered, and stay inside what is possible.

    statsmodels up to 0.15 differs in the interval of a difference: its constrained share takes a count for a size
    (its issue 10269). The published intervals, and direct maximisation of the likelihood, agree with this one.

    Parameters
    ----------
    treated, control : Sample
        Samples of a metric of 0 and 1; ``mean`` is the share. The ``variance`` follows from it and is not used;
        where it is known, it must be that of such a metric.
    null : float, default: 0.0
        Difference of the shares under the null hypothesis, above -1 and below 1.
    confidence : float, default: 0.95
        Of both intervals, above 0 and below 1.

    Returns
    -------
    Comparison
        ``standard_error`` is that of the difference with each arm's own share, ``df`` infinity. ``relative_high`` is
        infinity where nobody answered in the control. NaN where an arm is empty.

    Raises
    ------
    EvidenceError
        When a mean is no share, or a variance says that the metric is not one of 0 and 1.
    SpecError
        When ``confidence`` or ``null`` is no such number.

    Examples
    --------
    >>> import cjlab as cj
    >>> share = lambda count, n: cj.statistics.Sample(n, count / n, float("nan"))
    >>> comparison = cj.statistics.proportions(share(3894, 21307), share(2262, 21306))
    >>> round(float(comparison.low), 5), round(float(comparison.high), 5)
    (0.06996, 0.08323)
    """
    null = within(finite(null, name="null"), -1, 1, name="null", open_ends=True)
    within(confidence, 0, 1, name="confidence", open_ends=True)
    n1, p1, n0, p0 = np.broadcast_arrays(*_shares(treated, arm="treated"), *_shares(control, arm="control"))
    quantile = normal_quantile((1 + confidence) / 2)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        low, high = _difference_ends(n1, p1, n0, p0, quantile)
        relative_low, relative_high = _ratio_ends(n1, p1, n0, p0, quantile)
        return shaped(
            treated=p1,
            control=p0,
            estimate=p1 - p0,
            standard_error=np.sqrt(p1 * (1 - p1) / n1 + p0 * (1 - p0) / n0),
            df=np.asarray(np.inf),
            low=low,
            high=high,
            p=_p(n1, p1, n0, p0, null),
            relative=(p1 - p0) / p0,
            relative_low=relative_low - 1,
            relative_high=relative_high - 1,
        )


def _shares(sample: Sample, *, arm: str) -> tuple[Floats, Floats]:
    n, share, variance = floats(sample)
    _refuse((share < 0) | (share > 1), share, f"the mean of the {arm} arm is {{}}, which is no share from 0 to 1")
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        expected = share * (1 - share) * n / (n - 1)
        off = np.abs(variance - expected) > _TOLERANCE * expected + np.finfo(float).eps
    _refuse(
        off, variance, f"the variance of the {arm} arm is {{}}, which a metric of 0 and 1 with its mean cannot have"
    )
    with np.errstate(invalid="ignore"):
        return np.where(n > 0, n, np.nan), np.where(n > 0, share, np.nan)


def _refuse(wrong: Flags, values: Floats, message: str) -> None:
    if np.any(wrong):
        first = np.broadcast_to(values, np.shape(wrong))[wrong].flat[0]
        raise EvidenceError(f"{message.format(float(first))}; compare means with welch")


def _p(n1: Floats, p1: Floats, n0: Floats, p0: Floats, null: float) -> Floats:
    gap = p1 - p0 - null
    error = np.sqrt(_difference_variance(np.full_like(p1, null), n1, p1, n0, p0))
    return np.asarray(np.where(gap == 0, 1.0, 2 * normal(-np.abs(gap) / error)), dtype=np.float64)[()]


def _difference_ends(n1: Floats, p1: Floats, n0: Floats, p0: Floats, quantile: float) -> tuple[Floats, Floats]:
    estimate, n = p1 - p0, n1 + n0
    # a first guess that no share of 0 or 1 brings to nothing
    reach = 2 * quantile * np.sqrt((p1 * (1 - p1) + 1 / n) / n1 + (p0 * (1 - p0) + 1 / n) / n0)

    def inside(difference: Floats) -> Floats:
        return quantile * np.sqrt(_difference_variance(difference, n1, p1, n0, p0)) - np.abs(estimate - difference)

    low = edge(inside, estimate, np.full_like(estimate, -1.0), guess=estimate - reach)
    high = edge(inside, estimate, np.full_like(estimate, 1.0), guess=estimate + reach)
    return low, high


def _difference_variance(difference: Floats, n1: Floats, p1: Floats, n0: Floats, p0: Floats) -> Floats:
    """Variance of the difference of shares if its expectation were ``difference``."""
    n = n1 + n0
    # the smaller share of the rarer outcome is solved for: what is left of a larger one has lost its digits
    n1, p1, n0, p0 = _turned(difference < 0, (n1, p1, n0, p0), (n0, p0, n1, p1))
    n1, p1, n0, p0 = _turned(n1 * p1 + n0 * p0 > n / 2, (n1, p1, n0, p0), (n0, 1 - p0, n1, 1 - p1))
    share0 = _constrained_share(np.abs(difference), n1, p1, n0, p0)
    share1 = np.minimum(share0 + np.abs(difference), 1)
    variance = share1 * (1 - share1) / n1 + share0 * (1 - share0) / n0
    return np.asarray(variance * n / (n - 1), dtype=np.float64)


def _turned(where: Flags, given: tuple[Floats, ...], turned: tuple[Floats, ...]) -> list[Floats]:
    return [np.where(where, new, old) for old, new in zip(given, turned, strict=True)]


def _constrained_share(difference: Floats, n1: Floats, p1: Floats, n0: Floats, p0: Floats) -> Floats:
    """Likeliest control share when the treated one is ``difference``, 0 or more, higher: the middle root of a cubic."""
    n, answers0 = n1 + n0, n0 * p0
    answers = n1 * p1 + answers0
    b = ((n1 + 2 * n0) * difference - n - answers) / n
    c = ((n0 * difference - n - 2 * answers0) * difference + answers) / n
    d = answers0 * difference * (1 - difference) / n
    third, high = b / 3, 1 - difference
    q = third * third * third - b * c / 6 + d / 2
    radius = np.sqrt(np.maximum(third * third - c / 3, 0))
    turn = np.minimum(np.abs(q) / np.maximum(radius * radius * radius, np.finfo(float).tiny), 1)
    share: Floats = np.clip(np.copysign(2 * radius, q) * np.cos((np.pi + np.arccos(turn)) / 3) - third, 0, high)
    for _ in range(2):  # Newton's steps bring back the digits that the cosine lost near 0
        slope = (3 * share + 2 * b) * share + c
        step = (((share + b) * share + c) * share + d) / np.where(slope == 0, np.inf, slope)
        share = np.clip(share - step, 0, high)
    return share


def _ratio_ends(n1: Floats, p1: Floats, n0: Floats, p0: Floats, quantile: float) -> tuple[Floats, Floats]:
    """Find the ends of the ratio as angles, where a ratio without upper end is an angle like any other."""
    answers, n = n1 * p1 + n0 * p0, n1 + n0
    estimate = np.arctan2(p1, p0)
    reach = 2 * quantile * np.sqrt(((p1 + 1 / n1) / n1 + (p0 + 1 / n0) / n0) / (p1**2 + p0**2 + 1 / n**2))

    def inside(angle: Floats) -> Floats:
        up, right = np.sin(angle), np.cos(angle)
        b = (n1 + n0 * p0) * up + (n0 + n1 * p1) * right
        scale = 2 * answers / (b + np.sqrt(np.maximum(b**2 - 4 * n * answers * up * right, 0)))
        share1, share0 = np.clip(scale * up, 0, 1), np.clip(scale * right, 0, 1)
        variance = right**2 * share1 * (1 - share1) / n1 + up**2 * share0 * (1 - share0) / n0
        return quantile * np.sqrt(variance * n / (n - 1)) - np.abs(p1 * right - p0 * up)

    low = edge(inside, estimate, np.zeros_like(estimate), guess=estimate - reach)
    high = edge(inside, estimate, np.full_like(estimate, np.pi / 2), guess=estimate + reach)
    nobody = answers == 0
    return np.where(nobody, 0.0, np.tan(low)), np.where((p0 == 0) | nobody, np.inf, np.tan(high))
