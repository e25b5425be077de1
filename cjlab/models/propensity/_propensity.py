"""Propensity: the chance that a customer does something within a time, from what was known before."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from cjlab._checks import whole
from cjlab.models._columns import Columns
from cjlab.models._door import customers, dates
from cjlab.models._folds import Times, splits
from cjlab.models._labels import Labels, groups_of
from cjlab.models.propensity._facts import facts
from cjlab.models.propensity._learner import Learner
from cjlab.models.propensity._tuning import Tuning, tuned_on
from cjlab.models.propensity._usual import Usual

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray
    from sklearn.utils import Tags

    from cjlab.models._card import Facts
    from cjlab.models._kinds import Part

_LEARNT = ("classes", "columns", "blend", "chosen", "usual")


class Propensity(ClassifierMixin, BaseEstimator):  # type: ignore[misc] # scikit-learn has no types
    r"""The chance of an outcome for each customer, calibrated, with its reasons.

    Two members learn the same rows: boosted trees (XGBoost), and a logistic regression on ramps of the numbers with a
    ridge penalty. The default is their blend, a weighted mean of their log-odds; depth, rounds, penalty and weight are
    chosen by cross-validation over customers, trees stopping early inside each fold, and a straight line on the scale
    of log-odds, learnt from customers that the members had not seen, makes the chances true (Platt 1999). Rare outcomes
    keep their frequency: no class is weighted and no row made up, since both break the chances; whom to contact is a
    matter of budget, not of a threshold at a half.

    Parameters
    ----------
    member : {"blend", "xgboost", "logistic"}
        Who answers.
    depths : sequence of int
        Depths of trees to choose from.
    rounds : int
        How many trees at most.
    folds : int
        Into how many parts customers are divided to choose settings.
    monotone : mapping of str to int, optional
        Columns of numbers in which the chance may only rise (1) or fall (−1), in both members.
    within : str, optional
        How long the outcome takes, such as ``"60D"``. With several dates, settings are chosen and calibrated by the
        last date, from dates that lie at least so long before it; where there are none, by customers alone.
    seed : int
        What draws folds and trees.

    Attributes
    ----------
    classes_ : ndarray
        The two labels; chances are of the second.
    n_features_in_ : int
        How many columns were learnt.
    feature_names_in_ : ndarray
        Their names, where the table had names.
    chosen_ : dict
        Depth, rounds, penalty, the weight of the trees, and the cross-validated loss of each member and of their blend.

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> ids = pd.RangeIndex(400, name="customer_id")
    >>> X = pd.DataFrame({"visits": np.arange(400) % 20, "zone": ["north", "south"] * 200}, index=ids)
    >>> bought = pd.Series((X["visits"] + np.arange(400) % 7 > 12).astype(int))
    >>> model = cj.models.Propensity(rounds=50).fit(X, bought)
    >>> model.predict_proba(X.iloc[[0, 16]])[:, 1].round(2).tolist()
    [0.0, 1.0]
    """

    feature_names_in_: NDArray[np.object_]

    def __init__(
        self,
        member: str = "blend",
        *,
        depths: tuple[int, ...] = (3, 6),
        rounds: int = 600,
        folds: int = 5,
        monotone: Mapping[str, int] | None = None,
        within: str | None = None,
        seed: int = 0,
    ) -> None:
        self.member = member
        self.depths = depths
        self.rounds = rounds
        self.folds = folds
        self.monotone = monotone
        self.within = within
        self.seed = seed

    def fit(self, X: object, y: ArrayLike, groups: ArrayLike | None = None, at: ArrayLike | None = None) -> Self:
        """Learn from rows whose outcome is known.

        Parameters
        ----------
        X : frame or array
            ``(n, p)``, one row a customer or a customer and a date: numbers, flags, texts and categories, missing ones
            as they come. Columns or index levels ``customer_id`` and ``as_of`` are no features.
        y : array-like
            ``(n,)`` of two labels; the second in order is what the chances are of.
        groups : array-like, optional
            ``(n,)`` whose each row is; unless given, ``customer_id``, and without one each row is somebody else.
        at : array-like, optional
            ``(n,)`` of when; unless given, ``as_of``.

        Returns
        -------
        Propensity
            This.

        Raises
        ------
        TableError
            When a column cannot be read, or ``y`` is not of the customers of ``X``.
        EvidenceError
            When a class is absent, or too rare to learn from.
        SpecError
            When a parameter means nothing.

        Examples
        --------
        >>> import numpy as np, pandas as pd, cjlab as cj
        >>> X = pd.DataFrame({"visits": np.arange(200) % 9})
        >>> model = cj.models.Propensity("logistic").fit(X, X["visits"] + np.arange(200) % 5 > 6)
        >>> sorted(model.chosen_)
        ['logistic_loss', 'penalty', 'weight']
        """
        whole(self.folds, name="folds", least=2)
        columns = Columns.learn(X)
        learner = Learner(self.member, self.depths, self.rounds, self.monotone or {}, self.seed).checked(columns)
        values = columns.coded(X)
        labels = Labels.of(y, X, len(values))
        whose = groups_of(customers(X) if groups is None else groups, len(values))
        times = Times.of(dates(X) if at is None else at, len(values), self.within)
        self._name(columns, labels)
        kept = tuned_on(whose, str(self.seed))
        asked = times.among(kept) if times is not None and times.foretold else None
        folds = splits(labels.outcome[kept], whose[kept], times=asked, folds=self.folds, key=str(self.seed))
        chosen = learner.choose(Tuning(values[kept], labels.outcome[kept], columns, folds, learner.monotone))
        self.chosen_ = dict(chosen.settings)
        blend = learner.learn(values, labels.outcome, columns, chosen)
        late = None if times is None or not times.several else times.last
        self.blend_ = blend if late is None else blend.levelled(values[late], labels.outcome[late])
        self.usual_ = Usual.learn(values, labels.outcome, whose, times)
        return self

    def _name(self, columns: Columns, labels: Labels) -> None:
        """Keep what scikit-learn asks for by these names."""
        self.columns_, self.classes_, self.n_features_in_ = columns, labels.classes, len(columns.names)
        if hasattr(self, "feature_names_in_"):
            del self.feature_names_in_
        if columns.named:
            self.feature_names_in_ = np.array(columns.names, object)

    def decision_function(self, X: object) -> NDArray[np.float64]:
        """Return the log-odds of the second label.

        Parameters
        ----------
        X : frame or array
            ``(n, p)`` with the columns learnt, in any order.

        Returns
        -------
        ndarray
            ``(n,)`` calibrated log-odds.

        Raises
        ------
        TableError
            When a column is absent, of another kind than learnt, or holds an infinite value.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> X = np.arange(200.0).reshape(-1, 1) % 9
        >>> model = cj.models.Propensity("logistic").fit(X, X[:, 0] + np.arange(200) % 5 > 6)
        >>> bool(np.diff(model.decision_function([[1.0], [8.0]]))[0] > 0)
        True
        """
        check_is_fitted(self, "blend_")
        return self.blend_.logit(self.columns_.coded(X))

    def predict_proba(self, X: object) -> NDArray[np.float64]:
        """Return the chance of each label.

        Parameters
        ----------
        X : frame or array
            ``(n, p)`` with the columns learnt, in any order.

        Returns
        -------
        ndarray
            ``(n, 2)`` in the order of ``classes_``.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> X = np.arange(200.0).reshape(-1, 1) % 9
        >>> model = cj.models.Propensity("logistic").fit(X, X[:, 0] + np.arange(200) % 5 > 6)
        >>> model.predict_proba(X).shape
        (200, 2)
        """
        half = np.tanh(self.decision_function(X) / 2) / 2
        return np.column_stack([0.5 - half, 0.5 + half])

    def predict(self, X: object) -> NDArray[np.generic]:
        """Return the likelier label.

        Parameters
        ----------
        X : frame or array
            ``(n, p)`` with the columns learnt, in any order.

        Returns
        -------
        ndarray
            ``(n,)`` labels; of a rare outcome, hardly ever the second: rank by :meth:`predict_proba` instead.

        Raises
        ------
        TableError
            When a column is absent, of another kind than learnt, or holds an infinite value.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> X = np.arange(200.0).reshape(-1, 1) % 9
        >>> model = cj.models.Propensity("logistic").fit(X, X[:, 0] + np.arange(200) % 5 > 6)
        >>> model.predict([[0.0], [8.0]]).tolist()
        [False, True]
        """
        above = self.decision_function(X) > 0
        return np.asarray(self.classes_[above.astype(int)])

    def contributions(self, X: object) -> NDArray[np.float64]:
        """Return what each column adds to a customer's log-odds; they add up to :meth:`decision_function`.

        Parameters
        ----------
        X : frame or array
            ``(n, p)`` with the columns learnt, in any order.

        Returns
        -------
        ndarray
            ``(n, p + 1)``: Shapley values in the order learnt, and the log-odds of the mean customer last; to float32
            where trees take part.

        Raises
        ------
        TableError
            When a column is absent, of another kind than learnt, or holds an infinite value.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> X = np.arange(200.0).reshape(-1, 1) % 9
        >>> model = cj.models.Propensity("logistic").fit(X, X[:, 0] + np.arange(200) % 5 > 6)
        >>> bool(np.allclose(model.contributions(X).sum(axis=1), model.decision_function(X)))
        True
        """
        check_is_fitted(self, "blend_")
        return self.blend_.contributions(self.columns_.coded(X))

    def __sklearn_tags__(self) -> Tags:
        """Say what scikit-learn may hand in."""
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_class = False
        tags.input_tags.allow_nan = tags.input_tags.categorical = tags.input_tags.string = True
        return tags

    def _facts(self) -> Facts:
        check_is_fitted(self, "blend_")
        return facts(self)

    def _parts(self) -> Mapping[str, Part]:
        check_is_fitted(self, "blend_")
        return {"parameters": self.get_params(), **{name: getattr(self, f"{name}_") for name in _LEARNT}}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Self:
        model = cls(**parts["parameters"] | {"depths": tuple(parts["parameters"]["depths"])})
        model._name(parts["columns"], Labels(parts["classes"], np.empty(0)))
        model.blend_, model.chosen_, model.usual_ = parts["blend"], parts["chosen"], parts["usual"]
        return model
