"""What treating more and more customers brings in money, by what the treatment changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.metrics._curve import Curve, curved, gains, grid
from cjlab.metrics._estimate import Estimate, Measured, estimated, mean
from cjlab.metrics._offers import Offers
from cjlab.metrics._ranking import Ranking
from cjlab.metrics._study import Study
from cjlab.metrics._tabled import Tabled, measures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.metrics._door import Columns, Floats, Given


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Profit(Tabled):
    """Net money against the share of the customers who are treated, those first for whom most is predicted.

    Parameters
    ----------
    curve : Curve
        Net of all rows together, at every hundredth treated, each with the arm that is predicted to bring most.
    planned : Estimate
        Net of treating exactly those for whom the scores predict a gain after cost.
    planned_share : float
        Which share of the rows they are.
    everyone : Estimate
        Net of treating everyone so: where the curve ends.
    best_share : float
        Share at which the curve is highest. It was found on these rows, so that its net promises too much.
    arms : tuple
        The treated arms that have a score.
    n : int
        Count of rows.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.profit_curve(
    ...     [1, 0, 0, 0], [0.4, 0.3, 0.02, 0.01], arm=list("acac"), control="c", propensity=[0.5] * 4, value=10, cost=1
    ... )
    >>> found.planned_share, found.planned.estimate, found.everyone.estimate, found.best_share
    (0.5, 18.0, 16.0, 0.5)
    """

    curve: Curve
    planned: Estimate
    planned_share: float
    everyone: Estimate
    best_share: float
    arms: tuple[Any, ...]
    n: int

    def _columns(self) -> Mapping[str, Any]:
        found = measures({"planned": self.planned, "everyone": self.everyone}, n=self.n)
        return found | {"share": [self.planned_share, 1.0]}


def profit_curve(  # noqa: PLR0913 - a test is outcomes, arms and the chances of them; money is worth and cost
    outcome: Given,
    score: Columns,
    *,
    arm: Given,
    control: object,
    propensity: Columns,
    value: Given = 1.0,
    cost: Columns = 0.0,
    treated: object = None,
    expected: Columns | None = None,
    customer: Given | None = None,
    confidence: float = 0.95,
) -> Profit:
    r"""Net money that treating the best-predicted share of customers brings over treating nobody.

    Row *i* is given the arm with the largest predicted net :math:`v_i s_{ia} - c_{ia}`, and stands in the ranking by
    it; the curve adds up :math:`v_i z_{ia} - c_{ia}`, with :math:`z` as in :func:`qini`. It counts what happens because
    of the treatment, not what would have happened anyway.

    Parameters
    ----------
    outcome : array_like
        What came of each row, ``(n,)``: 0 and 1, or amounts.
    score : array_like or frame
        Predicted effect in units of the outcome, ``(n,)``; or a frame with one column a treated arm. Where value and
        cost are the same for all rows, any score that ranks them draws the same curve (``planned`` is another).
    arm : array_like
        The arm that each row received, ``(n,)``.
    control : object
        The label of the control.
    propensity : array_like, frame or mapping
        Probability of the arm received, ``(n,)``; or one column (or number) an arm.
    value : float or array_like, default: 1.0
        Money that one unit of the outcome is worth: one amount, or one a row.
    cost : float, array_like, frame or mapping, default: 0.0
        Money that treating a row costs: one amount, one a row, or one column (or number) an arm.
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
    Profit
        The curve, and the net of the customers for whom a gain is predicted, of everyone.

    Raises
    ------
    TableError
        When a column is missing, of another length, has other rows, or holds what is not allowed.
    SpecError
        When ``control`` or ``treated`` is no arm, or ``confidence`` is not allowed.
    EvidenceError
        When there are no rows, one arm alone, or propensities that cannot be those of the arms received.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.profit_curve(
    ...     [1, 0, 0, 0], [4, 3, 2, 1], arm=list("acac"), control="c", propensity=[0.5] * 4, value=10, cost=1
    ... )
    >>> found.curve.estimate[[0, 25, 50, 75, 100]].tolist()
    [0.0, 14.0, 18.0, 12.0, 16.0]
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
    offers = Offers.of(study, score, treated, value=value, cost=cost)
    predicted, observed = _best(offers)
    ranking, shares = Ranking.of(predicted), grid()
    net, errors = (study.n * found for found in gains(ranking, observed, study.customer, shares))
    chosen = predicted > 0
    return Profit(
        curved(shares, net, errors, confidence=confidence),
        planned=_total(np.where(chosen, observed, 0.0), study, confidence),
        planned_share=float(chosen.mean()),
        everyone=_total(observed, study, confidence),
        best_share=float(shares[np.argmax(net)]),
        arms=offers.arms,
        n=study.n,
    )


def _best(offers: Offers) -> tuple[Floats, Floats]:
    """Return the predicted net of each row's best arm, and what its outcome says; equally good arms share a row."""
    net = offers.predicted - offers.cost
    best = net.max(axis=1)
    shares = net == best[:, None]
    return best, (shares * (offers.observed - offers.cost)).sum(axis=1) / shares.sum(axis=1)


def _total(values: Floats, study: Study, confidence: float) -> Estimate:
    found = mean(values)
    return estimated(
        Measured(study.n * found.estimate, study.n * found.influence), study.customer, confidence=confidence
    )
