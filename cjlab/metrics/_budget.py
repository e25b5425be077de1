"""What a budget of contacts finds, and whether it pays."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import shown, within
from cjlab.errors import SpecError
from cjlab.metrics._curve import gains
from cjlab.metrics._door import clusters, events, numbers, same_rows
from cjlab.metrics._estimate import bounds
from cjlab.metrics._gain import ends, recalls
from cjlab.metrics._ranking import Ranking
from cjlab.metrics._tabled import Tabled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjlab.metrics._door import Codes, Floats, Given


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Budget(Tabled):
    """What contacting the best-scored shares of the customers finds, costs and brings.

    Parameters
    ----------
    share : ndarray
        Shares of the rows that are contacted.
    contacted : ndarray
        The same as counts of rows; where the budget ends among rows with one score, each of them has the same part.
    threshold : ndarray
        The lowest score that is contacted.
    found : ndarray
        Rows among them where it happened.
    recall, recall_low, recall_high : ndarray
        ``found`` as a share of all rows where it happened, and its interval.
    precision, precision_low, precision_high : ndarray
        ``found`` as a share of those contacted, and its interval.
    lift, lift_low, lift_high : ndarray
        ``precision`` over the share where it happened among all.
    cost : ndarray
        What the contacts cost.
    net, net_low, net_high : ndarray
        What is found is worth, less the cost. It counts whatever happens after a contact, not what happens because of
        it: see :func:`profit_curve` for that.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.at_budget([1, 0, 1, 0], [4, 3, 2, 1], shares=[0.5], value=10, cost=1)
    >>> float(found.net[0])
    8.0
    """

    share: Floats
    contacted: Floats
    threshold: Floats
    found: Floats
    recall: Floats
    recall_low: Floats
    recall_high: Floats
    precision: Floats
    precision_low: Floats
    precision_high: Floats
    lift: Floats
    lift_low: Floats
    lift_high: Floats
    cost: Floats
    net: Floats
    net_low: Floats
    net_high: Floats

    def _columns(self) -> Mapping[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


def at_budget(
    outcome: Given,
    score: Given,
    *,
    shares: Sequence[float] = (0.05, 0.1, 0.2, 0.3),
    value: Given = 1.0,
    cost: Given = 0.0,
    customer: Given | None = None,
    confidence: float = 0.95,
) -> Budget:
    r"""Recall, precision, lift, cost and net of contacting the best-scored shares of the customers.

    The best :math:`q n` rows hold :math:`F` rows where it happened: recall :math:`F / \sum y`, precision
    :math:`F / qn`, lift precision over :math:`\bar y`, net :math:`\sum (v_i y_i - c_i)` over those contacted. Intervals
    are those of influence functions, in which the lowest score contacted is estimated too; of recall and precision
    normal for the logit.

    Parameters
    ----------
    outcome : array_like
        1 where it happened and 0 elsewhere, ``(n,)``.
    score : array_like
        Whom to contact first, ``(n,)``.
    shares : sequence of float, default: (0.05, 0.1, 0.2, 0.3)
        Shares of the rows that are contacted, each above 0 and at most 1.
    value : float or array_like, default: 1.0
        What a row is worth where it happened: one amount, or one a row.
    cost : float or array_like, default: 0.0
        What a contact costs: one amount, or one a row.
    customer : array_like, optional
        The customer of each row, where one has several.
    confidence : float, default: 0.95
        Above 0 and below 1.

    Returns
    -------
    Budget
        One row a share.

    Raises
    ------
    TableError
        When a column is missing, of another length, has other rows, or holds what is not allowed.
    SpecError
        When a share lies outside its bounds, or there is none.
    EvidenceError
        When it happened in every row, or in none.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.at_budget([1, 0, 1, 0], [4, 3, 2, 1], shares=[0.25, 0.5])
    >>> found.recall.tolist(), found.precision.tolist(), found.lift.tolist()
    ([0.5, 0.5], [1.0, 0.5], [2.0, 1.0])
    """
    same_rows(outcome=outcome, score=score, value=value, cost=cost, customer=customer)
    happened = events(outcome, name="outcome")
    asked = _shares(shares)
    ranking = Ranking.of(numbers(score, name="score", n=len(happened)))
    whose, n = clusters(customer, len(happened)), len(happened)
    spent = amounts(cost, name="cost", n=n)
    recall = _shared(ranking, happened, whose, asked, confidence)
    named = _named(ranking, happened, whose, asked, confidence)
    net = n * np.stack(gains(ranking, amounts(value, name="value", n=n) * happened - spent, whose, asked))
    low, high = bounds(*net, confidence=confidence)
    return Budget(
        share=asked,
        contacted=asked * n,
        threshold=ranking.scores[np.minimum(np.searchsorted(ranking.ends, asked * n), len(ranking.ends) - 1)],
        found=named[0] * asked * n,
        **dict(zip(("recall", "recall_low", "recall_high"), recall, strict=True)),
        **dict(zip(("precision", "precision_low", "precision_high"), named, strict=True)),
        **dict(zip(("lift", "lift_low", "lift_high"), recall / asked, strict=True)),
        cost=n * gains(ranking, spent, None, asked)[0],
        net=net[0],
        net_low=low,
        net_high=high,
    )


def amounts(given: Given, *, name: str, n: int) -> Floats:
    """Return one amount a row, from one for all or one each."""
    return (
        np.full(n, numbers(np.array([given]), name=name)[0]) if np.ndim(given) == 0 else numbers(given, name=name, n=n)
    )


def _shares(shares: Sequence[float]) -> Floats:
    if np.ndim(shares) != 1 or not len(shares):
        raise SpecError(f"shares is {shown(shares)}; give a list of shares of customers, such as [0.1, 0.2]")
    found = np.array([within(one, 0, 1, name="shares") for one in shares])
    if not found.min() > 0:
        raise SpecError("shares has 0; give shares above 0, at most 1")
    return found


def _shared(ranking: Ranking, happened: Floats, customer: Codes | None, shares: Floats, confidence: float) -> Floats:
    """Return recall and its ends, ``(3, shares)``."""
    found, errors = recalls(ranking, happened, customer, shares)
    return ends(found, errors, np.full(len(shares), happened.sum()), confidence, sure=shares == 1)


def _named(ranking: Ranking, happened: Floats, customer: Codes | None, shares: Floats, confidence: float) -> Floats:
    """Return precision and its ends, ``(3, shares)``."""
    found, errors = gains(ranking, happened, customer, shares)
    return ends(found / shares, errors / shares, shares * ranking.n, confidence, sure=np.zeros(len(shares), dtype=bool))
