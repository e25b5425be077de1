"""How good a model is with customers it has not learnt from, and at a later date where rows are dated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab import metrics
from cjlab._checks import shown, whole
from cjlab._display import Shown
from cjlab.errors import SpecError
from cjlab.models._door import customers, dates, framed
from cjlab.models._figure import Figure
from cjlab.models._folds import Split, Times, splits
from cjlab.models._labels import Labels, groups_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

_SHARES = (0.1, 0.2, 0.3)


@dataclass(frozen=True, eq=False, repr=False)
class Judged(Shown):
    """Scores of customers that were not learnt from, and the figures of these scores; made by :func:`judge`.

    Parameters
    ----------
    outcome : ndarray
        ``(n,)`` 1 where it came, of the rows judged.
    score : ndarray
        ``(n,)`` the chances foretold, the mean over repeats.
    customer : ndarray
        ``(n,)`` whose they are.
    rows : ndarray
        ``(n,)`` their places in the table.
    figures : tuple of Figure
        AUC, average precision, Brier score, calibration error, slope and intercept; recall, precision and lift at
        shares contacted. Over repeats, means of estimates and of ends.
    out_of_time : bool
        Whether they were judged at a later date than was learnt from.
    folds, repeats : int
        Into how many parts customers were divided, and how often.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> X = pd.DataFrame({"visits": np.arange(300) % 9}, index=pd.RangeIndex(300, name="customer_id"))
    >>> y = (X["visits"] + np.arange(300) % 5 > 6).astype(int)
    >>> judged = cj.models.judge(cj.models.Propensity("logistic"), X, y, folds=3)
    >>> judged.figure("auc").estimate > 0.9
    True
    """

    outcome: NDArray[np.float64]
    score: NDArray[np.float64]
    customer: NDArray[np.generic]
    rows: NDArray[np.intp]
    figures: tuple[Figure, ...]
    out_of_time: bool
    folds: int
    repeats: int

    @property
    def how(self) -> str:
        """How it was judged, in words.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> X = np.arange(300).reshape(-1, 1) % 9
        >>> y = X[:, 0] + np.arange(300) % 5 > 6
        >>> cj.models.judge(cj.models.Propensity("logistic"), X, y, folds=3, repeats=1).how
        '3 parts of the customers, 1 times, 300 rows judged, at the same dates'
        """
        told = f"{self.folds} parts of the customers, {self.repeats} times, {len(self.rows):,} rows judged"
        return f"{told}, {'at a later date than was learnt from' if self.out_of_time else 'at the same dates'}"

    def figure(self, measure: str, share: float | None = None) -> Figure:
        """Return one figure.

        Parameters
        ----------
        measure : str
            Such as ``"auc"`` or ``"recall"``.
        share : float, optional
            At which share contacted.

        Returns
        -------
        Figure
            The figure.

        Raises
        ------
        SpecError
            When there is none such.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> X = np.arange(300).reshape(-1, 1) % 9
        >>> y = X[:, 0] + np.arange(300) % 5 > 6
        >>> judged = cj.models.judge(cj.models.Propensity("logistic"), X, y, folds=3)
        >>> judged.figure("recall", 0.3).share
        0.3
        """
        for one in self.figures:
            if one.measure == measure and (share is None or np.isclose(one.share, share)):
                return one
        known = ", ".join(sorted({one.measure for one in self.figures}))
        raise SpecError(f"there is no figure {measure!r} at share {share}; there are {known}")

    def to_frame(self) -> pd.DataFrame:
        """Return one row a figure.

        Returns
        -------
        pandas.DataFrame
            ``measure``, ``share``, ``estimate``, ``low``, ``high``.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> X = np.arange(300).reshape(-1, 1) % 9
        >>> y = X[:, 0] + np.arange(300) % 5 > 6
        >>> judged = cj.models.judge(cj.models.Propensity("logistic"), X, y, folds=3)
        >>> judged.to_frame()["measure"].tolist()[:3]
        ['auc', 'average_precision', 'brier']
        """
        import pandas as pd

        return pd.DataFrame(list(self.figures), columns=list(Figure._fields))


def judge(
    model: Any,  # noqa: ANN401 - any classifier of scikit-learn's kind
    X: Any,  # noqa: ANN401 - any table
    y: ArrayLike,
    *,
    within: str | None = None,
    folds: int = 5,
    repeats: int = 1,
    shares: Sequence[float] = _SHARES,
) -> Judged:
    """Judge a model by customers that it has not learnt from, and by the last date where rows are dated.

    Customers are divided into ``folds``; each part is judged by a fresh copy of the model that learnt from the others,
    settings and calibration included, so that nothing chosen has seen what it is judged by. Where the index has several
    dates ``as_of``, the last is judged by what lies at least ``within`` before it.

    Parameters
    ----------
    model : classifier
        Any with ``fit`` and ``predict_proba``, cloned for each fold.
    X : frame or array
        ``(n, p)``, one row a customer or a customer and a date.
    y : array-like
        ``(n,)`` of two labels.
    within : str, optional
        How long the outcome takes, such as ``"60D"``; needed where there are several dates.
    folds, repeats : int
        Into how many parts customers are divided, and how often anew.
    shares : sequence of float
        Shares of customers contacted.

    Returns
    -------
    Judged
        Scores and figures, with 95 % intervals.

    Raises
    ------
    SpecError
        When there are several dates and ``within`` is not said.
    EvidenceError
        When a class is too rare, or no date is left to learn from.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> X = pd.DataFrame({"visits": np.arange(300) % 9}, index=pd.RangeIndex(300, name="customer_id"))
    >>> y = (X["visits"] + np.arange(300) % 5 > 6).astype(int)
    >>> cj.models.judge(cj.models.Propensity("logistic"), X, y, folds=3).out_of_time
    False
    """
    if isinstance(model, type) or not all(hasattr(model, name) for name in ("fit", "predict_proba")):
        raise SpecError(f"model is {shown(model)}; give a classifier, such as cj.models.Propensity()")
    whole(repeats, name="repeats", least=1)
    whole(folds, name="folds", least=2)
    frame, _ = framed(X)
    labels = Labels.of(y, X, len(frame))
    whose = groups_of(customers(X), len(frame))
    times = Times.of(dates(X), len(frame), within)
    dated = times is not None and times.several
    if dated and within is None:
        raise SpecError(
            "X has several dates as_of; say within=, how long the outcome takes, such as '60D', so that nothing is "
            "learnt from what was not known yet"
        )
    parted = [splits(labels.outcome, whose, times=times, folds=folds, key=f"judge/{one}") for one in range(repeats)]
    scores = [_scores(model, frame, labels, whose, one) for one in parted]
    rows = np.flatnonzero(~np.isnan(scores[0]))
    outcome, customer = labels.outcome[rows], whose[rows]
    measured = [_figures(outcome, score[rows], customer, shares) for score in scores]
    return Judged(
        outcome,
        np.mean(scores, axis=0)[rows],
        customer,
        rows,
        tuple(_mean(same) for same in zip(*measured, strict=True)),
        out_of_time=dated,
        folds=len(parted[0]),
        repeats=repeats,
    )


def _scores(
    model: Any,  # noqa: ANN401 - any classifier
    frame: pd.DataFrame,
    labels: Labels,
    whose: NDArray[np.generic],
    folds: Iterable[Split],
) -> NDArray[np.float64]:
    """Return the chance of every row that a fold judges, NaN for the others."""
    from sklearn.base import clone

    score = np.full(len(frame), np.nan)
    grouped = "groups" in model.fit.__code__.co_varnames
    for train, test in folds:
        more = {"groups": whose[train]} if grouped else {}
        fitted = clone(model).fit(frame.iloc[train], labels.outcome[train], **more)
        score[test] = fitted.predict_proba(frame.iloc[test])[:, 1]
    return score


def _figures(
    outcome: NDArray[np.float64], score: NDArray[np.float64], customer: NDArray[np.generic], shares: Sequence[float]
) -> list[Figure]:
    whose = None if len(np.unique(customer)) == len(customer) else customer
    curve, ranked = (
        metrics.roc(outcome, score, customer=whose),
        metrics.precision_recall(outcome, score, customer=whose),
    )
    true = metrics.calibration(outcome, score, customer=whose)
    told = {
        "auc": curve.auc,
        "average_precision": ranked.average_precision,
        "brier": true.brier,
        "ece": true.ece,
        "slope": true.slope,
        "intercept": true.intercept,
    }
    found = [Figure(name, np.nan, one.estimate, one.low, one.high) for name, one in told.items()]
    budget = metrics.at_budget(outcome, score, shares=shares, customer=whose).to_frame()
    for measure in ("recall", "precision", "lift"):
        columns = budget[["share", measure, f"{measure}_low", f"{measure}_high"]].to_numpy(float)
        found += [Figure(measure, *map(float, row)) for row in columns]
    return found


def _mean(same: Sequence[Figure]) -> Figure:
    """Return the mean of a figure over repeats, and of its ends."""
    estimate, low, high = np.mean([one[2:] for one in same], axis=0)
    return Figure(same[0].measure, same[0].share, float(estimate), float(low), float(high))
