"""Effects by groups of customers: whether much happens where the score says much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone

from cjlab._checks import instance, listed, one_of
from cjlab.errors import SpecError
from cjlab.metrics import uplift_by_decile
from cjlab.models._door import framed
from cjlab.models.uplift._design import Design
from cjlab.models.uplift._folds import folds
from cjlab.models.uplift._nuisances import scores
from cjlab.models.uplift._tried import tried
from cjlab.models.uplift._uplift import Uplift

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.metrics import Deciles
    from cjlab.models.uplift._trial import Trial


def score_groups(  # noqa: PLR0913 - a test is outcomes, arms and the chances of them
    model: Uplift,
    X: object,
    y: object,
    *,
    arm: object,
    control: object,
    propensity: object,
    treated: object = None,
    groups: int = 10,
    customer: object = None,
    confidence: float = 0.95,
) -> Deciles:
    """Return the effect in groups of customers by score, each with its interval.

    Scores, and the outcomes expected under each arm, are of models that have not seen the customer; the effect of a
    group is the doubly robust one of :func:`cjlab.metrics.uplift_by_decile`. Unlike the regression's interval of one
    customer's effect, that of a group holds.

    Parameters
    ----------
    model : Uplift
        Which model; it learns anew on all parts of the customers but one, as many as its ``folds``.
    X : DataFrame or array
        Features.
    y : array
        ``(n,)`` outcomes.
    arm : array
        ``(n,)`` the arm each got.
    control : object
        Which of them the others are compared with.
    propensity : array, DataFrame, mapping or "estimated"
        The probability of every arm, as :meth:`Uplift.fit` takes it.
    treated : object, optional
        Which arm, where several are treated.
    groups : int, default: 10
        How many groups.
    customer : array, optional
        ``(n,)`` whose each row is.
    confidence : float, default: 0.95
        Of each interval by itself.

    Returns
    -------
    Deciles
        One row a group, those with the highest scores first.

    Raises
    ------
    SpecError, TableError, EvidenceError
        As :meth:`Uplift.fit`, and when ``treated`` is no treated arm.

    Examples
    --------
    >>> import numpy as np, cjlab as cj
    >>> rng = np.random.default_rng(0)
    >>> X, arm = rng.normal(size=(4_000, 1)), rng.choice(["none", "mail"], 4_000)
    >>> y = X[:, 0] * (arm == "mail") + rng.normal(size=4_000)
    >>> given = {"arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
    >>> found = cj.models.score_groups(cj.models.Uplift(), X, y, groups=2, **given)
    >>> bool(found.low[0] > 0.5), bool(found.high[1] < -0.5)
    (True, True)
    """
    frame, _ = framed(X)
    how = instance(model, Uplift, name="model")._how()  # noqa: SLF001 - its parts and its seed
    made = Design.learn(frame)[1]
    trial = tried(frame, y, made, how, arm=arm, control=control, propensity=propensity, customer=customer)
    part = folds(trial, how.parts, seed=how.seed)
    level, _ = scores(made, trial, part)
    place = _place(trial.names, treated)
    score = unseen(model, frame, trial, part)[:, place - 1]
    codes = range(1 + trial.arms)
    return uplift_by_decile(
        trial.outcome,
        score,
        arm=trial.code,
        control=0,
        treated=place,
        propensity=dict(zip(codes, trial.every("effects of groups").T, strict=True)),
        groups=groups,
        expected=dict(zip(codes, level.T, strict=True)),
        customer=trial.customer,
        confidence=confidence,
    )


def unseen(model: Uplift, frame: pd.DataFrame, trial: Trial, part: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return the effects that a model expects of customers whom it has not seen, ``(n, arms)``."""
    found = np.empty((len(frame), trial.arms))
    for one in range(int(part.max()) + 1):
        own, rest = np.flatnonzero(part == one), np.flatnonzero(part != one)
        some = trial.rows(rest)
        given: dict[str, Any] = {"arm": some.code, "control": 0, "propensity": some.chances, "customer": some.customer}
        found[own] = clone(model).fit(frame.iloc[rest], some.outcome, **given).predict(frame.iloc[own]).to_numpy()
    return found


def _place(names: tuple[Any, ...], treated: object) -> int:
    """Return which of the treated arms is meant, from 1."""
    if treated is None and len(names) > 1:
        raise SpecError(f"treated is not said, and there are several arms: {listed(names)}")
    return 1 if treated is None else 1 + names.index(one_of(treated, names, name="treated"))
