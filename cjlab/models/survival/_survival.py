"""Survival: when a customer leaves, not only whether."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from cjlab._checks import whole, within
from cjlab.errors import TableError
from cjlab.models._card import Facts
from cjlab.models._columns import Columns
from cjlab.models._door import beside, customers, dates, framed
from cjlab.models._folds import splits
from cjlab.models._labels import groups_of
from cjlab.models._taught import Taught, days
from cjlab.models.propensity._trees import Grower
from cjlab.models.propensity._tuning import tuned_on
from cjlab.models.survival._baseline import Baseline
from cjlab.models.survival._judged import SurvivalJudged, judged
from cjlab.models.survival._stay import Stay, grouped
from cjlab.models.survival._times import asked_times, spans_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from cjlab.models._kinds import Part

_RATE = 0.05
_LEARNT = ("columns_", "trees_", "baseline_", "rounds_", "n_features_in_", "taught_")
_LIMITS = (
    "Whoever has not left yet says only that he stayed so long; nothing is said beyond the last time at which one left",
    "The order of risks, as the trees have it, is taken as known: no interval holds how unsure it is",
)


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
    baseline_ : Baseline
        The scale *b* as ``slope``, ``times`` at which somebody left, rising, and the cumulative ``hazard`` at each.
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
        >>> cj.models.Survival(rounds=20).fit(X, time, left=time < 20).baseline_.times[-1]
        np.float64(19.0)
        """
        whole(self.folds, name="folds", least=2)
        columns = Columns.learn(X)
        values = columns.coded(X)
        for name, given in (("time", time), ("left", left)):
            beside(given, getattr(X, "index", None), name=name)
        spans, gone = spans_of(time, left, len(values))
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
        self.baseline_ = Baseline.of(risk, spans, gone)
        self.taught_ = Taught(len(values), len(np.unique(whose)), float(gone.mean()), days(dates(X)))
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
        steps = self.baseline_.steps(asked_times(at))[0]
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
        return self.baseline_.slope * self._order(X)

    def stay(
        self,
        X: Any,  # noqa: ANN401 - any table
        *,
        at: Sequence[float],
        by: ArrayLike | None = None,
        confidence: float = 0.95,
    ) -> Stay:
        """Return how many of some groups of customers are still there after some times, with intervals.

        Parameters
        ----------
        X : frame or array
            ``(n, p)`` with the columns learnt, in any order.
        at : sequence of float
            Times, from 0 to the last at which somebody was seen to leave.
        by : array-like, optional
            ``(n,)`` the group of each customer; unless given, all are one group, "all".
        confidence : float, default: 0.95
            Of each interval by itself, of what is expected of such customers: it holds how unsure the baseline hazard
            and the scale of risks are, and takes the order of risks as known.

        Returns
        -------
        Stay
            A row a group, in the order of their names, and a column a time.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> X, time = np.arange(200).reshape(-1, 1) % 2, np.arange(200) % 30 + 1
        >>> model = cj.models.Survival(rounds=20).fit(X, time, left=time < 20)
        >>> model.stay(X, at=[10]).share.round(1).loc["all"].tolist()
        [0.7]
        """
        import pandas as pd

        check_is_fitted(self, "trees_")
        sure = within(confidence, 0, 1, name="confidence", open_ends=True)
        times, risk = asked_times(at), self._order(X)
        labels = np.full(len(risk), "all") if by is None else np.asarray(by)
        if labels.shape != (len(risk),):
            raise TableError(f"by has the shape {labels.shape}; give one group a row, ({len(risk)},)")
        names, group = np.unique(labels, return_inverse=True)
        found = grouped(risk, self.baseline_, times, group, confidence=sure)
        return Stay(*(pd.DataFrame(one, index=list(names), columns=list(at)) for one in found))

    def judge(self, X: Any, time: ArrayLike, *, left: ArrayLike, at: Sequence[float]) -> SurvivalJudged:  # noqa: ANN401 - any table
        """Judge it with customers that it has not learnt from.

        Parameters
        ----------
        X : frame or array
            ``(n, p)`` what was known of them when the time began.
        time : array-like
            ``(n,)`` how long each was seen.
        left : array-like
            ``(n,)`` whether he left at the end of it.
        at : sequence of float
            Times at which promised shares are set beside those that came.

        Returns
        -------
        SurvivalJudged
            Figures for its card.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> X, time = np.arange(200).reshape(-1, 1) % 2, np.arange(200) % 30 + 1
        >>> model = cj.models.Survival(rounds=20).fit(X, time, left=time < 20)
        >>> model.judge(X, time, left=time < 20, at=[10]).figures[0].measure
        'concordance'
        """
        risk = self.risk(X)
        return judged(risk, *spans_of(time, left, len(risk)), self.predict(X, at=at))

    def _order(self, X: Any) -> NDArray[np.float64]:  # noqa: ANN401 - any table
        """Return log risks as the trees have them."""
        return self.trees_.logit(self.columns_.coded(X))

    def _facts(self) -> Facts:
        check_is_fitted(self, "trees_")
        return Facts(f"Survival, {self.rounds_} trees", self.taught_, self.columns_.names, limits=_LIMITS)

    def _parts(self) -> Mapping[str, Part]:
        check_is_fitted(self, "trees_")
        return {"parameters": self.get_params(), **{name: getattr(self, name) for name in _LEARNT}}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Self:
        model = cls(**parts["parameters"])
        for name in _LEARNT:
            setattr(model, name, parts[name])
        return model
