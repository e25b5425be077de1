"""The job by cjlab: one pass over the file, then CUPED of every arm with the control."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.experiments.job import CONTROL, PAIRS, Effect, answer
from cjlab.statistics import Joint, cuped, moments

if TYPE_CHECKING:
    from collections.abc import Iterator


def effects(path: str) -> Iterator[Effect]:
    """Reduce the file, and compare the arms of each metric in one call."""
    reduced = moments(path, by=["arm"], columns=list(PAIRS), pairs=list(PAIRS.items()))
    arms = [arm for (arm,) in reduced.groups]
    for metric, past in PAIRS.items():
        joint = reduced.joint(metric, past)
        control = Joint(*(field[arms.index(CONTROL)] for field in joint))
        found = cuped(joint, control)
        for arm, *numbers in zip(arms, found.estimate, found.low, found.high, strict=True):
            if arm != CONTROL:
                yield Effect(str(arm), metric, *map(float, numbers))


if __name__ == "__main__":
    answer(effects)
