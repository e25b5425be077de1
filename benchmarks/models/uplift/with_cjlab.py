"""Our learners, from the table as it is; and by hand, the regression with interactions that is to be beaten."""

from __future__ import annotations

import sys
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.models.uplift.job import Half, answer
from cjlab.models import Uplift

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LINEAR = ("s", "t", "x", "r", "dr", "forest", "transformed", "response")
BOOSTED = ("s", "x", "dr")


def ours(half: Half, learner: str, model: str) -> Callable[[], Floats]:
    """Learn with one of our learners."""
    given = {"arm": half.treated, "control": 0, "propensity": {0: 0.5, 1: 0.5}}
    made = Uplift(learner, model=model).fit(half.table, half.outcome, **given)
    return lambda: made.predict(half.scored).to_numpy()


def by_hand(half: Half) -> Callable[[], Floats]:
    """Learn with scikit-learn's logistic regression on features, treatment and their products."""
    from sklearn.linear_model import LogisticRegression

    def crossed(numbers: Floats, treated: NDArray[np.intp]) -> Floats:
        return np.column_stack([numbers, treated, numbers * treated[:, None]])

    made = LogisticRegression(max_iter=1_000).fit(crossed(half.numbers, half.treated), half.outcome)
    ones = np.ones(len(half.scored_numbers), dtype=np.intp)

    def scoring() -> Floats:
        both = [made.predict_proba(crossed(half.scored_numbers, arm * ones))[:, 1] for arm in (1, 0)]
        return np.asarray(both[0] - both[1])

    return scoring


CONTENDERS = {f"cjlab {one}": partial(ours, learner=one, model="linear") for one in LINEAR}
CONTENDERS |= {f"cjlab {one} boosted": partial(ours, learner=one, model="boosted") for one in BOOSTED}
CONTENDERS["logistic S by hand"] = by_hand

if __name__ == "__main__":
    answer(CONTENDERS, *sys.argv[1:])
