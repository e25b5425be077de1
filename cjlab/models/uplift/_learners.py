r"""Learners of effects: each turns a trial into regressions, and says so in one function.

With :math:`\mu_a` the expected outcome under arm a, :math:`e_a` its probability, and :math:`T` the arm received:

- ``s``: one model of the outcome on features, arms and their interactions.
- ``t``: a model an arm.
- ``x``: effects imputed for each side by the other's model, regressed on features, weighed by the arms' shares
  (Künzel et al. 2019, doi:10.1073/pnas.1804597116).
- ``r``: what is left of the outcome on what is left of the arm (Nie & Wager 2021, doi:10.1093/biomet/asaa076).
- ``dr``: doubly robust scores regressed on features (Kennedy 2023, doi:10.1214/23-EJS2157).
- ``forest``: honest trees, grouped in bags, of what is left of both (:mod:`cjlab.models.uplift._forest`).
- ``transformed``: :math:`(y - \bar y)(1\{T = k\}/e_k - 1\{T = 0\}/e_0)` regressed on features (Athey & Imbens 2016,
  doi:10.1073/pnas.1510489113).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from cjlab.models.uplift._boosters import Boosters, beside, grown, together
from cjlab.models.uplift._coefficients import Coefficients, apart, differences
from cjlab.models.uplift._folds import folds
from cjlab.models.uplift._nuisances import doubly_robust, levels
from cjlab.models.uplift._penalised import regression

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from cjlab.models._kinds import Part
    from cjlab.models.uplift._how import How
    from cjlab.models.uplift._trial import Trial

    Floats = NDArray[np.float64]


class Effect(Protocol):
    """What a learner learned."""

    def effects(self, design: Floats) -> Floats:
        """Return the difference of each arm from the control, ``(n, arms)``."""
        ...


@runtime_checkable
class Sure(Protocol):
    """What knows how sure it is."""

    def sure(self, design: Floats) -> tuple[Floats, Floats]:
        """Return what intervals are centred on, and standard errors, ``(n, arms)`` each."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class _Regressed:
    """An arm's effect as weighed regressions of an outcome on features."""

    design: Floats
    outcome: Floats
    weight: Floats | None = None


def interacting(design: Floats, trial: Trial, how: How) -> Effect:
    """Learn one model of outcome, arms and their interactions."""
    if not how.boosted:
        return regression(design, trial.outcome, code=trial.code, logistic=trial.logistic)
    booster = grown(beside(design, trial.code, trial.arms), trial.outcome, logistic=trial.logistic, seed=how.seed)
    arms = range(trial.arms)
    return together(
        trial.arms, [one for arm in arms for one in ((arm, 1.0, booster, arm + 1), (arm, -1.0, booster, 0))]
    )


def separate(design: Floats, trial: Trial, how: How) -> Effect:
    """Learn a model of each arm's outcome."""
    found = []
    for arm in range(1 + trial.arms):
        own = np.flatnonzero(trial.code == arm)
        learn = grown if how.boosted else regression
        found.append(learn(design[own], trial.outcome[own], logistic=trial.logistic))
    if not how.boosted:
        return apart(found)
    arms = range(trial.arms)
    return together(
        trial.arms, [one for arm in arms for one in ((arm, 1.0, found[arm + 1], -1), (arm, -1.0, found[0], -1))]
    )


def imputed(design: Floats, trial: Trial, how: How) -> Effect:
    """Regress the effects that each side's model imputes to the other, weighed by the shares of the two."""
    level = levels(design, trial, _parts(trial, how), boosted=how.boosted)
    chance = trial.every("learner 'x'")
    sides = []
    for arm in range(1, 1 + trial.arms):
        base, own = np.flatnonzero(trial.code == 0), np.flatnonzero(trial.code == arm)
        among = float(np.mean(chance[:, arm] / (chance[:, arm] + chance[:, 0])))
        treated = _Regressed(design[own], trial.outcome[own] - level[own, 0])
        control = _Regressed(design[base], level[base, arm] - trial.outcome[base])
        sides.append([(1 - among, treated), (among, control)])
    return _final(sides, how)


