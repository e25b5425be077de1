"""How good a model of effects is: what it ranks, what it promised beside what came, and what its choices bring."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import norm

from cjlab import metrics
from cjlab._checks import within
from cjlab._display import Shown
from cjlab.models._figure import Figure, about_all
from cjlab.models.uplift._unseen import Unseen
from cjlab.models.uplift._worth import worth_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.metrics import Deciles
    from cjlab.models.uplift._uplift import Uplift
    from cjlab.models.uplift._worth import Worth

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False, repr=False)
class UpliftJudged(Shown):
    """What a learner says of customers it has not seen, beside what came; made by :func:`judge_uplift`.

    Parameters
    ----------
    figures : tuple of Figure
        An arm: ``effect`` (of treating everyone), ``qini``, ``auuc`` and ``slope`` (by how much the effect that came
        rises for one that was promised: 1 where promises hold, 0 where they say nothing). Of its choices: ``contacted``
        (a share), and what they bring a customer after costs ``against no one`` and ``against everyone``.
    groups : mapping of arm to Deciles
        Groups of customers by what was promised (``score``), and the effect that came of each.
    rows, customers, folds : int
        How many were judged, in how many parts.

    Examples
    --------
    >>> import numpy as np, cjlab as cj
    >>> rng = np.random.default_rng(0)
    >>> X, arm = rng.normal(size=(4_000, 1)), rng.choice(["none", "mail"], 4_000)
    >>> y = X[:, 0] * (arm == "mail") + rng.normal(size=4_000)
    >>> given = {"arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
    >>> found = cj.models.judge_uplift(cj.models.Uplift(), X, y, **given)
    >>> [one.measure for one in found.figures[:4]]
    ['effect of mail', 'qini of mail', 'auuc of mail', 'slope of mail']
    """

    figures: tuple[Figure, ...]
    groups: Mapping[Any, Deciles]
    rows: int
    customers: int
    folds: int

    @property
    def how(self) -> str:
        """How it was judged, in words.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> rng = np.random.default_rng(0)
        >>> X, arm = rng.normal(size=(900, 1)), rng.choice(["none", "mail"], 900)
        >>> given = {"arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
        >>> cj.models.judge_uplift(cj.models.Uplift(), X, rng.normal(size=900), **given).how
        '5 parts of the customers, each judged by models that have not seen it; 900 rows of 900 customers'
        """
        told = f"{self.folds} parts of the customers, each judged by models that have not seen it"
        return f"{told}; {self.rows:,} rows of {self.customers:,} customers"

    def to_frame(self) -> pd.DataFrame:
        """Return what was promised beside what came, one row an arm and group.

        Returns
        -------
        pandas.DataFrame
            ``arm``, ``group`` (1 for the highest promises), ``rows``, ``promised``, ``came`` with ``low`` and ``high``.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> rng = np.random.default_rng(0)
        >>> X, arm = rng.normal(size=(4_000, 1)), rng.choice(["none", "mail"], 4_000)
        >>> y = X[:, 0] * (arm == "mail") + rng.normal(size=4_000)
        >>> given = {"arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
        >>> found = cj.models.judge_uplift(cj.models.Uplift(), X, y, groups=2, **given).to_frame()
        >>> found["promised"].between(found["low"], found["high"]).tolist()
        [True, True]
        """
        import pandas as pd

        made = [
            pd.DataFrame(
                {
                    "arm": arm,
                    "group": one.group.astype(int),
                    "rows": one.n,
                    "promised": one.score,
                    "came": one.effect,
                    "low": one.low,
                    "high": one.high,
                }
            )
            for arm, one in self.groups.items()
        ]
        return pd.concat(made, ignore_index=True)


def judge_uplift(  # noqa: PLR0913 - a test is outcomes, arms and the chances of them
    model: Uplift,
    X: object,
    y: object,
    *,
    arm: object,
    control: object,
    propensity: object,
    value: float = 1.0,
    costs: Mapping[Any, float] | None = None,
    groups: int = 5,
    customer: object = None,
    confidence: float = 0.95,
) -> UpliftJudged:
    r"""Judge a learner of effects with customers that it has not seen.

    It learns anew on all parts of the customers but one, as many as its ``folds``, and foretells that one; outcomes
    expected under each arm are cross-fitted likewise, so that every figure is doubly robust. With :math:`\Gamma_{ik}`
    the score of a row under an arm, ``slope`` is the coefficient of :math:`\Gamma_{ik} - \Gamma_{i0}` on the effect
    that was promised (Chernozhukov et al. 2018, doi:10.3386/w24678), and the value of its choices,
    :math:`\pi(x) = \arg\max_k v\,\tau_k(x) - c_k`, the mean of :math:`v\,\Gamma_{i\pi(x_i)} - c_{\pi(x_i)}` less that
    of the same arm for all (Dudík et al. 2014, doi:10.1214/14-STS500).

    Parameters
    ----------
    model : Uplift
        Which learner, fitted or not.
    X : DataFrame or array
        Features, one row a customer, or a customer and a date.
    y : array
        ``(n,)`` outcomes.
    arm : array
        ``(n,)`` the arm each got.
    control : object
        Which of them the others are compared with.
    propensity : array, DataFrame, mapping or "estimated"
        The probability of every arm, as :meth:`Uplift.fit` takes it.
    value : float, default: 1.0
        What one unit of the outcome is worth, in currency.
    costs : mapping of arm to float, optional
        What a contact costs, in currency; 0 for arms that are not named.
    groups : int, default: 5
        Into how many groups customers are put by what was promised.
    customer : array, optional
        ``(n,)`` whose each row is.
    confidence : float, default: 0.95
        Of each interval by itself.

    Returns
    -------
    UpliftJudged
        Figures for its card, and promises beside what came.

    Raises
    ------
    SpecError, TableError, EvidenceError
        As :meth:`Uplift.fit`.

    Examples
    --------
    >>> import numpy as np, cjlab as cj
    >>> rng = np.random.default_rng(0)
    >>> X, arm = rng.normal(size=(4_000, 1)), rng.choice(["none", "mail"], 4_000)
    >>> y = X[:, 0] * (arm == "mail") + rng.normal(size=4_000)
    >>> given = {"arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
    >>> judged = cj.models.judge_uplift(cj.models.Uplift(), X, y, **given)
    >>> model = cj.models.Uplift().fit(X, y, **given)
    >>> card = cj.models.card(model, judged, question="Whom does a mail move?")
    >>> card.figures[3].measure, bool(card.figures[3].low < 1 < card.figures[3].high)
    ('slope of mail', True)
    """
    sure = within(confidence, 0, 1, name="confidence", open_ends=True)
    found = Unseen.of(model, X, y, arm=arm, control=control, propensity=propensity, customer=customer)
    worth, people = worth_of(value, costs, found.trial), len(np.unique(found.trial.customer))
    arms = list(enumerate(found.trial.names, start=1))
    figures = [one for place, name in arms for one in _of_arm(found, place, name, sure)]
    if model.learner != "response":
        figures += _of_choices(found, worth, sure)
    deciles = {name: found.deciles(place, groups=groups, confidence=sure) for place, name in arms}
    return UpliftJudged(tuple(figures), deciles, len(found.effect), people, model.folds)


def _of_arm(found: Unseen, place: int, name: object, confidence: float) -> Iterator[Figure]:
    """Return the figures of one arm."""
    given = found.measured(place)
    qini, auuc = metrics.qini(**given, confidence=confidence), metrics.auuc(**given, confidence=confidence)
    yield about_all(f"effect of {name}", qini.effect.estimate, qini.effect.low, qini.effect.high)
    yield about_all(f"qini of {name}", qini.estimate, qini.low, qini.high)
    yield about_all(f"auuc of {name}", auuc.estimate, auuc.low, auuc.high)
    slope, influence = _slope(found.effect[:, place - 1], found.score[:, place] - found.score[:, 0])
    yield about_all(f"slope of {name}", *_ends(slope, influence, found.trial.customer, confidence))


def _of_choices(found: Unseen, worth: Worth, confidence: float) -> Iterator[Figure]:
    """Return what contacting those of whom more is promised than it costs brings, beside the same for all."""
    promised = worth.net(np.column_stack([np.zeros(len(found.effect)), found.effect]))
    chosen, net = promised.argmax(axis=1), worth.net(found.score)
    brought, names = net[np.arange(len(net)), chosen], found.trial.names
    everyone = [f"against everyone: {name}" for name in names] if len(names) > 1 else ["against everyone"]
    contacted = (chosen > 0).astype(np.float64)
    compared = {"contacted": contacted, "against no one": brought - net[:, 0]}
    compared |= {said: brought - net[:, place] for place, said in enumerate(everyone, start=1)}
    for said, each in compared.items():
        mean = float(each.mean())
        yield about_all(said, *_ends(mean, each - mean, found.trial.customer, confidence))


def _slope(promised: Floats, came: Floats) -> tuple[float, Floats]:
    """Return the coefficient of what came on what was promised, and its influence; NaN where promises do not differ."""
    apart = promised - promised.mean()
    spread = float((apart**2).mean())
    if spread <= np.finfo(np.float64).eps * float((promised**2).mean()):
        return np.nan, np.zeros_like(apart)
    slope = float((apart * came).mean()) / spread
    return slope, apart * (came - came.mean() - slope * apart) / spread


def _ends(estimate: float, influence: Floats, customer: NDArray[np.intp], confidence: float) -> tuple[float, ...]:
    """Return an estimate and the ends of its interval, rows of one customer taken together."""
    sums = np.bincount(customer, influence)
    people = len(np.unique(customer))
    error = np.sqrt((sums**2).sum() * people / max(people - 1, 1)) / len(influence)
    reach = float(norm.isf((1 - confidence) / 2)) * error
    return estimate, estimate - reach, estimate + reach
