"""Reading a test out: rows are reduced once to moments, and every number is computed on the moments."""

from __future__ import annotations

import itertools
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from scipy.stats import norm

from cjlab._checks import listed
from cjlab.errors import EvidenceError, TableError
from cjlab.experiments import _columns as col
from cjlab.experiments._decision import ArmEvidence, arm_verdict, decide
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
from cjlab.experiments._enrolment import enrolment
from cjlab.experiments._guardrail import Guardrail, guardrail
from cjlab.experiments._prepare import prepared, ready_rows
from cjlab.experiments._readout import Readout
from cjlab.experiments._rows import customer_rows, data_until
from cjlab.experiments._segments import segment_effects
from cjlab.experiments._soundness import Soundness, soundness
from cjlab.statistics import benjamini_hochberg, holm, level, moments

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from cjlab.experiments._decision import Decision
    from cjlab.experiments._experiment import Experiment
    from cjlab.experiments._metric import Metric
    from cjlab.statistics import Comparison, Moments
    from cjlab.tables import Log

_HOPELESS = 1_000_000_000


def read_out(experiment: Experiment, log: Log, *, as_of: str | dt.datetime | None) -> Readout:
    """Read a test out of a log."""
    until = data_until(log, as_of)
    with _spooled(experiment, customer_rows(experiment, log, until=until)) as rows:
        return _read(experiment, rows, until=until)


def read_out_rows(experiment: Experiment, frame: object) -> Readout:
    """Read a test out of one row a customer."""
    with _spooled(experiment, ready_rows(experiment, frame)) as rows:
        return _read(experiment, rows, until=None)


@contextmanager
def _spooled(experiment: Experiment, rows: pl.LazyFrame) -> Iterator[Path]:
    """Write the rows once to a file that lives as long as the reading: memory is bounded, no pass repeated."""
    with tempfile.TemporaryDirectory(prefix="cjlab-") as folder:
        path = Path(folder) / "rows.parquet"
        prepared(experiment, rows).sink_parquet(path, compression="lz4")
        yield path


@dataclass(frozen=True, slots=True)
class _Reduced:
    """The moments of a test: by arm, and by arm and segments."""

    experiment: Experiment
    by_arm: Moments
    by_segment: Moments

    @property
    def arms(self) -> list[str]:
        return [arm.name for arm in self.experiment.treated]

    @property
    def confidence(self) -> float:
        return 1 - self.experiment.alpha


def _reduce(experiment: Experiment, rows: Path) -> _Reduced:
    metrics = col.plain(experiment)
    names = [col.metric(one.name) for one in metrics] + [col.trait(one) for one in experiment.balance]
    names += [*_days_at_hand(experiment, rows), col.COST]
    names += [col.NET] if experiment.value else []
    pairs = [(col.metric(one.name), col.before(one.name)) for one in metrics if one.before]
    pairs += [
        (col.metric(str(one.top)), col.metric(str(one.bottom))) for one in experiment.metrics if one.kind == "ratio"
    ]
    segments = [col.segment(one.name) for one in experiment.segments]
    mature = pl.scan_parquet(rows).filter(col.MATURE)
    every = moments(mature, by=["arm", *segments], columns=names, pairs=pairs)
    return _Reduced(experiment, every.regroup(["arm"]), every)


def _days_at_hand(experiment: Experiment, rows: Path) -> list[str]:
    present = pl.scan_parquet(rows).collect_schema().names()
    return [name for number in col.days(experiment) if (name := col.day(number)) in present]


def _read(experiment: Experiment, rows: Path, *, until: dt.datetime | None) -> Readout:
    enrolled = enrolment(experiment, rows)
    for arm, mature in enrolled.mature.items():
        if mature < 2:  # noqa: PLR2004 - a variance needs two
            raise EvidenceError(
                f"arm {arm!r} has {mature} customers whose horizon of {experiment.horizon} has passed; "
                "wait, or read out at a later date"
            )
    reduced = _reduce(experiment, rows)
    _refuse_silence(experiment, reduced.by_arm)
    effects = _effects(reduced)
    primary = {one.arm: one for one in effects if one.metric == experiment.primary.name}
    guards = tuple(
        guardrail(metric, one) for metric in experiment.guardrails for one in effects if one.metric == metric.name
    )
    net, costs = _net(reduced), _costs(reduced)
    sound = soundness(experiment, enrolled, reduced.by_arm)
    return Readout(
        experiment=experiment,
        until=until,
        levels=_levels(reduced),
        effects=tuple(effects),
        adjusted=_adjusted(reduced),
        net=net,
        rivals=_rivals(reduced, experiment.primary),
        guardrails=guards,
        segments=segment_effects(experiment, reduced.by_segment, primary),
        days=_days(reduced),
        costs=costs,
        soundness=sound,
        decision=_decision(reduced, sound, primary, guards, net, costs),
    )


def _refuse_silence(experiment: Experiment, by_arm: Moments) -> None:
    """Refuse a primary metric that is unknown or 0 for everyone, and a trait that is no number for anyone."""
    for metric in col.plain(experiment):
        sample = by_arm.sample(col.metric(metric.name))
        if metric.role == "primary" and not (np.any(sample.mean != 0) and np.all(sample.n > 1)):
            raise EvidenceError(
                f"metric {metric.name!r} is 0 or unknown for all customers: no event {listed(metric.events)} within "
                f"{experiment.horizon} of a contact; check the name of the event and the horizon"
            )
    for field in experiment.balance:
        if not np.all(by_arm.sample(col.trait(field)).n > 1):
            raise TableError(
                f"profiles: field {field!r} holds no number for some arm; balance compares numbers: leave it out there"
            )


