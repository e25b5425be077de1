"""For whom does it work: the primary metric by segment, corrected for how many were read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import ndtr

from cjlab.experiments import _columns as col
from cjlab.experiments._effect import Effect, compare, effects_of
from cjlab.statistics import holm

if TYPE_CHECKING:
    from cjlab.experiments._experiment import Experiment
    from cjlab.statistics import Comparison, Moments

_LEAST = 11
_READABLE = 5.0


class SegmentEffect(NamedTuple):
    """The primary metric of one arm against the control within one segment.

    Parameters
    ----------
    effect : Effect
        The effect, its interval corrected for the number of readings (Bonferroni), its p-value by Holm.
    differs_p : float
        p-value that the effect in the segment is the effect outside it, by Holm over the readings; NaN where nobody
        is outside.
    readable : bool
        Whether the interval is at most five times as wide as that of all customers, so that a chart can show both.
    """

    effect: Effect
    differs_p: float
    readable: bool


def segment_effects(experiment: Experiment, moments: Moments, overall: dict[str, Effect]) -> tuple[SegmentEffect, ...]:
    """Read the primary metric in every segment that has at least 11 customers in each arm.

    Parameters
    ----------
    experiment
        The test.
    moments
        Moments by arm and by the column of every segment.
    overall
        The primary effect of every treated arm for all customers.
    """
    arms = [arm.name for arm in experiment.treated]
    parts = {one.name: _inside_and_outside(moments, col.segment(one.name)) for one in experiment.segments}
    parts = {name: pair for name, pair in parts.items() if _enough(experiment, pair[0])}
    if not parts:
        return ()
    confidence = 1 - experiment.alpha / (len(parts) * len(arms))
    found = []
    for name, (inside, outside) in parts.items():
        comparison = compare(experiment.primary, inside, arms, experiment.control, confidence=confidence)
        effects = effects_of(experiment.primary.name, comparison, inside, arms, experiment.control)
        apart = _apart(experiment, comparison, outside, arms)
        found += [(one._replace(segment=name, confidence=confidence), p) for one, p in zip(effects, apart, strict=True)]
    corrected = holm([effect.p for effect, _ in found])
    differs = holm([p for _, p in found])
    return tuple(
        SegmentEffect(effect._replace(p_corrected=float(p)), float(q), _readable(effect, overall[effect.arm]))
        for (effect, _), p, q in zip(found, corrected, differs, strict=True)
    )


def _inside_and_outside(moments: Moments, column: str) -> tuple[Moments, Moments]:
    by = moments.regroup(["arm", column])
    return by.where(column, True), by.where(column, False)  # noqa: FBT003 - the label of the group, not a flag


def _enough(experiment: Experiment, inside: Moments) -> bool:
    return len(inside.groups) == len(experiment.arms) and bool((inside.rows >= _LEAST).all())


def _apart(experiment: Experiment, inside: Comparison, outside: Moments, arms: list[str]) -> list[float]:
    """Compare the effect inside with the effect outside, two independent estimates, by a z-test."""
    if not _enough(experiment, outside):
        return [float("nan")] * len(arms)
    other = compare(experiment.primary, outside, arms, experiment.control)
    with np.errstate(divide="ignore", invalid="ignore"):  # without any variance nothing can be told apart
        z = (inside.estimate - other.estimate) / np.sqrt(inside.standard_error**2 + other.standard_error**2)
    return [float(p) for p in 2 * ndtr(-abs(z))]


def _readable(effect: Effect, overall: Effect) -> bool:
    return effect.high - effect.low <= _READABLE * (overall.high - overall.low)
