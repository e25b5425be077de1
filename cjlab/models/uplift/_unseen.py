"""What a learner says of customers whom it has not seen, beside what came of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from sklearn.base import clone

from cjlab._checks import instance
from cjlab.metrics import uplift_by_decile
from cjlab.models._door import framed
from cjlab.models.uplift._design import Design
from cjlab.models.uplift._folds import folds
from cjlab.models.uplift._nuisances import scores
from cjlab.models.uplift._tried import tried
from cjlab.models.uplift._uplift import Uplift

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.metrics import Deciles
    from cjlab.models.uplift._trial import Trial

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Unseen:
    """A trial, and of every row what models that have not seen the customer say.

    ``level`` and ``score`` are what is expected and doubly robust under every arm, ``(n, 1 + arms)``, the control
    first; ``effect`` is what the learner says of each treated arm, ``(n, arms)``.
    """

    trial: Trial
    level: Floats
    score: Floats
    effect: Floats

    @classmethod
    def of(
        cls,
        model: Uplift,
        X: object,
        y: object,
        *,
        arm: object,
        control: object,
        propensity: object,
        customer: object = None,
    ) -> Unseen:
        """Let the learner learn anew on all parts of the customers but one, as many as its ``folds``."""
        frame, _ = framed(X)
        how = instance(model, Uplift, name="model")._how()  # noqa: SLF001 - its parts and its seed
        made = Design.learn(frame)[1]
        trial = tried(frame, y, made, how, arm=arm, control=control, propensity=propensity, customer=customer)
        part = folds(trial, how.parts, seed=how.seed)
        level, score = scores(made, trial, part)
        return cls(trial, level, score, unseen(model, frame, trial, part))

    def measured(self, place: int) -> dict[str, Any]:
        """Return the rows as measures of :mod:`cjlab.metrics` take them, for the treated arm at a place from 1."""
        codes = range(1 + self.trial.arms)
        return {
            "outcome": self.trial.outcome,
            "score": self.effect[:, place - 1],
            "arm": self.trial.code,
            "control": 0,
            "treated": place,
            "propensity": dict(zip(codes, self.trial.every("effects of groups").T, strict=True)),
            "expected": dict(zip(codes, self.level.T, strict=True)),
            "customer": self.trial.customer,
        }

    def deciles(self, place: int, *, groups: int, confidence: float) -> Deciles:
        """Return the effect of an arm in groups of customers by what was said of them."""
        return uplift_by_decile(**self.measured(place), groups=groups, confidence=confidence)


def unseen(model: Uplift, frame: pd.DataFrame, trial: Trial, part: NDArray[np.intp]) -> Floats:
    """Return the effects that a model expects of customers whom it has not seen, ``(n, arms)``."""
    found = np.empty((len(frame), trial.arms))
    for one in range(int(part.max()) + 1):
        own, rest = np.flatnonzero(part == one), np.flatnonzero(part != one)
        some = trial.rows(rest)
        given: dict[str, Any] = {"arm": some.code, "control": 0, "propensity": some.chances, "customer": some.customer}
        found[own] = clone(model).fit(frame.iloc[rest], some.outcome, **given).predict(frame.iloc[own]).to_numpy()
    return found