def _effects(reduced: _Reduced) -> list[Effect]:
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


def _named(reduced: _Reduced, metric: str, compared: Comparison, versus: str) -> list[Effect]:
    arms = [arm for arm in reduced.arms if arm != versus]
    return [
        one._replace(confidence=reduced.confidence)
        for one in effects_of(metric, compared, reduced.by_arm, arms, versus)
    ]


def _adjusted(reduced: _Reduced) -> tuple[Effect, ...]:
    control, found = reduced.experiment.control, list[Effect]()
    for metric in reduced.experiment.metrics:
        if metric.before:
            compared = compare_adjusted(metric, reduced.by_arm, reduced.arms, control, confidence=reduced.confidence)
            found += [one._replace(adjusted=True) for one in _named(reduced, metric.name, compared, control)]
    return tuple(found)


def _levels(reduced: _Reduced) -> tuple[Level, ...]:
    found = []
    names = [arm.name for arm in reduced.experiment.arms]
    places = positions(reduced.by_arm, names)
    for metric in col.plain(reduced.experiment):
        sample = at(reduced.by_arm.sample(col.metric(metric.name)), places)
        ends = level(sample, kind="share" if metric.kind == "share" else "mean", confidence=reduced.confidence)
        parts = zip(names, *(np.asarray(part).tolist() for part in (sample.n, *ends)), strict=True)
        found += [Level(metric.name, arm, int(n), mid, low, high) for arm, n, mid, low, high in parts]
    return tuple(found)


def _net(reduced: _Reduced) -> tuple[Effect, ...]:
    if reduced.experiment.value is None:
        return ()
    return tuple(
        one
        for versus in [reduced.experiment.control, *reduced.arms]
        if (arms := [arm for arm in reduced.arms if arm != versus])
        for one in _named(
            reduced,
            "net",
            compare_column(col.NET, reduced.by_arm, arms, versus, share=False, confidence=reduced.confidence),
            versus,
        )
    )


def _rivals(reduced: _Reduced, metric: Metric) -> tuple[Effect, ...]:
    pairs = itertools.combinations(reduced.arms, 2)
    return tuple(
        effect._replace(confidence=reduced.confidence)
        for arm, versus in pairs
        for effect in effects_of(
            metric.name,
            compare(metric, reduced.by_arm, [arm], versus, confidence=reduced.confidence),
            reduced.by_arm,
            [arm],
            versus,
        )
    )


def _days(reduced: _Reduced) -> tuple[Effect, ...]:
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


def _costs(reduced: _Reduced) -> dict[str, float]:
    if reduced.experiment.value is None:
        return {}
    names = [arm.name for arm in reduced.experiment.arms]
    mean = at(reduced.by_arm.sample(col.COST), positions(reduced.by_arm, names)).mean
    return dict(zip(names, np.asarray(mean).tolist(), strict=True))


def _decision(
    reduced: _Reduced,
    sound: Soundness,
    primary: dict[str, Effect],
    guards: Sequence[Guardrail],
    net: Sequence[Effect],
    costs: dict[str, float],
) -> Decision:
    experiment = reduced.experiment
    cleared, worth = _cleared(reduced), {(one.arm, one.versus): one for one in net}
    verdicts = []
    for arm in reduced.arms:
        mine = tuple(one for one in guards if one.arm == arm)
        needed = _needed(experiment, primary[arm], mine)
        evidence = ArmEvidence(primary[arm], cleared[arm], mine, worth.get((arm, experiment.control)), needed)
        verdicts.append(arm_verdict(experiment, sound, evidence))
    return decide(tuple(verdicts), worth, costs)


def _cleared(reduced: _Reduced) -> dict[str, bool]:
    """Say for each arm whether its primary effect is above the least effect worth having, by Holm over the arms."""
    experiment, metric = reduced.experiment, reduced.experiment.primary
    null = metric.sign * metric.minimum_effect
    compared = compare(metric, reduced.by_arm, reduced.arms, experiment.control, null=null)
    beyond = metric.sign * (np.asarray(compared.estimate) - null) > 0
    small = holm(np.atleast_1d(compared.p)) < experiment.alpha
    return dict(zip(reduced.arms, (beyond & small).tolist(), strict=True))


def _needed(experiment: Experiment, primary: Effect, guards: Sequence[Guardrail]) -> int | None:
    """Estimate the customers in the arm with which the present effects would be decisive at the planned power.

    The standard error shrinks with the root of the size, so n grows by (SE·(z_alpha + z_power) / gap)², where the gap
    is the distance of the estimate from the bound in question and alpha is Holm's strictest.
    """
    z = norm.isf(experiment.alpha / 2)
    beyond = norm.isf(experiment.alpha / (2 * len(experiment.treated))) + norm.ppf(experiment.power)
    gaps = [(primary, primary.estimate - experiment.primary.sign * experiment.primary.minimum_effect)]
    for one in guards:
        room = one.margin + experiment.metric(one.metric).sign * one.effect.estimate
        if not one.held and room <= 0:
            return None
        gaps += [] if one.held else [(one.effect, room)]
    sizes = [
        effect.n * ((effect.high - effect.low) / (2 * z) * beyond / gap) ** 2 if gap else np.inf for effect, gap in gaps
    ]
    largest = max(sizes)
    return int(np.ceil(largest)) if largest < _HOPELESS else None
