"""ROC: how often those to whom it happens are ranked above those to whom it does not."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.errors import EvidenceError
from cjlab.metrics._door import clusters, events, numbers, same_rows
from cjlab.metrics._estimate import Estimate, Measured, bounded, quantile, standard_error
from cjlab.metrics._ranking import Ranking
from cjlab.metrics._tabled import Tabled, measures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.metrics._door import Floats, Given

_POINTS = 1_000  # a curve of more points looks the same


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Roc(Tabled):
    """Area under the ROC curve with its interval, and the curve.

    Parameters
    ----------
    auc : Estimate
        Share of the pairs of a row where it happened and one where it did not, in which the first has the higher score;
        ties count half.
    threshold : ndarray
        Scores, from high to low; the first is infinity.
    false_positive_rate, true_positive_rate : ndarray
        Share of the rows where it did not happen, and where it did, whose score is at least the threshold.
    n, positives : int
        Count of rows, and of those where it happened.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.metrics.roc([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1]).auc.estimate
    0.75
    """

    auc: Estimate
    threshold: Floats
    false_positive_rate: Floats
    true_positive_rate: Floats
    n: int
    positives: int

    def _columns(self) -> Mapping[str, Any]:
        return measures({"auc": self.auc}, n=self.n, positives=self.positives)


def roc(outcome: Given, score: Given, *, customer: Given | None = None, confidence: float = 0.95) -> Roc:
    r"""ROC curve and the area under it, with DeLong's interval.

    .. math:: \mathrm{AUC} = \frac{1}{m n} \sum_{i: y_i = 1} \sum_{j: y_j = 0}
        \left(1\{s_i > s_j\} + \tfrac 1 2 1\{s_i = s_j\}\right)

    with the variance of DeLong, DeLong & Clarke-Pearson (1988, doi:10.2307/2531595), by ranks (Sun & Xu 2014,
    doi:10.1109/LSP.2014.2337313); rows of one customer are added up (Obuchowski 1997, doi:10.2307/2533958). The
    interval is normal for the logit of the area, so that it stays between 0 and 1. Where all pairs are in order (or
    none is) that variance is 0, and the ends are those at which Hanley & McNeil's variance
    (1982, doi:10.1148/radiology.143.1.7063747) would leave the area at the limit.

    Parameters
    ----------
    outcome : array_like
        1 where it happened and 0 elsewhere, ``(n,)``, at least two of each.
    score : array_like
        Higher where it is more likely, ``(n,)``.
    customer : array_like, optional
        The customer of each row, where one has several.
    confidence : float, default: 0.95
        Above 0 and below 1.

    Returns
    -------
    Roc
        The area with its interval, and the curve (of more than a thousand points, a thousand).

    Raises
    ------
    TableError
        When a column is missing, of another length, has other rows, or holds what is not allowed.
    EvidenceError
        When it happened in fewer than two rows, or in all but one.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.roc([1, 1, 0, 0, 1, 0], [0.9, 0.8, 0.8, 0.3, 0.6, 0.1])
    >>> round(found.auc.estimate, 4), round(found.auc.standard_error, 4)
    (0.8333, 0.1925)
    """
    same_rows(outcome=outcome, score=score, customer=customer)
    happened = events(outcome, name="outcome")
    ranked = numbers(score, name="score", n=len(happened))
    whose = clusters(customer, len(happened))
    found = measured(happened, ranked)
    error = standard_error(found.influence, whose)
    if found.estimate in {0.0, 1.0}:
        auc = _at_the_limit(found.estimate, happened, confidence=confidence)
    else:
        auc = bounded(found.estimate, error, rows=len(happened), confidence=confidence)
    return Roc(auc, *_curve(happened, ranked), n=len(happened), positives=int(happened.sum()))


def measured(happened: Floats, score: Floats) -> Measured:
    """Measure the area, and the influences whose variance is DeLong's."""
    m, n = int(happened.sum()), int(len(happened) - happened.sum())
    if min(m, n) < 2:  # noqa: PLR2004 - one row says nothing of how rows differ
        raise EvidenceError(f"outcome is 1 in {m} rows and 0 in {n}; an area needs at least 2 of each")
    ranking, fell = Ranking.of(score), 1 - happened
    beaten = n - _above(ranking, fell)  # of the rows where it did not happen, those ranked below (ties half)
    beating = _above(ranking, happened)
    area = float(happened @ beaten) / (m * n)
    whole, unbiased = m + n, (m + n - 1) / (m + n)
    ones = (beaten / n - area) * (whole / m) * math.sqrt(unbiased * m / (m - 1))
    zeros = (beating / m - area) * (whole / n) * math.sqrt(unbiased * n / (n - 1))
    return Measured(area, np.where(happened == 1, ones, zeros))


def _above(ranking: Ranking, values: Floats) -> Floats:
    """Add up the values of the rows ranked above each row, those tied with it by half."""
    sums = ranking.sums(values)
    return ranking.spread((sums[1:] + sums[:-1]) / 2)


def _at_the_limit(area: float, happened: Floats, *, confidence: float) -> Estimate:
    """Bound an area that no pair contradicts: where it would lie this many of Hanley and McNeil's errors away."""
    m, n, z = happened.sum(), len(happened) - happened.sum(), quantile(confidence)
    areas = np.linspace(0.5, 1, 10_001)
    one, two = areas / (2 - areas), 2 * areas**2 / (1 + areas)
    square = areas**2
    variance = (areas * (1 - areas) + (m - 1) * (one - square) + (n - 1) * (two - square)) / (m * n)
    reach = float(areas[np.argmax((1 - areas) ** 2 <= z**2 * variance)])
    low, high = (reach, 1.0) if area else (0.0, 1 - reach)
    return Estimate(area, 0.0, low, high)


def _curve(happened: Floats, score: Floats) -> tuple[Floats, Floats, Floats]:
    ranking = Ranking.of(score)
    hit = ranking.sums(happened)
    false = np.concatenate(([0], ranking.ends)) - hit
    threshold = np.concatenate(([np.inf], ranking.scores))
    kept = np.unique(np.linspace(0, len(threshold) - 1, min(len(threshold), _POINTS + 1)).round().astype(int))
    return threshold[kept], false[kept] / false[-1], hit[kept] / hit[-1]
