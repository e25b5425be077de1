"""Survival: when a customer leaves, not only whether."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from cjlab._checks import finite, shown, whole
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.models._columns import Columns
from cjlab.models._door import beside, customers, framed
from cjlab.models._folds import splits
from cjlab.models._labels import groups_of
from cjlab.models._trees import Grower
from cjlab.models._tuning import tuned_on

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from cjlab.models._kinds import Part

_RATE = 0.05


class Survival(BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    r"""The share of customers like each one who are still there after a time.

    A proportional hazard whose relative risk *m(x)* is grown by XGBoost (``survival:cox``), rounds chosen by
    cross-validation over customers. Its scale *b* is Cox's estimate (statsmodels) for customers that the trees had not
    seen, and the baseline is Breslow's (1974, doi:10.2307/2529620) for these:

    .. math:: S(t \mid x) = \exp\left(-H_0(t)\, e^{b\, m(x)}\right), \qquad
        H_0(t) = \sum_{t_j \le t} \frac{d_j}{\sum_{i: T_i \ge t_j} e^{b\, m(x_i)}}

    Whoever has not left is known to have stayed so long, and no more is said of him. What is known of ``X`` must have
    been known when the time begins.

    Parameters
    ----------
    depth : int
        Of the trees.
    rounds : int
        How many trees at most.
    folds : int
        Into how many parts customers are divided.
    seed : int
        What draws folds and trees.

    Attributes
    ----------
    times_, hazard_ : ndarray
        Times at which somebody left, rising, and the cumulative baseline hazard at each.
    slope_ : float
        The scale *b*.
    rounds_ : int
        How many trees were grown.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"monthly": rng.integers(0, 2, 600)})
    >>> time = rng.exponential(np.where(X["monthly"], 10, 40)) + 0.01
    >>> model = cj.models.Survival().fit(X, np.minimum(time, 30), left=time < 30)
    >>> stay = model.predict(pd.DataFrame({"monthly": [0, 1]}), at=[12]).round(1)
    >>> stay.iloc[:, 0].tolist()
    [0.7, 0.3]
    """

    def __init__(self, *, depth: int = 3, rounds: int = 400, folds: int = 5, seed: int = 0) -> None:
        self.depth = depth
        self.rounds = rounds
        self.folds = folds
        self.seed = seed

    def fit(self, X: Any, time: ArrayLike, *, left: ArrayLike, groups: ArrayLike | None = None) -> Self:  # noqa: ANN401 - any table
        """Learn from customers who left, and from those who have stayed so far.

        Parameters
        ----------
        X : frame or array
            ``(n, p)`` what was known when the time began.
        time : array-like
            ``(n,)`` how long each was seen, in any unit, above 0.
        left : array-like
            ``(n,)`` whether he left at the end of it; otherwise he was still there.
        groups : array-like, optional
            ``(n,)`` whose each row is; unless given, ``customer_id``.

        Returns
        -------
        Survival
            This.

        Raises
        ------
        TableError
            When a column cannot be read, or a time is missing or not above 0.
        EvidenceError
            When fewer than two customers left, or stayed.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> X, time = np.arange(200).reshape(-1, 1) % 2, np.arange(200) % 30 + 1
        >>> cj.models.Survival(rounds=20).fit(X, time, left=time < 20).times_[-1]
        np.float64(19.0)
        """
        whole(self.folds, name="folds", least=2)
        columns = Columns.learn(X)
        values = columns.coded(X)
        for name, given in (("time", time), ("left", left)):
            beside(given, getattr(X, "index", None), name=name)
        spans, gone = _spans(time, left, len(values))
        whose = groups_of(customers(X) if groups is None else groups, len(values))
        grower = Grower(columns, self.depth, _RATE, self.rounds, {}, int(self.seed), "survival:cox")
        kept = tuned_on(whose, str(self.seed))
        values, spans, gone, whose = values[kept], spans[kept], gone[kept], whose[kept]
        signed = np.where(gone, spans, -spans)  # the sign says to xgboost who stayed
        folds = splits(gone.astype(float), whose, folds=self.folds, key=str(self.seed))
        watched = [grower.watched((values[a], signed[a]), (values[b], signed[b])) for a, b in folds]
        self.rounds_ = int(np.median([one.best for one in watched]))
        risk = np.empty(len(values))
        for (_, test), one in zip(folds, watched, strict=True):
            risk[test] = one.logit(self.rounds_)
        self.slope_ = _slope(risk, spans, gone)
        self.times_, self.hazard_ = _baseline(self.slope_ * risk, spans, gone)
        self.trees_ = grower.grow(values, signed, self.rounds_)
        self.columns_, self.n_features_in_ = columns, len(columns.names)
        return self

    def predict(self, X: Any, *, at: Sequence[float]) -> pd.DataFrame:  # noqa: ANN401 - any table
        """Return the share of customers like each one who are still there after some times.

        Parameters
        ----------
        X : frame or array
            ``(n, p)`` with the columns learnt, in any order.
        at : sequence of float
            Times, from 0 to the last at which somebody was seen to leave.

        Returns
        -------
        pandas.DataFrame
            ``(n, len(at))`` shares from 0 to 1, indexed as ``X``, a column a time.

        Raises
        ------
        EvidenceError
            When a time lies beyond what was seen.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> X, time = np.arange(200).reshape(-1, 1) % 2, np.arange(200) % 30 + 1
        >>> model = cj.models.Survival(rounds=20).fit(X, time, left=time < 20)
        >>> model.predict(X[:1], at=[0, 10]).columns.tolist()
        [0, 10]
        """
        import pandas as pd

        check_is_fitted(self, "trees_")
        asked = _asked(at)
        beyond = asked[~((asked >= 0) & (asked <= self.times_[-1]))]
        if len(beyond):
            raise EvidenceError(
                f"at asks for {beyond[0]:g}, and nobody was seen to leave after {self.times_[-1]:g}: what comes then "
                f"is not known; give times from 0 to {self.times_[-1]:g}"
            )
        steps = np.r_[0.0, self.hazard_][np.searchsorted(self.times_, asked, side="right")]
        shares = np.exp(-np.outer(np.exp(self.risk(X)), steps))
        return pd.DataFrame(shares, index=framed(X)[0].index, columns=list(at))

    def risk(self, X: Any) -> NDArray[np.float64]:  # noqa: ANN401 - any table
        """Return the log of each customer's relative risk.

        Parameters
        ----------
        X : frame or array
            ``(n, p)`` with the columns learnt, in any order.

        Returns
        -------
        ndarray
            ``(n,)``; a difference of 0.7 is twice the risk at any time.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> X, time = np.arange(200).reshape(-1, 1) % 2, np.arange(200) % 30 + 1
        >>> cj.models.Survival(rounds=20).fit(X, time, left=time < 20).risk(X).shape
        (200,)
        """
        check_is_fitted(self, "trees_")
        found: NDArray[np.float64] = self.slope_ * self.trees_.logit(self.columns_.coded(X))
        return found

    def _parts(self) -> Mapping[str, Part]:
        check_is_fitted(self, "trees_")
        learnt = ("columns_", "trees_", "times_", "hazard_", "slope_", "rounds_", "n_features_in_")
        return {"parameters": self.get_params(), **{name: getattr(self, name) for name in learnt}}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Self:
        model = cls(**parts["parameters"])
        for name, value in parts.items():
            if name != "parameters":
                setattr(model, name, value)
        return model


def _spans(time: ArrayLike, left: ArrayLike, n: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Check how long each was seen, and whether he left."""
    spans, gone = np.asarray(time), np.asarray(left)
    if spans.dtype.kind not in "biuf":
        raise TableError(f"time is of type {spans.dtype}; give numbers, such as days")
    if spans.shape != (n,) or gone.shape != (n,):
        raise TableError(f"time has the shape {spans.shape}, left {gone.shape}; give one a row, ({n},)")
    if not np.isin(gone, (0, 1)).all():
        raise TableError("left holds other than true and false; say of each whether he left")
    spans = spans.astype(np.float64)
    wrong = ~(np.isfinite(spans) & (spans > 0))
    if wrong.any():
        place = int(np.argmax(wrong))
        raise TableError(
            f"time is {shown(float(spans[place]))} in row {place} ({int(wrong.sum()):,} such rows); give times above "
            "0, and leave out who has not begun"
        )
    return spans, gone.astype(bool)


