"""The door of every function on a trial: what came in becomes a trial with its probabilities."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import one_of
from cjlab.models._door import framed
from cjlab.models.uplift._folds import folds
from cjlab.models.uplift._nuisances import chances
from cjlab.models.uplift._trial import Trial

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.models.uplift._how import How

ESTIMATED = "estimated"


def tried(  # noqa: PLR0913 - what came in, whole
    X: object,
    y: object,
    made: NDArray[np.float64],
    how: How,
    *,
    arm: object,
    control: object,
    propensity: object = None,
    customer: object = None,
    partial: bool = False,
) -> Trial:
    """Return the trial of a table whose design is ``made``; probabilities are estimated where that is asked for.

    ``partial`` says whether there may be customers who could not have got every arm.
    """
    trial = Trial.of(X, y, arm=arm, control=control, customer=customer)
    if isinstance(propensity, str):
        one_of(propensity, (ESTIMATED,), name="propensity")
        chance = chances(made, trial, folds(trial, how.parts, seed=how.seed))
        received = np.take_along_axis(chance, trial.code[:, None], axis=1)[:, 0]
        return replace(trial, chances=chance, received=received)
    return trial.randomised(propensity, framed(X)[0].index, partial=partial)
