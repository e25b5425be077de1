"""EconML's learners, in an environment of its own."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

from benchmarks.models.uplift.job import Half, answer

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def fitted(made: Any, half: Half) -> Callable[[], Floats]:  # noqa: ANN401 - a class of EconML
    """Learn, and return what scores."""
    made.fit(half.outcome, half.treated, X=half.numbers)
    return lambda: made.effect(half.scored_numbers)


def known() -> Any:  # noqa: ANN401 - a class of scikit-learn
    """Return a model of the probability of treatment that knows it: a half."""
    from sklearn.dummy import DummyClassifier

    return DummyClassifier(strategy="uniform", random_state=0)


def number() -> Any:  # noqa: ANN401 - a class of XGBoost
    """Return XGBoost of one thread as it comes."""
    from xgboost import XGBRegressor

    return XGBRegressor(n_jobs=1, random_state=0)


def t_learner(half: Half) -> Callable[[], Floats]:
    """Learn with a model an arm."""
    from econml.metalearners import TLearner

    return fitted(TLearner(models=number()), half)


def x_learner(half: Half) -> Callable[[], Floats]:
    """Learn with the X-learner."""
    from econml.metalearners import XLearner

    return fitted(XLearner(models=number(), cate_models=number(), propensity_model=known()), half)


def linear_dr(half: Half) -> Callable[[], Floats]:
    """Learn with doubly robust scores and a line at the end, XGBoost for the outcome."""
    from econml.dr import LinearDRLearner

    return fitted(LinearDRLearner(model_propensity=known(), model_regression=number(), random_state=0), half)


def forest(half: Half) -> Callable[[], Floats]:
    """Learn with the causal forest of a hundred trees."""
    from econml.dml import CausalForestDML

    made = CausalForestDML(model_y=number(), model_t=known(), discrete_treatment=True, n_jobs=1, random_state=0)
    return fitted(made, half)


CONTENDERS = {
    "EconML t, XGBoost": t_learner,
    "EconML x, XGBoost": x_learner,
    "EconML dr, XGBoost, line": linear_dr,
    "EconML causal forest": forest,
}

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    import econml.dml
    import econml.dr
    import econml.metalearners  # noqa: F401 - starting up is not learning

    answer(CONTENDERS, *sys.argv[1:])
