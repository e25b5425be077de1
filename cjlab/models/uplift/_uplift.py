"""What a contact changes, customer by customer: one class for every learner, one column a treated arm."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from scipy.stats import norm
from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from cjlab._checks import within
from cjlab.errors import ModelError, SpecError
from cjlab.models._door import dates, framed
from cjlab.models._kinds import Storable
from cjlab.models._taught import Taught, days
from cjlab.models.uplift._apart import learnt
from cjlab.models.uplift._design import Design
from cjlab.models.uplift._facts import facts
from cjlab.models.uplift._how import How
from cjlab.models.uplift._learners import LEARNERS, Sure
from cjlab.models.uplift._tried import tried

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.models._card import Facts
    from cjlab.models._kinds import Part

    Floats = NDArray[np.float64]

_LEARNT = ("design", "effect", "replicas")


class Uplift(BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    r"""Effects of contacts on an outcome, learnt from customers some of whom were contacted.

    The default, fixed before any result was seen, is one penalised regression with treatment interactions
    (``"s"``, ``"linear"``) whose penalties the data choose: one Qini on 20,000 customers has a standard error about as
    large as what separates good learners, so the steadiest and fastest is taken; where contacts change everybody alike
    its interactions shrink to nothing and it ranks as a response model does.

    Parameters
    ----------
    learner : str, default: "s"
        ``"s"`` one model with interactions, ``"t"`` a model an arm, ``"x"``, ``"r"``, ``"dr"`` (doubly robust),
        ``"forest"`` (of honest trees), ``"transformed"`` (outcome), ``"response"`` (the expected outcome itself: what a
        response model ranks by, and no effect); or ``"causalml:s"``, ``:t``, ``:x``, ``:r``, ``:dr``: causalml's own,
        which cannot be stored.
    model : {"linear", "boosted"}, default: "linear"
        What learns within it: a penalised regression (logistic where the outcome is yes or no), or XGBoost.
    folds : int, default: 5
        Parts of customers, for outcomes and probabilities by models that have not seen the customer; 2 to 50.
    replicates : int, default: 0
        Times that customers are drawn again with replacement, for intervals; 0 takes the interval of the regression,
        or of the forest; ``"boosted"`` has none.
    seed : int, default: 0
        Of parts and draws.
    trees : int, default: 500
        Of a forest, an arm; as many again tell how far they smooth.

    Attributes
    ----------
    arms_ : tuple
        The treated arms, in the order of their names.
    control_ : object
        The arm that they are compared with.
    n_features_in_ : int
        Columns learnt from.

    Notes
    -----
    The interval of a customer's effect is that of the mean effect of customers like him. The regression's takes its
    penalties, and the straightness of its lines, as known: in a simulated market its 95 % interval held the true effect
    of 55 % of the customers. For one customer take ``"forest"``: on drawn data its interval held 91 to 96 %, in such a
    market 95 % of what features tell of effects and 82 % of effects. For groups take
    :func:`cjlab.models.score_groups`, whose intervals held as often as they should (``benchmarks/PROOF.md``).

    Examples
    --------
    >>> import numpy as np, pandas as pd, cjlab as cj
    >>> rng = np.random.default_rng(0)
    >>> X = pd.DataFrame({"visits": rng.poisson(3, 4_000), "zone": rng.choice(["north", "south"], 4_000)})
    >>> arm = rng.choice(["none", "mail"], 4_000)
    >>> chance = 0.1 + 0.2 * ((arm == "mail") & (X.zone == "south"))
    >>> y = (rng.random(4_000) < chance).astype(int)
    >>> model = cj.models.Uplift().fit(X, y, arm=arm, control="none", propensity={"none": 0.5, "mail": 0.5})
    >>> found = model.predict(X)["mail"].groupby(X["zone"]).mean()
    >>> bool(abs(found["north"]) < 0.05), bool(abs(found["south"] - 0.2) < 0.05)
    (True, True)
    """

    def __init__(
        self,
        learner: str = "s",
        *,
        model: str = "linear",
        folds: int = 5,
        replicates: int = 0,
        seed: int = 0,
        trees: int = 500,
    ) -> None:
        self.learner = learner
        self.model = model
        self.folds = folds
        self.replicates = replicates
        self.seed = seed
        self.trees = trees

    def fit(
        self,
        X: object,
        y: object,
        *,
        arm: object,
        control: object,
        propensity: object = None,
        customer: object = None,
    ) -> Self:
        """Learn effects from customers, the arm each got and what came of it.

        Parameters
        ----------
        X : DataFrame or array
            Features, one row a customer, or a customer and a date; numbers, flags, text and missing values as they are.
        y : array
            ``(n,)`` outcomes, yes or no or a number; in the order of X.
        arm : array
            ``(n,)`` the arm each got.
        control : object
            Which of them the others are compared with.
        propensity : array, DataFrame, mapping or "estimated", optional
            The probability with which arms were chosen: of the arm received ``(n,)``; of every arm ``(n, arms)``, the
            control first, or a frame with a column an arm; a number an arm; or ``"estimated"`` from features. It is 0
            of an arm that a customer could not have got: each arm is then learnt apart, from those who could have got
            it and the control and got one of them.
            ``"s"``, ``"t"`` and ``"response"`` do without; ``"transformed"`` needs that of the arm received; the others
            need that of every arm.
        customer : array, optional
            ``(n,)`` whose each row is; by default the index level ``customer_id``, or every row is somebody else's.

        Returns
        -------
        Uplift
            Itself.

        Raises
        ------
        SpecError
            When a parameter is not what it should be.
        TableError
            When a column, an outcome, an arm or a probability is missing or impossible.
        EvidenceError
            When there is one arm, an arm of fewer than 5 customers, one outcome for all customers of an arm, or when
            estimated probabilities say that nobody comparable got an arm.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> X, y = np.ones((60, 1)), np.tile([0, 1], 30)
        >>> cj.models.Uplift().fit(X, y, arm=np.repeat(["a", "b"], 30), control="none")
        Traceback (most recent call last):
            ...
        cjlab.errors.TableError: control is 'none'; the arms are 'a' or 'b'
        """
        how = self._how()
        design, made = Design.learn(X)
        how = replace(how, blanks=design.blanks)
        given: dict[str, Any] = {"propensity": propensity, "customer": customer, "partial": True}
        trial = tried(X, y, made, how, arm=arm, control=control, **given)
        self.design_, self.arms_, self.control_ = design, trial.names, trial.control
        self.n_features_in_ = len(design.columns.names)
        self.taught_ = trial.taught(days(dates(X)))
        self.effect_ = learnt(self.learner, made, trial, how)
        again = (trial.drawn([how.seed, turn]) for turn in range(self.replicates))
        self.replicas_ = [learnt(self.learner, made[rows], trial.rows(rows), how) for rows in again]
        return self

    def predict(self, X: object) -> pd.DataFrame:
        """Return the effect of each treated arm on each customer.

        Parameters
        ----------
        X : DataFrame or array
            Features; columns in any order.

        Returns
        -------
        pandas.DataFrame
            ``(n, treated arms)``: the expected outcome under the arm minus that under the control, in the outcome's
            units (for yes or no, a difference of probabilities); indexed as X. Of ``"response"``, the expected outcome.

        Raises
        ------
        TableError
            When a column is missing, of another kind, or infinite.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> rng = np.random.default_rng(0)
        >>> arm = rng.choice(["none", "mail", "call"], 900)
        >>> model = cj.models.Uplift("t").fit(rng.normal(size=(900, 2)), rng.normal(size=900), arm=arm, control="none")
        >>> model.predict(np.zeros((2, 2))).columns.tolist()
        ['call', 'mail']
        """
        import pandas as pd

        check_is_fitted(self)
        found = self.effect_.effects(self.design_.of(X))
        return pd.DataFrame(found, index=framed(X)[0].index, columns=list(self.arms_))

    def interval(self, X: object, *, confidence: float = 0.95) -> pd.DataFrame:
        r"""Return the effect of each treated arm on each customer, with its interval.

        Parameters
        ----------
        X : DataFrame or array
            Features.
        confidence : float, default: 0.95
            Of the interval, between 0 and 1.

        Returns
        -------
        pandas.DataFrame
            Columns ``(arm, "estimate")``, ``(arm, "low")``, ``(arm, "high")``, indexed as X. The interval is
            :math:`\hat\tau \pm z\,s`, with s the regression's standard error, or the spread over replicates. A
            forest's is :math:`\hat\tau + \hat b \pm z\,s`, drawn out to the estimate where it misses it: with
            :math:`\hat b` what a second forest finds that the first has smoothed away, and s the error of both.

        Raises
        ------
        SpecError
            When the learner has no interval of its own and no replicates were asked for.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> rng = np.random.default_rng(0)
        >>> X, arm = rng.normal(size=(900, 2)), rng.choice(["none", "mail"], 900)
        >>> model = cj.models.Uplift().fit(X, rng.normal(size=900), arm=arm, control="none")
        >>> found = model.interval(X)["mail"]
        >>> bool((found["low"] < found["estimate"]).all())
        True
        """
        import pandas as pd

        width = float(norm.isf((1 - within(confidence, 0, 1, name="confidence", open_ends=True)) / 2))
        estimate = self.predict(X)
        centre, error = self._sure(X, estimate.to_numpy())
        low, high = estimate.clip(upper=centre - width * error), estimate.clip(lower=centre + width * error)
        ends = {"estimate": estimate, "low": low, "high": high}
        found = pd.concat(ends, axis=1).swaplevel(axis=1)
        return found[[(arm, end) for arm in self.arms_ for end in ends]]

    def __sklearn_tags__(self) -> Any:  # noqa: ANN401 - scikit-learn has no types
        """Say that missing values and text are taken as they are."""
        tags = super().__sklearn_tags__()
        tags.input_tags.allow_nan = tags.input_tags.string = tags.input_tags.categorical = True
        return tags

    def _how(self) -> How:
        return How.of(**self.get_params())

    def _sure(self, X: object, estimate: Floats) -> tuple[Floats, Floats]:
        """Return what intervals are centred on, and standard errors."""
        made = self.design_.of(X)
        if len(self.replicas_) > 1:
            return estimate, np.std([one.effects(made) for one in self.replicas_], axis=0, ddof=1)
        if not isinstance(self.effect_, Sure):
            raise SpecError(
                f"learner {self.learner!r} of model {self.model!r} has no interval of its own; fit it with "
                "replicates=100 or so, or take score_groups, for groups of customers"
            )
        return self.effect_.sure(made)

    def _facts(self) -> Facts:
        check_is_fitted(self)
        return facts(self, self.taught_)

    def _parts(self) -> Mapping[str, Part]:
        check_is_fitted(self)
        if not isinstance(self.effect_, Storable):
            raise ModelError(f"learner {self.learner!r} cannot be stored; one of {', '.join(LEARNERS)} can")
        own = {name: getattr(self, f"{name}_") for name in (*_LEARNT, "taught")}
        return {**self.get_params(), **own, "arms": list(self.arms_), "control": self.control_}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Uplift:
        asked = ("model", "folds", "replicates", "seed", "trees")
        made = cls(parts["learner"], **{name: parts[name] for name in asked if name in parts})  # older ones lack trees
        made.__dict__.update({f"{name}_": parts[name] for name in _LEARNT})
        made.arms_, made.control_, made.taught_ = tuple(parts["arms"]), parts["control"], parts.get("taught", Taught())
        made.n_features_in_ = len(made.design_.columns.names)
        return made
