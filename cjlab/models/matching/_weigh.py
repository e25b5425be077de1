"""Others weighted until they are like the treated."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import finite
from cjlab.errors import EvidenceError
from cjlab.models.matching._adjusted import Adjusted, adjusted, outcomes
from cjlab.models.matching._covariates import Covariates
from cjlab.models.matching._score import balanced

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_LEAST = 20.0  # others that tell as much as equally weighted ones


def weigh(
    X: Any,  # noqa: ANN401 - a table of any kind, as scikit-learn calls it
    outcome: Any,  # noqa: ANN401 - numbers of any kind
    *,
    treated: Any,  # noqa: ANN401 - flags of any kind
    confidence: float = 0.95,
) -> Adjusted:
    r"""Effect on the treated by propensity weights that balance every covariate exactly.

    The odds of being treated are :math:`e^{x'\lambda}`, a logistic propensity whose coefficients are not the likeliest
    but those with which the others, weighted by the odds, have the means of the treated, squares of numbers included
    where any weights balance these too (Hainmueller 2012, doi:10.1093/pan/mpr025; Imai & Ratkovic 2014,
    doi:10.1111/rssb.12027). It is right if either the propensity or a linear outcome is (Zhao & Percival 2017,
    doi:10.1515/jci-2016-0010). The variance is that of the stacked estimating equations, so it knows that the weights
    were learned: by their influence function,

    .. math:: \psi_i = \frac{n}{n_1}\left[D_i (Y_i - \mu_i - \tau) - (1 - D_i) w_i (Y_i - \mu_i)\right]

    where :math:`\mu` is the weighted regression of the outcome among the others.

    Parameters
    ----------
    X : DataFrame
        Covariates known before anybody was treated, one row a customer: numbers, flags, categories, missing values as
        they come.
    outcome : array or Series
        ``(n,)``, a number for each.
    treated : array or Series
        ``(n,)``, true or false.
    confidence : float, default: 0.95
        Of the interval.

    Returns
    -------
    Adjusted
        The effect, with balance and overlap.

    Raises
    ------
    EvidenceError
        When no weights of the others have the means of the treated, or so few of them carry all the weight that they
        tell no more than 20 customers.
    TableError
        When a row has no flag or outcome, or a customer two rows.

    Examples
    --------
    >>> import cjlab as cj
    >>> people = cj.datasets.lalonde()
    >>> found = cj.models.weigh(people.drop(columns=["treat", "re78"]), people["re78"], treated=people["treat"])
    >>> found.low < 1794 < found.high
    True
    """
    finite(confidence, name="confidence")
    covariates = Covariates.of(X, treated)
    y, taken, found = outcomes(outcome, covariates), covariates.treated, balanced(covariates)
    if found is None:
        raise EvidenceError(
            f"no weights of the {int((~taken).sum())} others give them the means of the treated "
            f"({_furthest(covariates)} differs most): the two groups do not overlap; test at random, or ask about "
            "those of the treated who have others like them (match)"
        )
    line, design = found
    odds = np.exp(line[~taken] - line[~taken].max())
    odds /= odds.sum()
    effective = float(odds.sum() ** 2 / (odds**2).sum())
    if effective < _LEAST:
        raise EvidenceError(
            f"a few of the {len(odds)} others carry all the weight: they tell no more than {effective:.1f} customers, "
            f"of at least {_LEAST:g}; hardly anybody is like the treated: test at random, or ask about fewer of them"
        )
    weights = np.ones(len(y))
    weights[~taken] = odds * taken.sum()
    estimate = float(y[taken].mean() - odds @ y[~taken])
    rows = design[~taken] * odds[:, None]
    theta = np.linalg.lstsq(rows.T @ design[~taken], rows.T @ y[~taken], rcond=None)[0]
    left = y - design @ theta
    influence = np.where(taken, left - estimate, -weights * left) / taken.sum()
    variance = float((influence**2).sum())
    return adjusted(covariates, y, weights, estimate=estimate, variance=variance, confidence=confidence)


def _furthest(covariates: Covariates) -> str:
    apart = covariates.differences(np.ones(len(covariates.treated)))
    return repr(covariates.names[int(np.argmax(np.abs(apart)))])
