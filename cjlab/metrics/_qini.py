"""Qini and AUUC: how much more a ranking brings than contacting the same number at random."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjlab.metrics._curve import Curve, curved, gains, grid
from cjlab.metrics._estimate import Estimate, Measured, estimated, mean
from cjlab.metrics._ranking import Ranking
from cjlab.metrics._scored import scored
from cjlab.metrics._study import Study
from cjlab.metrics._tabled import Tabled, measures

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.metrics._door import Columns, Floats, Given
    from cjlab.metrics._scored import Scored


@dataclass(frozen=True, slots=True, repr=False, eq=False)
class Uplift(Tabled):
    """What a ranking of customers brings, as one number and as a curve.

    Parameters
    ----------
    measure : str
        ``"qini"`` or ``"auuc"``.
    arm : str
        The treated arm, or of which arms each customer gets the best.
    estimate, standard_error, low, high : float
        The measure with its interval, in units of the outcome per customer.
    effect : Estimate
        Effect of treating everyone so, per customer: where the curve ends.
    curve : Curve
        What treating the best share of the customers brings, per customer of all.
    n : int
        Count of rows.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.qini(
    ...     [1, 0, 0, 0], [4, 3, 2, 1], arm=["a", "c", "a", "c"], control="c", propensity=[0.5] * 4
    ... )
    >>> found.arm, found.effect.estimate, found.estimate
    ('a', 0.5, 0.125)
    """

    measure: str
    arm: str
    estimate: float
    standard_error: float
    low: float
    high: float
    effect: Estimate
    curve: Curve
    n: int

    def _columns(self) -> Mapping[str, Any]:
        own = Estimate(self.estimate, self.standard_error, self.low, self.high)
        return measures({self.measure: own, "effect": self.effect}, arm=self.arm, n=self.n)


def qini(  # noqa: PLR0913 - a test is outcomes, arms and the chances of them
    outcome: Given,
    score: Columns,
    *,
    arm: Given,
    control: object,
    propensity: Columns,
    treated: object = None,
    expected: Columns | None = None,
    customer: Given | None = None,
    confidence: float = 0.95,
) -> Uplift:
    r"""Area between the gain curve of a ranking and that of contacting at random, per customer.

    With :math:`z_i` what row *i* says about the effect of being treated, :math:`G(q)` the mean over all rows of the
    :math:`z_i` of the best share *q*, and :math:`u_i` the share of rows above row *i* (ties counted half),

    .. math:: Q = \int_0^1 G(q)\,dq - \tfrac 1 2 G(1) = \frac 1 n \sum_i z_i \left(\tfrac 1 2 - u_i\right), \qquad
        z_i = \mu_a - \mu_0 + \frac{1\{A_i = a\} (y_i - \mu_a)}{p_i} - \frac{1\{A_i = 0\} (y_i - \mu_0)}{p_i},

    where :math:`\mu` is ``expected``, by default each arm's weighted mean, so that a constant added to all outcomes
    changes nothing. A constant score has exactly 0, in any order of rows; a monotone change of the score changes
    nothing; exchanging the arms changes the sign. Unlike the prefix ratios of :func:`qini_radcliffe` it does
    not depend on the mix of arms within a prefix. The interval is that of its influence function (Hoeffding 1948,
    doi:10.1214/aoms/1177730196), for a score that was not learned on these rows.

    Parameters
    ----------
    outcome : array_like
        What came of each row, ``(n,)``: 0 and 1, or amounts.
    score : array_like or frame
        Whom to contact first, ``(n,)``; or a frame with one column a treated arm, where each row gets its best arm.
    arm : array_like
        The arm that each row received, ``(n,)``. Rows of other arms than the treated one and the control keep their
        place in the ranking, and say what ``expected`` says.
    control : object
        The label of the control.
    propensity : array_like, frame or mapping
        Probability of the arm received, ``(n,)``; or one column (or number) an arm.
    treated : object, optional
        The treated arm that the score is for, where there are several.
    expected : frame or mapping, optional
        The outcome that a model, which did not learn from the row, expects under each arm: one column an arm. Makes the
        measure doubly robust and its interval shorter.
    customer : array_like, optional
        The customer of each row, where one has several.
    confidence : float, default: 0.95
        Above 0 and below 1.

    Returns
    -------
    Uplift
        The measure, its interval, and the curve.

    Raises
    ------
    TableError
        When a column is missing, of another length, has other rows, or holds what is not allowed.
    SpecError
        When ``control`` or ``treated`` is no arm, or ``confidence`` is not allowed.
    EvidenceError
        When there are no rows, one arm alone, or propensities that cannot be those of the arms received.

    References
    ----------
    Radcliffe (2007), Using control groups to target on predicted lift, Direct Marketing Analytics Journal 1, 14-21;
    Yadlowsky et al. (2025), doi:10.1080/01621459.2024.2393466.

    Examples
    --------
    >>> import cjlab as cj
    >>> given = {"arm": ["a", "c", "a", "c"], "control": "c", "propensity": {"a": 0.5, "c": 0.5}}
    >>> cj.metrics.qini([1, 0, 0, 0], [4, 3, 2, 1], **given).estimate
    0.125
    >>> cj.metrics.qini([1, 0, 0, 0], [7, 7, 7, 7], **given).estimate
    0.0
    """
    study = Study.of(
        outcome, arm=arm, control=control, propensity=propensity, expected=expected, customer=customer, score=score
    )
    chosen = scored(study, score, treated)
    return _result("qini", study, chosen, gap(chosen.score, chosen.effect), confidence=confidence)


def auuc(  # noqa: PLR0913 - as qini
    outcome: Given,
    score: Columns,
    *,
    arm: Given,
    control: object,
    propensity: Columns,
    treated: object = None,
    expected: Columns | None = None,
    customer: Given | None = None,
    confidence: float = 0.95,
) -> Uplift:
    r"""Area under the gain curve of a ranking, per customer: :math:`\int_0^1 G(q)\,dq`.

    It is :func:`qini` plus half the effect of treating everyone, :math:`\frac 1 n \sum_i z_i (1 - u_i)`: what is
    gained on average when it is not known how many will be treated. Contacting at random has half the effect.

    Parameters
    ----------
    outcome : array_like
        What came of each row, ``(n,)``: 0 and 1, or amounts.
    score : array_like or frame
        Whom to contact first, ``(n,)``; or a frame with one column a treated arm, where each row gets its best arm.
    arm : array_like
        The arm that each row received, ``(n,)``.
    control : object
        The label of the control.
    propensity : array_like, frame or mapping
        Probability of the arm received, ``(n,)``; or one column (or number) an arm.
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
    Uplift
        The measure, its interval, and the curve.

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
    >>> given = {"arm": ["a", "c", "a", "c"], "control": "c", "propensity": {"a": 0.5, "c": 0.5}}
    >>> cj.metrics.auuc([1, 0, 0, 0], [4, 3, 2, 1], **given).estimate
    0.375
    """
    study = Study.of(
        outcome, arm=arm, control=control, propensity=propensity, expected=expected, customer=customer, score=score
    )
    chosen = scored(study, score, treated)
    return _result("auuc", study, chosen, area(chosen.score, chosen.effect), confidence=confidence)


def gap(score: Floats, effect: Floats) -> Measured:
    """Measure the Qini and its influences: each row's own part, and what it does to the place of the others."""
    ranking = Ranking.of(score)
    own = effect * (0.5 - ranking.places)
    estimate = float(own.mean())
    sums = ranking.sums(effect) / ranking.n
    others = ranking.spread((sums[1:] + sums[:-1]) / 2) - sums[-1] / 2
    return Measured(estimate, own + others - 2 * estimate)


def area(score: Floats, effect: Floats) -> Measured:
    """Measure the AUUC: the Qini and half the effect of treating everyone."""
    found = gap(score, effect)
    everyone = mean(effect)
    return Measured(found.estimate + everyone.estimate / 2, found.influence + everyone.influence / 2)


def _result(measure: str, study: Study, chosen: Scored, found: Measured, *, confidence: float) -> Uplift:
    ranking, shares = Ranking.of(chosen.score), grid()
    amounts, errors = gains(ranking, chosen.effect, study.customer, shares)
    return Uplift(
        measure,
        chosen.arm,
        *estimated(found, study.customer, confidence=confidence),
        effect=estimated(mean(chosen.effect), study.customer, confidence=confidence),
        curve=curved(shares, amounts, errors, confidence=confidence),
        n=study.n,
    )
