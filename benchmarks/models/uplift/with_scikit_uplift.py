"""scikit-uplift's models, in an environment of their own."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING, Any

import pandas as pd

from benchmarks.models.uplift.job import Half, answer

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


def fitted(made: Any, half: Half) -> Callable[[], Floats]:  # noqa: ANN401 - a class of scikit-uplift
    """Learn, and return what scores."""
    table, scored = pd.DataFrame(half.numbers), pd.DataFrame(half.scored_numbers)
    table.columns = scored.columns = [f"x{place}" for place in range(table.shape[1])]
    made.fit(table, pd.Series(half.outcome.astype(int)), pd.Series(half.treated))
    return lambda: made.predict(scored)


def share() -> Any:  # noqa: ANN401 - a class of XGBoost
    """Return XGBoost of one thread as it comes."""
    from xgboost import XGBClassifier

    return XGBClassifier(n_jobs=1, random_state=0)


def solo(half: Half) -> Callable[[], Floats]:
    """Learn with one logistic regression of features, treatment and their products."""
    from sklearn.linear_model import LogisticRegression
    from sklift.models import SoloModel

    return fitted(SoloModel(LogisticRegression(max_iter=1_000), method="treatment_interaction"), half)


def solo_boosted(half: Half) -> Callable[[], Floats]:
    """Learn with one XGBoost of features and treatment."""
    from sklift.models import SoloModel

    return fitted(SoloModel(share()), half)


def two(half: Half) -> Callable[[], Floats]:
    """Learn with an XGBoost an arm."""
    from sklift.models import TwoModels

    return fitted(TwoModels(share(), share()), half)


def transformed(half: Half) -> Callable[[], Floats]:
    """Learn with an XGBoost of the transformed class."""
    from sklift.models import ClassTransformation

    return fitted(ClassTransformation(share()), half)


CONTENDERS = {
    "scikit-uplift solo, logistic": solo,
    "scikit-uplift solo, XGBoost": solo_boosted,
    "scikit-uplift two models, XGBoost": two,
    "scikit-uplift class transformation, XGBoost": transformed,
}

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    import sklift.models  # noqa: F401 - starting up is not learning

    answer(CONTENDERS, *sys.argv[1:])