def residual(design: Floats, trial: Trial, how: How) -> Effect:
    """Regress what is left of the outcome on what is left of the arm, for each arm beside the control."""
    level = levels(design, trial, _parts(trial, how), boosted=how.boosted)
    chance = trial.every("learner 'r'")
    found = []
    for arm in range(1, 1 + trial.arms):
        pair = np.flatnonzero((trial.code == 0) | (trial.code == arm))
        among = chance[pair, arm] / (chance[pair, arm] + chance[pair, 0])
        mean = among * level[pair, arm] + (1 - among) * level[pair, 0]
        left = (trial.code[pair] == arm) - among
        found.append([(1.0, _Regressed(design[pair], (trial.outcome[pair] - mean) / left, left**2))])
    return _final(found, how)


def robust(design: Floats, trial: Trial, how: How) -> Effect:
    """Regress the difference of doubly robust scores."""
    level = levels(design, trial, _parts(trial, how), boosted=how.boosted)
    score = doubly_robust(trial, level, trial.every("learner 'dr'"))
    return _final([[(1.0, _Regressed(design, score[:, arm] - score[:, 0]))] for arm in range(1, 1 + trial.arms)], how)


def wooded(design: Floats, trial: Trial, how: How) -> Effect:
    """Learn a forest of what is left of the outcome and of the arm."""
    from cjlab.models.uplift._forest import Forest

    return Forest.learn(design, trial, how)


def transformed(design: Floats, trial: Trial, how: How) -> Effect:
    """Regress the transformed outcome; the probability of the arm received is enough."""
    if trial.received is None:
        trial.every("learner 'transformed'")
    weighed = (trial.outcome - trial.outcome.mean()) / trial.received
    base = np.where(trial.code == 0, weighed, 0.0)
    return _final(
        [[(1.0, _Regressed(design, np.where(trial.code == arm, weighed, -base)))] for arm in range(1, 1 + trial.arms)],
        how,
    )


def response(design: Floats, trial: Trial, how: How) -> Effect:
    """Learn the outcome, whatever the arm: what a response model ranks by. It is no effect."""
    if how.boosted:
        booster = grown(design, trial.outcome, logistic=trial.logistic, seed=how.seed)
        return together(trial.arms, [(arm, 1.0, booster, -1) for arm in range(trial.arms)])
    return Levels(regression(design, trial.outcome, logistic=trial.logistic), trial.arms)


@dataclass(frozen=True, eq=False)
class Levels:
    """The expected outcome, the same for every arm."""

    learned: Coefficients
    arms: int

    def effects(self, design: Floats) -> Floats:
        """Return the expected outcome in each arm's place, ``(n, arms)``."""
        return np.repeat(self.learned.level(design)[:, None], self.arms, axis=1)

    def _parts(self) -> Mapping[str, Part]:
        return {"learned": self.learned, "arms": self.arms}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Levels:
        return cls(parts["learned"], parts["arms"])


LEARNERS: dict[str, Callable[[Floats, Trial, How], Effect]] = {
    "s": interacting,
    "t": separate,
    "x": imputed,
    "r": residual,
    "dr": robust,
    "forest": wooded,
    "transformed": transformed,
    "response": response,
}


def _parts(trial: Trial, how: How) -> NDArray[np.intp]:
    return folds(trial, how.parts, seed=how.seed)


def _final(effects: list[list[tuple[float, _Regressed]]], how: How) -> Coefficients | Boosters:
    """Learn each arm's regressions and add them up by their weights."""
    if how.boosted:
        terms: list[tuple[int, float, Any, int]] = [
            (arm, share, grown(one.design, one.outcome, weight=one.weight, seed=how.seed), -1)
            for arm, sides in enumerate(effects)
            for share, one in sides
        ]
        return together(len(effects), terms)
    return differences([_added(sides) for sides in effects])


def _added(sides: list[tuple[float, _Regressed]]) -> Coefficients:
    """Add linear regressions up; of two sides that share no customer, variances add up as well."""
    learned = [(share, regression(one.design, one.outcome, weight=one.weight)) for share, one in sides]
    theta = sum(share * one.theta for share, one in learned)
    covariance = sum(share**2 * one.covariance for share, one in learned)
    return Coefficients(np.asarray(theta), np.asarray(covariance), learned[0][1].penalties, logistic=False)
