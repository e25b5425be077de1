"""Reading a test out: rows are reduced once to moments, and every number is computed on the moments."""

from __future__ import annotations

import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from cjlab.errors import EvidenceError, TableError
from cjlab.experiments import _columns as col
from cjlab.experiments import _estimates as estimate
from cjlab.experiments._broken import refuse_broken
from cjlab.experiments._enrolment import enrolment
from cjlab.experiments._guardrail import guardrail
from cjlab.experiments._members import refuse_nobody
from cjlab.experiments._needed import needed
from cjlab.experiments._prepare import prepared
from cjlab.experiments._readout import Readout
from cjlab.experiments._ready import ready_rows
from cjlab.experiments._rows import customer_rows, data_until, followed_until
from cjlab.experiments._rule import ArmEvidence, arm_verdict, decide
from cjlab.experiments._segments import segment_effects
from cjlab.experiments._silence import refuse_silence, refuse_slips
from cjlab.experiments._soundness import soundness
from cjlab.experiments._values import refuse_values
from cjlab.statistics import moments

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from cjlab.experiments._decision import Decision
    from cjlab.experiments._effect import Effect
    from cjlab.experiments._experiment import Experiment
    from cjlab.experiments._guardrail import Guardrail
    from cjlab.experiments._soundness import Soundness
    from cjlab.tables import Log

_TABLES = ("contacts", "events", "profiles")
_CAMPAIGNS = 10  # named in a message


def read_out(experiment: Experiment, log: Log, *, as_of: str | dt.datetime | None) -> Readout:
    """Read a test out of a log."""
    refuse_broken(log, tables=_TABLES)
    refuse_slips(experiment, log)
    until = data_until(log, as_of)
    followed = until if as_of is not None else followed_until(log)
    with _spooled(experiment, customer_rows(experiment, log, until=until, followed=followed)) as rows:
        _refuse_nobody(experiment, log, rows)
        return _read(experiment, rows, until=followed, timezone=log.timezone)


def _refuse_nobody(experiment: Experiment, log: Log, rows: Path) -> None:
    """Refuse a log without any customer of the test, and say which campaigns it has."""
    if pl.scan_parquet(rows).select(pl.len()).collect().item():
        return
    campaigns = log.contacts.select("campaign").unique().sort("campaign").head(_CAMPAIGNS).collect().to_series()
    raise EvidenceError(
        f"contacts: campaign {experiment.campaign or experiment.name!r} has no customer before the moment of reading; "
        f"the log has the campaigns {', '.join(map(repr, campaigns)) or 'none'}: declare the test's as campaign"
    )


def read_out_rows(experiment: Experiment, frame: object) -> Readout:
    """Read a test out of one row a customer."""
    with _spooled(experiment, ready_rows(experiment, frame)) as rows:
        return _read(experiment, rows, until=None, timezone="UTC")


@contextmanager
def _spooled(experiment: Experiment, rows: pl.LazyFrame) -> Iterator[Path]:
    """Write the rows once to a file that lives as long as the reading: memory is bounded, no pass repeated."""
    with tempfile.TemporaryDirectory(prefix="cjlab-") as folder:
        path = Path(folder) / "rows.parquet"
        try:
            prepared(experiment, rows).sink_parquet(path, compression="lz4")
        except pl.exceptions.PolarsError as refused:  # a lazy frame fails only when it is run
            raise TableError(f"the rows cannot be computed: {refused}") from refused
        yield path


def _reduce(experiment: Experiment, rows: Path) -> estimate.Reduced:
    metrics = col.plain(experiment)
    names = [col.metric(one.name) for one in metrics] + [col.number(one) for one in experiment.balance]
    names += [*_days_at_hand(experiment, rows), col.OUTLAY]
    names += [col.NET] if experiment.value else []
    pairs = [(col.metric(one.name), col.before(one.name)) for one in metrics if one.before]
    pairs += [
        (col.metric(str(one.top)), col.metric(str(one.bottom))) for one in experiment.metrics if one.kind == "ratio"
    ]
    segments = [col.segment(one.name) for one in experiment.segments]
    every = moments(rows, by=["arm", col.MATURE, *segments], columns=names, pairs=pairs)
    mature = every.where(col.MATURE, True).regroup(["arm", *segments])  # noqa: FBT003 - the label of a group, not a flag
    return estimate.Reduced(experiment, mature.regroup(["arm"]), mature, every.regroup(["arm"]))


def _days_at_hand(experiment: Experiment, rows: Path) -> list[str]:
    present = pl.scan_parquet(rows).collect_schema().names()
    return [name for number in col.days(experiment) if (name := col.day(number)) in present]


def _read(experiment: Experiment, rows: Path, *, until: dt.datetime | None, timezone: str) -> Readout:
    refuse_values(experiment, rows, ready=until is None)
    enrolled = enrolment(experiment, rows)
    refuse_nobody(experiment, rows)
    reduced = _reduce(experiment, rows)
    sound = soundness(experiment, enrolled, reduced.assigned)
    effects = estimate.effects(reduced)
    primary = {one.arm: one for one in effects if one.metric == experiment.primary.name}
    if sound.broken is None:
        refuse_silence(experiment, sound, primary)
    guards = tuple(
        guardrail(metric, one) for metric in experiment.guardrails for one in effects if one.metric == metric.name
    )
    net, costs = estimate.net(reduced), estimate.costs(reduced)
    return Readout(
        experiment=experiment,
        until=until,
        levels=estimate.levels(reduced),
        effects=tuple(effects),
        adjusted=estimate.adjusted(reduced),
        net=net,
        rivals=estimate.rivals(reduced),
        guardrails=guards,
        segments=segment_effects(experiment, reduced.by_segment, primary),
        days=estimate.days(reduced),
        costs=costs,
        soundness=sound,
        decision=_decision(reduced, sound, primary, guards, net, costs),
        timezone=timezone,
    )


def _decision(
    reduced: estimate.Reduced,
    sound: Soundness,
    primary: dict[str, Effect],
    guards: Sequence[Guardrail],
    net: Sequence[Effect],
    costs: dict[str, float],
) -> Decision:
    experiment = reduced.experiment
    cleared, worth = estimate.cleared(reduced), {(one.arm, one.versus): one for one in net}
    verdicts = []
    for arm in reduced.arms:
        mine = tuple(one for one in guards if one.arm == arm)
        more = needed(experiment, primary[arm], mine)
        evidence = ArmEvidence(primary[arm], cleared[arm], mine, worth.get((arm, experiment.control)), more)
        verdicts.append(arm_verdict(experiment, sound, evidence))
    return decide(tuple(verdicts), worth, costs)
