"""causalml's learners behind the same class; the only file that knows causalml.

Importing it changes matplotlib's settings, which are put back. Arguments go by keyword, since their order is about to
change; probabilities are always given, since without them it fits an elastic net of its own that takes a minute.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from cjlab.models.uplift._how import How
    from cjlab.models.uplift._trial import Trial

    Floats = NDArray[np.float64]

LEARNERS = tuple(f"causalml:{name}" for name in ("s", "t", "x", "r", "dr"))


@dataclass(frozen=True, slots=True, eq=False)
class Foreign:
    """A learner of causalml that has learnt, and the mean chance of each arm beside the control, ``(arms,)``."""

    learned: Any
    among: Floats

    def effects(self, design: Floats) -> Floats:
        """Return the difference of each arm from the control, ``(n, arms)``."""
        chance = {arm: np.full(len(design), one) for arm, one in enumerate(self.among, start=1)}
        with _untouched():
            found = self.learned.predict(X=design, p=chance)
        return np.asarray(found, dtype=np.float64).reshape(len(design), -1)


def learner(name: str) -> Callable[[Floats, Trial, How], Foreign]:
    """Return what learns by the learner of that name, one of ``LEARNERS``."""

    def learn(design: Floats, trial: Trial, how: How) -> Foreign:
        chance = trial.every(f"learner {name!r}")
        among = chance[:, 1:] / (chance[:, 1:] + chance[:, :1])
        with _untouched():
            made = _made(name.removeprefix("causalml:"), how, logistic=trial.logistic)
            pairs = {arm: among[:, arm - 1] for arm in range(1, 1 + trial.arms)}
            seeded = {"seed": how.seed} if name.endswith(":dr") else {}
            quiet = {"verbose": False} if name.endswith(":r") else {}
            made.fit(X=design, treatment=trial.code, y=trial.outcome, p=pairs, **seeded, **quiet)
        return Foreign(made, among.mean(axis=0))

    return learn


def _made(name: str, how: How, *, logistic: bool) -> Any:  # noqa: ANN401 - a class of causalml
    from causalml.inference import meta

    number, share = _regressor(how), _classifier(how)
    if name == "r":
        return meta.BaseRRegressor(learner=number, control_name=0, n_fold=how.parts, random_state=how.seed)
    if name == "dr":
        return meta.BaseDRRegressor(learner=number, control_name=0)
    if not logistic:
        kinds = {"s": meta.BaseSRegressor, "t": meta.BaseTRegressor, "x": meta.BaseXRegressor}
        return kinds[name](learner=number, control_name=0)
    if name == "x":
        return meta.BaseXClassifier(outcome_learner=share, effect_learner=number, control_name=0)
    return {"s": meta.BaseSClassifier, "t": meta.BaseTClassifier}[name](learner=share, control_name=0)


def _regressor(how: How) -> Any:  # noqa: ANN401 - a class of scikit-learn or xgboost
    if how.boosted:
        from xgboost import XGBRegressor

        return XGBRegressor(n_jobs=1, random_state=how.seed)
    from sklearn.linear_model import Ridge

    return Ridge()


def _classifier(how: How) -> Any:  # noqa: ANN401 - a class of scikit-learn or xgboost
    if how.boosted:
        from xgboost import XGBClassifier

        return XGBClassifier(n_jobs=1, random_state=how.seed)
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(max_iter=1_000)


@contextmanager
def _untouched() -> Iterator[None]:
    """Keep matplotlib's settings, and causalml's and numpy's counsel to developers, to themselves."""
    import logging
    import warnings

    import matplotlib as mpl

    with mpl.rc_context(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.getLogger("causalml").setLevel(logging.WARNING)
        yield
