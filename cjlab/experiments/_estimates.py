"""Every estimate of a test, computed on its moments."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjlab.experiments import _columns as col
from cjlab.experiments._effect import (
    Effect,
    Level,
    at,
    compare,
    compare_adjusted,
    compare_column,
    effects_of,
    positions,
)
from cjlab.statistics import benjamini_hochberg, holm, level

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjlab.experiments._experiment import Experiment
    from cjlab.statistics import Comparison, Moments


@dataclass(frozen=True, slots=True)
class Reduced:
    """The moments of a test: of customers followed to the end by arm, and by arm and segments; of all by arm."""

    experiment: Experiment
    by_arm: Moments
    by_segment: Moments
    assigned: Moments

    @property
    def arms(self) -> list[str]:
        """The treated arms, in the order declared."""
        return [arm.name for arm in self.experiment.treated]

    @property
    def confidence(self) -> float:
        """Confidence of every interval that is not corrected."""
        return 1 - self.experiment.alpha


def effects(reduced: Reduced) -> list[Effect]:
    """Compare every metric with the control; correct by Holm (primary) and Benjamini-Hochberg (secondary)."""
    experiment, found = reduced.experiment, list[Effect]()
    for metric in experiment.metrics:
        compared = compare(metric, reduced.by_arm, reduced.arms, experiment.control, confidence=reduced.confidence)
        found += _named(reduced, metric.name, compared, experiment.control)
    for role, correct in (("primary", holm), ("secondary", benjamini_hochberg)):
        family = [place for place, one in enumerate(found) if experiment.metric(one.metric).role == role]
        for place, p in zip(family, correct([found[place].p for place in family]), strict=True):
            found[place] = found[place]._replace(p_corrected=float(p))
    return found


def _named(reduced: Reduced, metric: str, compared: Comparison, versus: str) -> list[Effect]:
    return _paired(reduced, metric, compared, [(arm, versus) for arm in reduced.arms])


def _paired(reduced: Reduced, metric: str, compared: Comparison, pairs: Sequence[tuple[str, str]]) -> list[Effect]:
    arms, versus = [arm for arm, _ in pairs], [other for _, other in pairs]
    found = effects_of(metric, compared, reduced.by_arm, arms, versus)
    return [one._replace(confidence=reduced.confidence) for one in found]


def adjusted(reduced: Reduced) -> tuple[Effect, ...]:
    """Compare the metrics that something known before adjusts."""
    control, found = reduced.experiment.control, list[Effect]()
    for metric in reduced.experiment.metrics:
        if metric.before:
            compared = compare_adjusted(metric, reduced.by_arm, reduced.arms, control, confidence=reduced.confidence)
            found += [one._replace(adjusted=True) for one in _named(reduced, metric.name, compared, control)]
    return tuple(found)


def levels(reduced: Reduced) -> tuple[Level, ...]:
    """Return every metric but the ratios in every arm."""
    found = []
    names = [arm.name for arm in reduced.experiment.arms]
    places = positions(reduced.by_arm, names)
    for metric in col.plain(reduced.experiment):
        sample = at(reduced.by_arm.sample(col.metric(metric.name)), places)
        ends = level(sample, kind="share" if metric.kind == "share" else "mean", confidence=reduced.confidence)
        parts = zip(names, *(np.asarray(part).tolist() for part in (sample.n, *ends)), strict=True)
        found += [Level(metric.name, arm, int(n), mid, low, high) for arm, n, mid, low, high in parts]
    return tuple(found)


def net(reduced: Reduced) -> tuple[Effect, ...]:
    """Compare the net value of every treated arm with the control and with every other arm, all pairs at once."""
    if reduced.experiment.value is None:
        return ()
    pairs = [(arm, reduced.experiment.control) for arm in reduced.arms]
    pairs += [(arm, versus) for versus, arm in itertools.permutations(reduced.arms, 2)]
    arms, versus = [arm for arm, _ in pairs], [other for _, other in pairs]
    compared = compare_column(col.NET, reduced.by_arm, arms, versus, share=False, confidence=reduced.confidence)
    return tuple(_paired(reduced, "net", compared, pairs))


def rivals(reduced: Reduced) -> tuple[Effect, ...]:
    """Compare the treated arms with each other on the primary metric, each pair once, all pairs at once."""
    metric, pairs = reduced.experiment.primary, list(itertools.combinations(reduced.arms, 2))
    if not pairs:
        return ()
    arms, versus = [arm for arm, _ in pairs], [other for _, other in pairs]
    compared = compare(metric, reduced.by_arm, arms, versus, confidence=reduced.confidence)
    return tuple(_paired(reduced, metric.name, compared, pairs))


def days(reduced: Reduced) -> tuple[Effect, ...]:
    """Read the primary metric day by day, unless no outcome came before the last day: then the log has no times."""
    experiment = reduced.experiment
    numbers = [number for number in col.days(experiment) if col.day(number) in reduced.by_arm.columns]
    early = [n for n in numbers[:-1] if np.any(reduced.by_arm.sample(col.day(n)).mean > 0)]
    if not early:
        return ()
    share, found = experiment.primary.kind == "share", list[Effect]()
    for number in numbers:
        compared = compare_column(
            col.day(number),
            reduced.by_arm,
            reduced.arms,
            experiment.control,
            share=share,
            confidence=reduced.confidence,
        )
        named = _named(reduced, experiment.primary.name, compared, experiment.control)
        found += [one._replace(day=number) for one in named]
    return tuple(found)


def costs(reduced: Reduced) -> dict[str, float]:
    """Return the mean cost of contacts and offers a customer, by arm."""
    if reduced.experiment.value is None:
        return {}
    names = [arm.name for arm in reduced.experiment.arms]
    mean = at(reduced.by_arm.sample(col.OUTLAY), positions(reduced.by_arm, names)).mean
    return dict(zip(names, np.asarray(mean).tolist(), strict=True))


def cleared(reduced: Reduced) -> dict[str, bool]:
    """Say for each arm whether its primary effect is above the least effect worth having, by Holm over the arms."""
    experiment, metric = reduced.experiment, reduced.experiment.primary
    null = metric.sign * metric.minimum_effect
    compared = compare(metric, reduced.by_arm, reduced.arms, experiment.control, null=null)
    beyond = metric.sign * (np.asarray(compared.estimate) - null) > 0
    small = holm(np.atleast_1d(compared.p)) < experiment.alpha
    return dict(zip(reduced.arms, (beyond & small).tolist(), strict=True))
