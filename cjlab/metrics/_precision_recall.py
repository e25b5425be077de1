"""Precision and recall: how many of those named are meant, and how many of those meant are named."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.metrics._door import clusters, events, numbers, same_rows
from cjlab.metrics._estimate import Estimate, Measured, bounded, standard_error
from cjlab.metrics._ranking import Ranking
from cjlab.metrics._tabled import Tabled, measures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.metrics._door import Floats, Given


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class PrecisionRecall(Tabled):
    """Average precision with its interval, and the curve of precision and recall.

    Parameters
    ----------
    average_precision : Estimate
        Mean precision over the rows where it happened, each taken down to its own score; a score without information
        has the share of those rows.
    threshold : ndarray
        Scores, from high to low.
    precision : ndarray
        Share that happened of the rows whose score is at least the threshold.
    recall : ndarray
        Share of the rows where it happened whose score is at least the threshold.
    n, positives : int
        Count of rows, and of those where it happened.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.precision_recall([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1])
    >>> found.recall.tolist(), found.precision.round(2).tolist()
    ([0.5, 0.5, 1.0, 1.0], [1.0, 0.5, 0.67, 0.5])
    """

    average_precision: Estimate
    threshold: Floats
    precision: Floats
    recall: Floats
    n: int
    positives: int

    def _columns(self) -> Mapping[str, Any]:
        return measures({"average_precision": self.average_precision}, n=self.n, positives=self.positives)


def precision_recall(
    outcome: Given, score: Given, *, customer: Given | None = None, confidence: float = 0.95
) -> PrecisionRecall:
    r"""Curve of precision and recall, and the average precision.

    .. math:: \mathrm{AP} = \frac{1}{m} \sum_{i: y_i = 1} \frac{\sum_j y_j 1\{s_j \ge s_i\}}{\sum_j 1\{s_j \ge s_i\}}

    of *m* rows where it happened; no line is drawn between points (Davis & Goadrich 2006, doi:10.1145/1143844.1143874).
    The interval is that of the influence function, normal for the logit (Boyd, Eng & Page 2013,
    doi:10.1007/978-3-642-40994-3_29).

    Parameters
    ----------
    outcome : array_like
        1 where it happened and 0 elsewhere, ``(n,)``.
    score : array_like
        Higher where it is more likely, ``(n,)``.
    customer : array_like, optional
        The customer of each row, where one has several.
    confidence : float, default: 0.95
        Above 0 and below 1.

    Returns
    -------
    PrecisionRecall
        The average precision with its interval, and the curve.

    Raises
    ------
    TableError
        When a column is missing, of another length, has other rows, or holds what is not allowed.
    EvidenceError
        When it happened in every row, or in none.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.precision_recall([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1])
    >>> round(found.average_precision.estimate, 4)
    0.8333
    """
    same_rows(outcome=outcome, score=score, customer=customer)
    happened = events(outcome, name="outcome")
    ranking = Ranking.of(numbers(score, name="score", n=len(happened)))
    whose = clusters(customer, len(happened))
    found, positives = measured(happened, ranking), int(happened.sum())
    error = standard_error(found.influence, whose)
    hit = ranking.sums(happened)[1:]
    return PrecisionRecall(
        bounded(found.estimate, error, rows=positives, confidence=confidence),
        ranking.scores,
        hit / ranking.ends,
        hit / positives,
        n=len(happened),
        positives=positives,
    )


def measured(happened: Floats, ranking: Ranking) -> Measured:
    r"""Measure the average precision.

    With :math:`A, G` the shares of rows with :math:`y = 1`, and of all, at or above a score, it is
    :math:`N / \pi, N = E[Y A(S) / G(S)]`; a row at :math:`s_0` moves *N* by its own precision, by the precision of the
    rows where it happened at or below :math:`s_0`, and by their being more.
    """
    n, base = ranking.n, float(happened.mean())
    hits = np.diff(ranking.sums(happened)) / n
    above, all_of = np.cumsum(hits), ranking.ends / n
    whole = float((hits * above / all_of).sum())
    below = _from_here_down(hits / all_of)
    pushed = _from_here_down(hits * above / all_of**2)
    moved = happened * ranking.spread(above / all_of + below) - ranking.spread(pushed) - whole
    estimate = whole / base
    return Measured(estimate, (moved - estimate * (happened - base)) / base)


def _from_here_down(values: Floats) -> Floats:
    return np.cumsum(values[::-1])[::-1]
