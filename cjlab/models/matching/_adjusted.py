"""An effect on those who were treated, with what was made alike, and what was not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import within
from cjlab._display import Shown
from cjlab.statistics import Interval, Sample, welch

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.models.matching._covariates import Covariates

    Floats = NDArray[np.float64]

ALIKE = 0.1
"""Standard deviations by which groups that are called alike may differ."""


@dataclass(frozen=True, eq=False, repr=False)
class Adjusted(Shown):
    """The effect on the treated, from customers who were not randomised.

    It is an effect only if everything that both decided who was treated and moves the outcome is among the covariates;
    no data can tell whether it is.

    Parameters
    ----------
    estimate, standard_error, low, high : float
        The effect on those treated who have others like them, in the outcome's unit, with its interval.
    raw : Interval
        The difference of the two groups as they are.
    balance : pandas.DataFrame
        Indexed by ``covariate``: ``before`` and ``after``, treated minus the others in standard deviations, and
        ``square`` (whether it is the square of one).
    weights : pandas.Series
        How much each customer counts; 0 for treated who have nobody like them.
    treated, kept : int
        How many were treated; how many of them have others like them.
    others, effective : float
        How many were not treated; how many equally weighted ones would tell as much as these.

    Examples
    --------
    >>> import cjlab as cj
    >>> people = cj.datasets.lalonde()
    >>> found = cj.models.weigh(people.drop(columns=["treat", "re78"]), people["re78"], treated=people["treat"])
    >>> round(found.raw.estimate), found.balanced
    (-635, True)
    """

    estimate: float
    standard_error: float
    low: float
    high: float
    raw: Interval
    balance: pd.DataFrame
    weights: pd.Series[float]
    treated: int
    kept: int
    others: int
    effective: float

    @property
    def balanced(self) -> bool:
        """Whether no covariate differs by more than 0.1 standard deviations after the adjustment.

        Examples
        --------
        >>> import cjlab as cj
        >>> people = cj.datasets.lalonde()
        >>> X = people.drop(columns=["treat", "re78"])
        >>> cj.models.weigh(X, people["re78"], treated=people["treat"]).balanced
        True
        """
        own = self.balance.loc[~self.balance["square"], "after"]
        return bool(own.abs().max() <= ALIKE)

    def to_frame(self) -> pd.DataFrame:
        """Return the difference as it is, and adjusted.

        Returns
        -------
        pandas.DataFrame
            Two rows: ``difference`` ("raw" or "adjusted"), ``estimate``, ``low``, ``high``, ``treated``, ``others``
            (after the adjustment how many equally weighted ones tell as much) and ``furthest`` (the largest
            standardised difference of a covariate).

        Examples
        --------
        >>> import cjlab as cj
        >>> people = cj.datasets.lalonde()
        >>> X = people.drop(columns=["treat", "re78"])
        >>> cj.models.weigh(X, people["re78"], treated=people["treat"]).to_frame()["difference"].tolist()
        ['raw', 'adjusted']
        """
        import pandas as pd

        own = self.balance.loc[~self.balance["square"], ["before", "after"]].abs().max()
        rows = [
            ("raw", *self.raw, self.treated, float(self.others), own["before"]),
            ("adjusted", self.estimate, self.low, self.high, self.kept, self.effective, own["after"]),
        ]
        columns = ["difference", "estimate", "low", "high", "treated", "others", "furthest"]
        return pd.DataFrame(rows, columns=columns)


def adjusted(
    covariates: Covariates, outcome: Floats, weights: Floats, *, estimate: float, variance: float, confidence: float
) -> Adjusted:
    """Put a result together: the interval is normal."""
    import pandas as pd
    from scipy.stats import norm

    reach = float(norm.ppf((1 + within(confidence, 0, 1, name="confidence", open_ends=True)) / 2))
    treated, error = covariates.treated, float(np.sqrt(variance))
    samples = [Sample(len(one), one.mean(), one.var(ddof=1)) for one in (outcome[treated], outcome[~treated])]
    raw = welch(*samples, confidence=confidence)
    even = np.ones(len(outcome))
    table = pd.DataFrame(
        {
            "before": covariates.differences(even),
            "after": covariates.differences(weights),
            "square": ~covariates.told,
        },
        index=pd.Index(covariates.names, name="covariate"),
    )
    others = weights[~treated]
    return Adjusted(
        estimate,
        error,
        estimate - reach * error,
        estimate + reach * error,
        Interval(float(raw.estimate), float(raw.low), float(raw.high)),
        table,
        pd.Series(weights, index=covariates.index, name="weight"),
        int(treated.sum()),
        int((weights[treated] > 0).sum()),
        int((~treated).sum()),
        float(others.sum() ** 2 / (others**2).sum()),
    )


def outcomes(outcome: object, covariates: Covariates) -> Floats:
    """Return the outcome of each customer, beside his row."""
    import pandas as pd

    from cjlab.errors import TableError

    given = outcome.reindex(covariates.index) if isinstance(outcome, pd.Series) else outcome
    numbers = np.asarray(given, dtype=np.float64)
    if numbers.shape != (len(covariates.index),):
        raise TableError(f"outcome has shape {numbers.shape}, X has {len(covariates.index)} rows; give one a row")
    odd = ~np.isfinite(numbers)
    if odd.any():
        who = covariates.index[odd].tolist()[0]
        raise TableError(f"outcome is {numbers[odd][0]} for {who!r}; give a number for everybody, or leave him out")
    return numbers
