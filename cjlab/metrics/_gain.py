"""What the best-scored customers hold: how many of those to whom it happens, at every share contacted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.metrics._curve import Curve, grid, taken
from cjlab.metrics._door import clusters, events, numbers, same_rows
from cjlab.metrics._estimate import Measured, bounded, standard_error
from cjlab.metrics._ranking import Ranking

if TYPE_CHECKING:
    from cjlab.metrics._door import Codes, Flags, Floats, Given


def gain(outcome: Given, score: Given, *, customer: Given | None = None, confidence: float = 0.95) -> Curve:
    r"""Share found of those to whom it happens, when the share *q* of the customers is contacted, best scores first.

    :math:`R(q) = \sum_{i \le qn} y_i / \sum_i y_i`; of rows with one score the same part each. The lift is
    :math:`R(q) / q`. The band is pointwise, of the influence function, whose edge moves with the rows drawn.

    Parameters
    ----------
    outcome : array_like
        1 where it happened and 0 elsewhere, ``(n,)``.
    score : array_like
        Whom to contact first, ``(n,)``.
    customer : array_like, optional
        The customer of each row, where one has several.
    confidence : float, default: 0.95
        Above 0 and below 1.

    Returns
    -------
    Curve
        Recall at every hundredth of the rows contacted.

    Raises
    ------
    TableError
        When a column is missing, of another length, has other rows, or holds what is not allowed.
    EvidenceError
        When it happened in every row, or in none.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.gain([1, 0, 1, 0], [4, 3, 2, 1])
    >>> float(found.estimate[50])
    0.5
    """
    same_rows(outcome=outcome, score=score, customer=customer)
    happened = events(outcome, name="outcome")
    ranking = Ranking.of(numbers(score, name="score", n=len(happened)))
    shares = grid()
    found, errors = recalls(ranking, happened, clusters(customer, len(happened)), shares)
    rows, sure = np.full(len(shares), happened.sum()), (shares == 0) | (shares == 1)
    recall, low, high = ends(found, errors, rows, confidence, sure=sure)
    return Curve(shares, recall, errors, low, high)


def recalls(ranking: Ranking, happened: Floats, customer: Codes | None, shares: Floats) -> tuple[Floats, Floats]:
    """Return the recall at each share, and its standard error."""
    whose, ordered = None if customer is None else customer[ranking.order], happened[ranking.order]
    found = np.empty((2, len(shares)))
    for place, share in enumerate(shares):
        one = recalled(ranking, happened, ordered, float(share))
        found[:, place] = one.estimate, standard_error(one.influence, whose)
    return found[0], found[1]


def recalled(ranking: Ranking, happened: Floats, ordered: Floats, share: float) -> Measured:
    """Measure the recall at a share; the influences are in the order of the ranking, as ``ordered`` is."""
    amount, influence = taken(ranking, happened, share)
    base = float(happened.mean())
    return Measured(amount / base, (influence - amount / base * (ordered - base)) / base)


def ends(found: Floats, errors: Floats, rows: Floats, confidence: float, *, sure: Flags) -> Floats:
    """Return shares and the ends of their intervals, ``(3, n)``; what is sure has no interval."""
    kept = np.clip(found, 0, 1)  # a last digit may lie beyond
    intervals = [
        bounded(*one, rows=count, confidence=confidence) for *one, count in zip(kept, errors, rows, strict=True)
    ]
    low, high = (np.where(sure, kept, [getattr(one, name) for one in intervals]) for name in ("low", "high"))
    return np.stack([kept, low, high])