def _asked(at: Sequence[float]) -> NDArray[np.float64]:
    """Check the times that are asked for."""
    if np.ndim(at) != 1 or not len(at):
        raise SpecError(f"at is {shown(at)}; give a list of times, such as [30, 60]")
    return np.array([finite(one, name="at") for one in at])


def _slope(risk: NDArray[np.float64], spans: NDArray[np.float64], gone: NDArray[np.bool_]) -> float:
    """Return Cox's coefficient of the risk; never below 0, since an order is not turned round."""
    from statsmodels.duration.hazard_regression import PHReg

    spread = float(risk.std())
    if spread == 0:
        return 0.0
    found = PHReg(spans, (risk / spread)[:, None], status=gone.astype(int), ties="breslow").fit(disp=0)
    return max(float(found.params[0]) / spread, 0.0)


def _baseline(
    risk: NDArray[np.float64], spans: NDArray[np.float64], gone: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return Breslow's cumulative hazard at the times at which somebody left."""
    order = np.argsort(spans, kind="stable")
    there = np.cumsum(np.exp(risk[order])[::-1])[::-1]  # weights of those still there, at each row's time
    times, left = np.unique(spans[gone], return_counts=True)
    return times, np.cumsum(left / there[np.searchsorted(spans[order], times, side="left")])
