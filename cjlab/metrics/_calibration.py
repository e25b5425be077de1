"""Calibration: whether what is said to happen in one case out of five does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import whole
from cjlab.metrics._bins import Bins, binned, placed
from cjlab.metrics._door import chances, clusters, events, same_rows
from cjlab.metrics._ece import distance
from cjlab.metrics._estimate import UNKNOWN, Estimate, Measured, estimated, mean
from cjlab.metrics._slope import intercept, slope
from cjlab.metrics._tabled import Tabled, measures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.metrics._door import Codes, Floats, Given


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Calibration(Tabled):
    """How well probabilities agree with what happened.

    Parameters
    ----------
    brier : Estimate
        Mean squared difference between score and outcome; it is
        ``reliability - resolution + uncertainty + within``.
    reliability : float
        Mean squared difference, over bins, between mean score and share that happened: 0 is best.
    resolution : float
        Mean squared difference between a bin's share that happened and the share of all: the higher the better.
    uncertainty : float
        Variance of the outcome, which no score changes.
    within : float
        What scores that differ within a bin add to the three parts; 0 where they do not.
    ece : Estimate
        Expected calibration error, the mean absolute difference between score and share that happened over bins, less
        what chance adds to it; 0 where chance explains all of it.
    ece_plain : float
        The same with what chance adds, as other programs give it: above 0 for the best of scores.
    slope : Estimate
        Slope of the logit of what happens on the logit of the score: 1 is best, below 1 the scores are too bold. NaN
        where a score is 0 or 1, all are the same, or a threshold parts the outcomes.
    intercept : Estimate
        How far the logit of what happens lies above that of the score on average (at slope 1): 0 is best.
    bins : Bins
        Said and happened, bin by bin, with the columns ``n``, ``first`` and ``last`` (scores), ``score``, ``happened``,
        ``standard_error``, ``low``, ``high``.
    n : int
        Count of rows.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.calibration([0, 1, 1, 1], [0.2, 0.2, 0.8, 0.8], bins=2)
    >>> [round(part, 4) for part in (found.reliability, found.resolution, found.uncertainty, found.brier.estimate)]
    [0.065, 0.0625, 0.1875, 0.19]
    """

    brier: Estimate
    reliability: float
    resolution: float
    uncertainty: float
    within: float
    ece: Estimate
    ece_plain: float
    slope: Estimate
    intercept: Estimate
    bins: Bins
    n: int

    def _columns(self) -> Mapping[str, Any]:
        found = {name: getattr(self, name) for name in ("brier", "ece", "slope", "intercept")}
        parts = ("reliability", "resolution", "uncertainty", "within", "ece_plain")
        return measures(found | {name: UNKNOWN._replace(estimate=getattr(self, name)) for name in parts}, n=self.n)


def calibration(
    outcome: Given, score: Given, *, bins: int = 10, customer: Given | None = None, confidence: float = 0.95
) -> Calibration:
    r"""Compare probabilities with what happened: reliability by bins, Brier score and its parts, ECE, slope, intercept.

    Rows are put in bins of as many rows each as can be without parting equal scores. With :math:`w_b` a bin's share of
    the rows, :math:`\bar s_b` its mean score and :math:`\bar y_b` the share that happened,

    .. math:: \mathrm{ECE} = \sum_b w_b |\bar y_b - \bar s_b|, \qquad \frac 1 n \sum_i (s_i - y_i)^2 =
        \underbrace{\sum_b w_b (\bar s_b - \bar y_b)^2}_{reliability} -
        \underbrace{\sum_b w_b (\bar y_b - \bar y)^2}_{resolution} +
        \underbrace{\bar y (1 - \bar y)}_{uncertainty} + within

    (Murphy 1973, doi:10.1175/1520-0450(1973)012<0595:ANVPOT>2.0.CO;2; the part within bins: Stephenson, Coelho &
    Jolliffe 2008, doi:10.1175/2007WAF2006116.1). Slope and intercept are Cox's (1958,
    doi:10.1093/biomet/45.3-4.562), with errors by the sandwich. The interval of the ECE is of the bins as they are: it
    holds the values at which the sum of the bins' differences, were they larger or smaller together, would not be
    surprising.

    Parameters
    ----------
    outcome : array_like
        1 where it happened and 0 elsewhere, ``(n,)``.
    score : array_like
        Probability that it happens, ``(n,)``.
    bins : int, default: 10
        At most how many bins, from 2 to 1,000.
    customer : array_like, optional
        The customer of each row, where one has several.
    confidence : float, default: 0.95
        Above 0 and below 1.

    Returns
    -------
    Calibration
        The measures with their intervals, and the bins.

    Raises
    ------
    TableError
        When a column is missing, of another length, has other rows, or holds what is not allowed.
    SpecError
        When ``bins`` or ``confidence`` is not allowed.
    EvidenceError
        When it happened in every row, or in none.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.calibration([0, 1, 0, 1, 1, 0], [0.1, 0.9, 0.4, 0.6, 0.8, 0.6], bins=3)
    >>> round(found.brier.estimate, 4)
    0.1233
    """
    same_rows(outcome=outcome, score=score, customer=customer)
    happened = events(outcome, name="outcome")
    said = chances(score, name="score", n=len(happened))
    whose = clusters(customer, len(happened))
    place = placed(said, whole(bins, name="bins", least=2, most=1_000))
    found = binned(happened, said, place, whose, confidence=confidence)
    weight, gap = found.n / len(happened), found.happened - found.score
    base, loss = float(happened.mean()), brier(happened, said)
    reliability, resolution = float(weight @ gap**2), float(weight @ (found.happened - base) ** 2)
    uncertainty = base * (1 - base)
    return Calibration(
        brier=estimated(loss, whose, confidence=confidence),
        reliability=reliability,
        resolution=resolution,
        uncertainty=uncertainty,
        within=loss.estimate - (reliability - resolution + uncertainty),
        ece=distance(gap, found.standard_error, weight, confidence=confidence),
        ece_plain=float(weight @ np.abs(gap)),
        slope=_known(slope(happened, said), whose, confidence),
        intercept=_known(intercept(happened, said), whose, confidence),
        bins=found,
        n=len(happened),
    )


def brier(happened: Floats, score: Floats) -> Measured:
    """Measure the mean squared difference between score and outcome."""
    return mean((score - happened) ** 2)


def _known(measured: Measured | None, customer: Codes | None, confidence: float) -> Estimate:
    return UNKNOWN if measured is None else estimated(measured, customer, confidence=confidence)
