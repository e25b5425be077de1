"""Effects by groups of customers: whether much happens where the score says much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cjlab._checks import listed, one_of
from cjlab.errors import SpecError
from cjlab.models.uplift._unseen import Unseen

if TYPE_CHECKING:
    from cjlab.metrics import Deciles
    from cjlab.models.uplift._uplift import Uplift


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
    found = Unseen.of(model, X, y, arm=arm, control=control, propensity=propensity, customer=customer)
    return found.deciles(_place(found.trial.names, treated), groups=groups, confidence=confidence)


def _place(names: tuple[Any, ...], treated: object) -> int:
    """Return which of the treated arms is meant, from 1."""
    if treated is None and len(names) > 1:
        raise SpecError(f"treated is not said, and there are several arms: {listed(names)}")
    return 1 if treated is None else 1 + names.index(one_of(treated, names, name="treated"))
