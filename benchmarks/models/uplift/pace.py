"""What learning costs: both e-mails against none, all 64,000 customers, ours and causalml's in turn in one process."""

from __future__ import annotations

import json
import sys
import time
import warnings
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from benchmarks.experiments.measure import Spread
from benchmarks.models.uplift.job import CONTROL, features, read
from benchmarks.models.uplift.with_causalml import made_of
from cjlab.models import Uplift

if TYPE_CHECKING:
    from collections.abc import Callable

LEARNERS, ROUNDS = ("s", "t", "x", "r", "dr"), 5
COLUMNS = ("learner", "cjlab, penalised regression", "cjlab, boosted", "causalml", "regression ÷ causalml")


def jobs(customers: pd.DataFrame) -> dict[str, Callable[[], Any]]:
    """Return what is timed: ours from the table as it is, causalml's from numbers made before."""
    table, arm, outcome = features(customers), customers["segment"], customers["visit"].to_numpy(dtype=np.float64)
    chances = dict.fromkeys(arm.unique(), 1 / 3)
    given = {"arm": arm, "control": CONTROL, "propensity": chances}
    found: dict[str, Callable[[], Any]] = {}
    for learner in LEARNERS:
        for model in ("linear", "boosted"):
            found[f"cjlab {learner} {model}"] = partial(Uplift(learner, model=model).fit, table, outcome, **given)
    numbers = pd.get_dummies(table).to_numpy(dtype=np.float64)
    code = arm.map({name: place for place, name in enumerate(sorted(set(arm) - {CONTROL}), start=1)} | {CONTROL: 0})
    half = {arm: np.full(len(numbers), 0.5) for arm in (1, 2)}
    for learner in LEARNERS:
        quiet = {"verbose": False} if learner == "r" else {}
        told = {"X": numbers, "treatment": code.to_numpy(), "y": outcome, "p": half, **quiet}
        found[f"causalml {learner} boosted"] = partial(_fitted, learner, told)
    return found


def lines(learner: str, seconds: dict[str, list[float]]) -> list[tuple[str, ...]]:
    """Write a learner's seconds and the ratio, round by round."""
    linear, boosted, peer = (
        seconds[f"{name} {learner} {model}"]
        for name, model in (("cjlab", "linear"), ("cjlab", "boosted"), ("causalml", "boosted"))
    )
    ratio = Spread.of([one / other for one, other in zip(linear, peer, strict=True)])
    return [(learner, *(f"{Spread.of(one).median:.3f}" for one in (linear, boosted, peer)), str(ratio))]


def _fitted(learner: str, told: dict[str, Any]) -> None:
    made_of(learner).fit(**told)


def main(file: str) -> None:
    """Time every job once a round, the first round uncounted."""
    every = jobs(read(file))
    seconds: dict[str, list[float]] = {name: [] for name in every}
    for turn in range(1 + ROUNDS):
        for name, job in every.items():
            began = time.process_time()
            job()
            if turn:
                seconds[name].append(time.process_time() - began)
    json.dump(seconds, sys.stdout)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    main(sys.argv[1])
