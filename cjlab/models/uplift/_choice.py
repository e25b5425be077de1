"""A race that was run: what each contender brings, which is taken, and the rule that it learned."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab._display import Shown
from cjlab.metrics import policy_value
from cjlab.models._door import framed
from cjlab.models.uplift._race import NO_ONE

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.models.uplift._race import Race, Rule

    Floats = NDArray[np.float64]
    Codes = NDArray[np.intp]

_DRAWS = 20_000


class Runner(NamedTuple):
    """A contender: what its choices bring a customer, and by how much that is ahead of the nearest simple rule.

    Parameters
    ----------
    name : str
        Its name.
    contacted : float
        The share of customers it contacts.
    value, low, high : float
        What it brings a customer after costs, with its interval, by itself.
    against : str
        Of "no one" and "everyone", the one that it is least surely ahead of.
    gain, gain_low, gain_high : float
        By how much it is ahead of that one; the lower ends of all contenders ahead of one hold together, and so do the
        upper ends.
    brought, brought_low, brought_high : float
        By how much it is ahead of no one, likewise.

    Examples
    --------
    >>> from cjlab.models import Runner
    >>> Runner("s", 0.4, 2.0, 1.5, 2.5, "everyone", 0.3, 0.1, 0.5, 0.9, 0.7, 1.1).gain
    0.3
    """

    name: str
    contacted: float
    value: float
    low: float
    high: float
    against: str
    gain: float
    gain_low: float
    gain_high: float
    brought: float
    brought_low: float
    brought_high: float


@dataclass(frozen=True, eq=False, repr=False)
class Choice(Shown):
    """The race, and what was chosen; made by :func:`choose`.

    Parameters
    ----------
    chosen : str
        The contender taken: a model only if it is surely ahead of "no one" and of "everyone"; else the better of the
        two, "no one" unless contacting everyone surely pays.
    runners : tuple of Runner
        All contenders, the simple rules first.
    rule : Rule
        What was chosen, learnt from all the customers.
    labels : tuple
        The arms, the control first.
    confidence : float
        Of the lower ends of the differences together, and of the upper ends.

    Examples
    --------
    >>> import numpy as np, cjlab as cj
    >>> rng = np.random.default_rng(0)
    >>> X, arm = rng.normal(size=(2_000, 2)), rng.choice(["none", "mail"], 2_000)
    >>> given = {"arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
    >>> found = cj.models.choose(X, rng.normal(size=2_000), contenders={"s": cj.models.Uplift()}, **given)
    >>> found.chosen, found.to_frame()["name"].tolist()
    ('no one', ['no one', 'everyone', 'response', 's'])
    """

    chosen: str
    runners: tuple[Runner, ...]
    rule: Rule
    labels: tuple[Any, ...]
    confidence: float

    def decide(self, X: object) -> pd.Series[Any]:
        """Return the arm of each customer; the control's label is no contact.

        Parameters
        ----------
        X : DataFrame or array
            Features.

        Returns
        -------
        pandas.Series
            ``arm``, indexed as X.

        Raises
        ------
        TableError
            When a column that the rule learnt from is missing.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> rng = np.random.default_rng(0)
        >>> X, arm = rng.normal(size=(900, 2)), rng.choice(["none", "mail"], 900)
        >>> given = {"arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
        >>> found = cj.models.choose(X, (arm == "mail") * 1.0 + rng.normal(size=900), contenders={}, **given)
        >>> found.decide(X[:2]).tolist()
        ['mail', 'mail']
        """
        import pandas as pd

        frame, _ = framed(X)
        arms = [self.labels[code] for code in self.rule.arms(frame)]
        return pd.Series(arms, index=frame.index, name="arm")

    def to_frame(self) -> pd.DataFrame:
        """Return one row a contender.

        Returns
        -------
        pandas.DataFrame
            The fields of :class:`Runner`, and ``chosen``.

        Examples
        --------
        >>> import numpy as np, cjlab as cj
        >>> rng = np.random.default_rng(0)
        >>> X, arm = rng.normal(size=(900, 2)), rng.choice(["none", "mail"], 900)
        >>> given = {"arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
        >>> cj.models.choose(X, rng.normal(size=900), contenders={}, **given).to_frame()["chosen"].tolist()
        [True, False, False]
        """
        import pandas as pd

        return pd.DataFrame(self.runners).assign(chosen=lambda found: found["name"] == self.chosen)


def judged(race: Race, unseen: Mapping[str, Codes], *, confidence: float) -> tuple[str, tuple[Runner, ...]]:
    """Return who is taken and what each brings, from the arms that each chose for customers it had not seen."""
    names, simple = list(unseen), list(race.simple())
    rows = np.arange(len(race.net))
    brought = np.stack([race.net[rows, arms] for arms in unseen.values()], axis=1)
    ahead: dict[tuple[str, str], Floats] = {}
    for other in simple:
        rest = [one for one in names if one != other]
        apart = np.stack([brought[:, names.index(one)] - brought[:, names.index(other)] for one in rest], axis=1)
        held = _together(apart, race.trial.customer, confidence)
        ahead |= {(one, other): ends for one, ends in zip(rest, held, strict=True)}
    runners = []
    for name, arms in unseen.items():
        other = min((other for other in simple if other != name), key=lambda other: ahead[name, other][1])
        value = _value(race, arms, confidence)
        brought = ahead.get((name, NO_ONE), np.zeros(3))
        runners.append(Runner(name, float((arms > 0).mean()), *value, other, *ahead[name, other], *brought))
    return _taken(runners, ahead, simple), tuple(runners)


def _taken(runners: list[Runner], ahead: Mapping[tuple[str, str], Floats], simple: list[str]) -> str:
    """Take the best of the models that surely beat every simple rule; else the best of those that beat no one."""
    models = [one for one in runners if one.name not in simple and one.gain_low > 0]
    paying = [one for one in runners if one.name in simple and one.name != NO_ONE and ahead[one.name, NO_ONE][1] > 0]
    best = max(models or paying, key=lambda one: one.value, default=None)
    return NO_ONE if best is None else best.name


def _value(race: Race, arms: Codes, confidence: float) -> tuple[float, float, float]:
    """Return what a choice of arms brings a customer after costs, with its interval."""
    trial = race.trial
    costs, codes = race.worth.costs, range(1 + trial.arms)
    found = policy_value(
        race.worth.value * trial.outcome - costs[trial.code],
        arms,
        arm=trial.code,
        propensity=dict(zip(codes, trial.every("a policy's value").T, strict=True)),
        expected=dict(zip(codes, race.worth.net(race.level).T, strict=True)),
        customer=trial.customer,
        confidence=confidence,
    ).dr
    return found.estimate, found.low, found.high


def _together(apart: Floats, customer: Codes, confidence: float) -> list[Floats]:
    """Return the mean of each column with ends, such that all the lower ones hold together, and all the upper ones.

    They lie as many standard errors away as the largest of the columns' statistics has as its quantile, under their
    joint normal law.
    """
    mean = apart.mean(axis=0)
    influence = np.stack([np.bincount(customer, weights=column) for column in (apart - mean).T], axis=1)
    people, rows = len(influence), len(apart)
    covariance = influence.T @ influence * people / max(people - 1, 1) / rows**2
    error = np.sqrt(np.diagonal(covariance))
    scale = np.where(error > 0, error, 1.0)
    value, vector = np.linalg.eigh(covariance / np.outer(scale, scale))
    root = vector * np.sqrt(np.maximum(value, 0.0))
    drawn = np.random.default_rng(0).normal(size=(_DRAWS, len(mean))) @ root.T
    width = float(np.quantile(drawn.max(axis=1), confidence))
    return [np.array([one, one - width * half, one + width * half]) for one, half in zip(mean, error, strict=True)]
