"""What a budget of money brings when arms cost differently: the dearer arm only where it is worth its price."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab.errors import EvidenceError
from cjlab.metrics._curve import grid, window
from cjlab.metrics._estimate import bounds, standard_error
from cjlab.metrics._offers import Offers
from cjlab.metrics._ranking import Ranking
from cjlab.metrics._study import Study
from cjlab.metrics._tabled import Tabled

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.metrics._door import Codes, Columns, Floats, Given


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Spending(Tabled):
    """What is gained for money spent, the steps first that promise most for it.

    Parameters
    ----------
    budget : ndarray
        Money spent on all rows together: 101 amounts from 0 to all that promises a gain.
    treated : ndarray
        Share of the rows that are treated for it.
    estimate, standard_error, low, high : ndarray
        What it brings, before the budget is taken off.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.budget_curve(
    ...     [1, 0, 0, 0], [4, 3, 2, 1], arm=list("acac"), control="c", propensity=[0.5] * 4, cost=1
    ... )
    >>> found.budget[[0, 50, 100]].tolist(), found.estimate[[0, 50, 100]].tolist()
    ([0.0, 2.0, 4.0], [0.0, 2.0, 2.0])
    """

    budget: Floats
    treated: Floats
    estimate: Floats
    standard_error: Floats
    low: Floats
    high: Floats

    def _columns(self) -> Mapping[str, Any]:
        return {one.name: getattr(self, one.name) for one in fields(self)}


def budget_curve(  # noqa: PLR0913 - a test is outcomes, arms and the chances of them; money is worth and cost
    outcome: Given,
    score: Columns,
    *,
    arm: Given,
    control: object,
    propensity: Columns,
    cost: Columns,
    value: Given = 1.0,
    treated: object = None,
    expected: Columns | None = None,
    customer: Given | None = None,
    confidence: float = 0.95,
) -> Spending:
    r"""Gain against money spent, with any number of arms that cost differently.

    Each row's arms are joined by the upper hull of predicted worth over cost: first the arm that promises most for its
    cost, then, for more money, the step to a dearer one. All rows' steps are taken in the order of what they promise
    for a unit of money, until the budget is spent or nothing more is promised (Sverdrup, Wu, Athey
    & Wager 2023, arXiv:2306.11979). The curve adds up what the outcomes say of those steps.

    Parameters
    ----------
    outcome : array_like
        What came of each row, ``(n,)``: 0 and 1, or amounts.
    score : array_like or frame
        Predicted effect in units of the outcome, ``(n,)``; or a frame with one column a treated arm.
    arm : array_like
        The arm that each row received, ``(n,)``.
    control : object
        The label of the control.
    propensity : array_like, frame or mapping
        Probability of the arm received, ``(n,)``; or one column (or number) an arm.
    cost : float, array_like, frame or mapping
        Money that treating a row costs, above 0: one amount, one a row, or one column (or number) an arm.
    value : float or array_like, default: 1.0
        Money that one unit of the outcome is worth: one amount, or one a row.
    treated : object, optional
        The treated arm that the score is for, where there are several.
    expected : frame or mapping, optional
        The outcome expected under each arm, one column an arm.
    customer : array_like, optional
        The customer of each row, where one has several.
    confidence : float, default: 0.95
        Above 0 and below 1.

    Returns
    -------
    Spending
        What 101 budgets bring, with a band for each by itself.

    Raises
    ------
    TableError
        When a column is missing, of another length, has other rows, or holds what is not allowed.
    SpecError
        When ``control`` or ``treated`` is no arm, or ``confidence`` is not allowed.
    EvidenceError
        When there are no rows, one arm alone, propensities that cannot be those of the arms received, no gain is
        predicted for anybody, or an arm costs nothing.

    Examples
    --------
    >>> import cjlab as cj
    >>> import pandas as pd
    >>> score = pd.DataFrame({"call": [0.5, 0.1], "mail": [0.2, 0.0]}).loc[[0, 1] * 30].reset_index(drop=True)
    >>> arms = {"call": 1 / 3, "mail": 1 / 3, "none": 1 / 3}
    >>> found = cj.metrics.budget_curve(
    ...     [1.0, 0.0] * 30, score, arm=["call"] * 20 + ["mail"] * 20 + ["none"] * 20, control="none", propensity=arms,
    ...     cost={"call": 3.0, "mail": 1.0}
    ... )
    >>> float(found.budget[-1]), float(found.treated[-1])
    (180.0, 1.0)
    """
    study = Study.of(
        outcome,
        arm=arm,
        control=control,
        propensity=propensity,
        expected=expected,
        customer=customer,
        score=score,
        value=value,
        cost=cost,
    )
    steps = _steps(Offers.of(study, score, treated, value=value, cost=cost))
    shares = grid()
    rows = np.array([_spent(steps, study, float(share)) for share in shares])
    low, high = bounds(rows[:, 1], rows[:, 2], confidence=confidence)
    return Spending(shares * float(steps.cost.sum()), rows[:, 0], rows[:, 1], rows[:, 2], low, high)


class _Steps(NamedTuple):
    """Steps from one arm (or none) to a dearer one, best first: whose, their cost, what came of them, if the first.

    ``ends`` has the count of steps up to the end of each block that promises the same for its money.
    """

    row: Codes
    cost: Floats
    observed: Floats
    first: Floats
    ends: Codes


def _steps(offers: Offers) -> _Steps:
    """Climb the hull of each row, all rows a step at a time, and put the steps in order."""
    if offers.cost.min() <= 0:
        raise EvidenceError("cost is 0 for a treated row, and whatever is free needs no budget; see profit_curve")
    n = len(offers.cost)
    tables = [np.column_stack([np.zeros(n), one]) for one in (offers.predicted, offers.cost, offers.observed)]
    rows, at, rates, found = np.arange(n), np.zeros(n, dtype=np.intp), [], []
    for _ in offers.arms:
        rate, to = _steepest(tables[0][rows], tables[1][rows], at)
        more = rate > 0
        rows, at, to = rows[more], at[more], to[more]
        gained, paid = (table[rows, to] - table[rows, at] for table in (tables[2], tables[1]))
        found.append((rows, paid, gained, (at == 0).astype(np.float64)))
        rates.append(rate[more])
        at = to
    if not len(found[0][0]):
        raise EvidenceError("score promises no gain for anybody; there is nothing to spend on")
    ranking = Ranking.of(np.concatenate(rates))
    row, paid, gained, first = (np.concatenate(parts)[ranking.order] for parts in zip(*found, strict=True))
    return _Steps(row, paid, gained, first, ranking.ends)


def _steepest(predicted: Floats, cost: Floats, at: Codes) -> tuple[Floats, Codes]:
    """Return what the best step from where each row stands promises for its money, and where it leads; 0 for none."""
    rows = np.arange(len(at))
    dearer = cost - cost[rows, at][:, None]
    more = predicted - predicted[rows, at][:, None]
    rate = np.divide(more, dearer, out=np.zeros_like(more), where=(dearer > 0) & (more > 0))
    best = rate.max(axis=1)
    to = np.where(rate == best[:, None], cost, -np.inf).argmax(axis=1)  # of equal steps the longest
    return best, to


def _spent(steps: _Steps, study: Study, share: float) -> tuple[float, float, float]:
    """Return share treated, gain and its error when a share of all that promises a gain is spent."""
    money = np.cumsum(steps.cost)
    budget = share * money[-1]
    ends = money[steps.ends - 1]
    block = min(int(np.searchsorted(ends, budget)), len(ends) - 1)
    end = int(steps.ends[block])
    start = int(steps.ends[block - 1]) if block else 0
    paid = money[start - 1] if start else 0.0
    weight = np.zeros(len(steps.row))
    weight[:start] = 1
    inside = min((budget - paid) / (ends[block] - paid), 1.0)
    weight[start:end] = inside
    near = window(start, end, start + inside * (end - start), len(weight))
    edge = float(steps.observed[near].sum() / steps.cost[near].sum())
    gain = float(weight @ steps.observed)
    moved = np.bincount(steps.row, weights=weight * (steps.observed - edge * steps.cost), minlength=study.n)
    influence = study.n * (moved - moved.mean())
    return float(weight @ steps.first) / study.n, gain, standard_error(influence, study.customer)
