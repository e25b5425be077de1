"""causalml's learners, the probability of treatment given, XGBoost of one thread as it comes within."""

from __future__ import annotations

import sys
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from benchmarks.models.uplift.job import Half, answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def learner(half: Half, name: str) -> Callable[[], Floats]:
    """Learn with one of its meta-learners."""
    made = made_of(name)
    chance = np.full(len(half.outcome), 0.5)
    quiet = {"verbose": False} if name == "r" else {}
    made.fit(X=half.numbers, treatment=half.treated, y=half.outcome, p=chance, **quiet)
    return lambda: made.predict(X=half.scored_numbers, p=np.full(len(half.scored_numbers), 0.5))


def made_of(name: str) -> Any:  # noqa: ANN401 - a class of causalml
    """Return a meta-learner."""
    from causalml.inference import meta
    from xgboost import XGBClassifier, XGBRegressor

    share, number = XGBClassifier(n_jobs=1, random_state=0), XGBRegressor(n_jobs=1, random_state=0)
    kinds = {"s": meta.BaseSClassifier, "t": meta.BaseTClassifier}
    if name in kinds:
        return kinds[name](learner=share, control_name=0)
    if name == "x":
        return meta.BaseXClassifier(outcome_learner=share, effect_learner=number, control_name=0)
    return {"r": meta.BaseRRegressor, "dr": meta.BaseDRRegressor}[name](learner=number, control_name=0)


def forest(half: Half) -> Callable[[], Floats]:
    """Learn with its uplift forest of a hundred trees."""
    from causalml.inference.tree import UpliftRandomForestClassifier

    made = UpliftRandomForestClassifier(control_name="0", n_estimators=100, n_jobs=1, random_state=0)
    made.fit(X=half.numbers, treatment=half.treated.astype(str), y=half.outcome.astype(int))
    return lambda: made.predict(X=half.scored_numbers)


CONTENDERS: dict[str, Any] = {
    f"causalml {one}, XGBoost": partial(learner, name=one) for one in ("s", "t", "x", "r", "dr")
}
CONTENDERS["causalml uplift forest"] = forest

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    import logging

    logging.disable(logging.WARNING)
    import causalml.inference.meta
    import causalml.inference.tree  # noqa: F401 - starting up is not learning

    answer(CONTENDERS, *sys.argv[1:])
