"""What a causal learner needs beside effects: expected outcomes under every arm, and probabilities of the arms.

Both are of models that have not seen the customer they speak of (cross-fitting; Chernozhukov et al. 2018,
doi:10.1111/ectj.12097).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.errors import EvidenceError
from cjlab.models.uplift._boosters import grown, predicted
from cjlab.models.uplift._penalised import regression

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.models.uplift._coefficients import Coefficients
    from cjlab.models.uplift._trial import Trial

    Floats = NDArray[np.float64]
    Codes = NDArray[np.intp]

_SMALL, _TOLERATED = 0.01, 0.01  # a chance that is too small, and the share of customers that may have one


def levels(design: Floats, trial: Trial, part: Codes, *, boosted: bool) -> Floats:
    """Return the expected outcome under each arm, ``(n, 1 + arms)``, the control first."""
    found = np.empty((len(design), 1 + trial.arms))
    whole = None if boosted else _regressed(design, trial)
    for one in range(int(part.max()) + 1):
        own, rest = np.flatnonzero(part == one), np.flatnonzero(part != one)
        if whole is None:
            found[own] = _boosted(design[rest], trial.rows(rest), design[own])
        else:  # its penalties, three numbers, are all that the part left out has a say in
            learned = _regressed(design[rest], trial.rows(rest), near=whole)
            for arm in range(1 + trial.arms):
                found[own, arm] = learned.level(design[own], arm)
    return found


def _regressed(design: Floats, trial: Trial, near: Coefficients | None = None) -> Coefficients:
    return regression(design, trial.outcome, code=trial.code, logistic=trial.logistic, near=near)


def _boosted(design: Floats, trial: Trial, asked: Floats) -> Floats:
    found = []
    for arm in range(1 + trial.arms):
        own = trial.code == arm
        found.append(predicted(grown(design[own], trial.outcome[own], logistic=trial.logistic), asked))
    return np.stack(found, axis=1)


def chances(design: Floats, trial: Trial, part: Codes) -> Floats:
    """Estimate the probability of each arm from features, ``(n, 1 + arms)``.

    Penalised logistic regressions of each arm against the others, brought to the sum of 1.

    Raises
    ------
    EvidenceError
        When more than 1 % of the customers have an arm of less than 1 %: nobody like them got it, so that nothing
        tells what it does to them.
    """
    found = np.empty((len(design), 1 + trial.arms))
    for one in range(int(part.max()) + 1):
        own, rest = np.flatnonzero(part == one), np.flatnonzero(part != one)
        for arm in range(1 + trial.arms):
            got = (trial.code[rest] == arm).astype(np.float64)
            found[own, arm] = regression(design[rest], got, logistic=True).level(design[own])
    found /= found.sum(axis=1, keepdims=True)
    rare = np.any(found < _SMALL, axis=1)
    if rare.mean() > _TOLERATED:
        arm = int(np.argmax((found < _SMALL).sum(axis=0)))
        raise EvidenceError(
            f"{int(rare.sum()):,} of {len(found):,} customers have an estimated chance below {_SMALL:.0%} of an arm "
            f"(mostly of {(trial.control, *trial.names)[arm]!r}): nobody like them got it; leave them out, or compare "
            "arms that were open to the same customers"
        )
    kept: Floats = np.maximum(found, _SMALL)
    kept /= kept.sum(axis=1, keepdims=True)
    return kept


def doubly_robust(trial: Trial, level: Floats, chance: Floats) -> Floats:
    r"""Return the doubly robust score of every customer under every arm, ``(n, 1 + arms)``.

    :math:`\Gamma_{ia} = \mu_a(x_i) + 1\{T_i = a\}\,(y_i - \mu_a(x_i)) / e_a(x_i)` (Robins, Rotnitzky & Zhao 1994,
    doi:10.1080/01621459.1994.10476818). Its mean over customers is the mean outcome were all of them of that arm.
    """
    score = level.copy()
    rows = np.arange(len(score))
    left = trial.outcome - level[rows, trial.code]
    score[rows, trial.code] += left / chance[rows, trial.code]
    return score


def scores(design: Floats, trial: Trial, part: Codes) -> tuple[Floats, Floats]:
    """Return expected outcomes and doubly robust scores under every arm, ``(n, 1 + arms)`` each."""
    level = levels(design, trial, part, boosted=False)
    return level, doubly_robust(trial, level, trial.every("a policy's value"))
