"""Each treated beside those who were as likely to be treated, and were not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import finite, whole
from cjlab.errors import EvidenceError, SpecError
from cjlab.models.matching._adjusted import Adjusted, adjusted, outcomes
from cjlab.models.matching._covariates import Covariates
from cjlab.models.matching._nearest import Nearest
from cjlab.models.matching._score import balanced, likeliest

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_HALF = 0.5
_SPREAD = 2  # others of the same group, by whom the outcome's variance is judged


def match(
    X: Any,  # noqa: ANN401 - a table of any kind, as scikit-learn calls it
    outcome: Any,  # noqa: ANN401 - numbers of any kind
    *,
    treated: Any,  # noqa: ANN401 - flags of any kind
    neighbours: int = 4,
    caliper: float = 0.2,
    confidence: float = 0.95,
) -> Adjusted:
    r"""Effect on the treated by propensity-score matching, with replacement.

    The log odds of being treated are linear in all covariates and the squares of numbers, with the coefficients that
    balance them best (as in :func:`weigh`; the likeliest ones where none do). Each treated is set beside the
    ``neighbours`` others whose log odds are nearest (all of those equally near) within ``caliper`` standard deviations
    of the log odds. What still differs between him and them is put right by a regression of the outcome among those
    others (Abadie & Imbens 2011, doi:10.1198/jbes.2009.07333). The variance is that of Abadie & Imbens (2006,
    doi:10.1111/j.1468-0262.2006.00655.x, theorem 7), of what the regression leaves,

    .. math:: \frac{1}{n_1^2} \left[\sum_{i \text{ treated}} (\hat\tau_i - \hat\tau)^2
              + \sum_{j \text{ other}} (K_j^2 - K'_j)\,\hat\sigma_j^2\right]

    with :math:`K_j` how often *j* stands for a treated and :math:`K'_j` the sum of the squares of his parts.

    Parameters
    ----------
    X : DataFrame
        Covariates known before anybody was treated, one row a customer: numbers, flags, categories, missing values as
        they come.
    outcome : array or Series
        ``(n,)``, a number for each.
    treated : array or Series
        ``(n,)``, true or false.
    neighbours : int, default: 4
        How many others are set beside each treated.
    caliper : float, default: 0.2
        How far their log odds may lie, in standard deviations of the log odds within a group, the smaller of the two
        (after Austin 2011, doi:10.1002/pst.433).
    confidence : float, default: 0.95
        Of the interval.

    Returns
    -------
    Adjusted
        The effect, with balance and overlap.

    Raises
    ------
    EvidenceError
        When the covariates tell who was treated, or fewer than half of the treated have anybody like them.
    TableError
        When a row has no flag or outcome, or a customer two rows.

    Examples
    --------
    >>> import cjlab as cj
    >>> people = cj.datasets.lalonde()
    >>> found = cj.models.match(people.drop(columns=["treat", "re78"]), people["re78"], treated=people["treat"])
    >>> found.low < 1794 < found.high
    True
    """
    whole(neighbours, name="neighbours", least=1, most=1_000)
    if finite(caliper, name="caliper") <= 0:
        raise SpecError(f"caliper is {caliper}; give standard deviations of the log odds, above 0")
    covariates = Covariates.of(X, treated)
    y, design, taken = outcomes(outcome, covariates), covariates.design(), covariates.treated
    odds = likeliest(design, taken)  # which refuses where the groups are apart
    even = balanced(covariates)
    odds = odds if even is None else even[0]
    spread = min(float(odds[group].std()) for group in (taken, ~taken))
    near = Nearest.among(odds[taken], odds[~taken], neighbours=neighbours, caliper=caliper * spread)
    kept = near.found
    if kept.mean() < _HALF:
        raise EvidenceError(
            f"of {len(kept)} treated, {int(kept.sum())} have anybody like them who was not treated (within {caliper:g} "
            "standard deviations of the log odds): too few to speak of the treated; test at random, or ask about those "
            "who might have been left out"
        )
    votes = near.votes()
    left = y - _regressed(design[~taken], y[~taken], votes)(design)
    effects = (left[taken] - near.mean(left[~taken]))[kept]
    estimate, many = float(effects.mean()), int(kept.sum())
    again = votes**2 - near.votes(power=2)
    variance = (((effects - estimate) ** 2).sum() + (again * _noise(odds[~taken], left[~taken])).sum()) / many**2
    weights = np.zeros(len(y))
    weights[taken], weights[~taken] = kept, votes
    return adjusted(covariates, y, weights, estimate=estimate, variance=float(variance), confidence=confidence)


def _regressed(design: Floats, y: Floats, weights: Floats) -> Any:  # noqa: ANN401 - a function of a design
    """Return a regression of those who stand for somebody, as often as they do, hardly penalised."""
    used = weights > 0
    rows = design[used] * np.sqrt(weights[used])[:, None]
    crossed = rows.T @ rows
    ridge = 1e-6 * np.trace(crossed) / len(crossed) * np.eye(len(crossed))
    theta = np.linalg.solve(crossed + ridge, rows.T @ (y[used] * np.sqrt(weights[used])))
    return lambda other: other @ theta


def _noise(odds: Floats, left: Floats) -> Floats:
    """Return the variance of the outcome near each, from his nearest in the same group."""
    near = Nearest.among(odds, odds, neighbours=_SPREAD, caliper=np.inf, apart=True)
    mine = (near.taken * (near.groups == near.of[:, None])).sum(axis=1)  # the vote each would have for himself
    others = near.mean(left) - left * mine
    count = 1 / near.taken.max(axis=1)
    return np.asarray(count / (count + 1) * (left - others) ** 2)
