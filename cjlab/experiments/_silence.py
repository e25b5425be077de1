"""Metrics of which the data say nothing, refused by their names."""

from __future__ import annotations

import math
from difflib import get_close_matches
from typing import TYPE_CHECKING

from cjlab._checks import listed
from cjlab.errors import EvidenceError
from cjlab.experiments._decision import Reason

if TYPE_CHECKING:
    from cjlab.experiments._effect import Effect
    from cjlab.experiments._experiment import Experiment
    from cjlab.experiments._soundness import Soundness
    from cjlab.tables import Log

_ALIKE = 0.8  # two names so alike are one name and a slip


def refuse_slips(experiment: Experiment, log: Log) -> None:
    """Refuse a metric whose event never happens in the log while one of nearly its name does: it would read as 0.

    An event that never happened and is like no other may well be a complaint that nobody made.

    Raises
    ------
    EvidenceError
        When an event's name is a slip.
    """
    happened = sorted(log.events.select("event").unique().collect().to_series().drop_nulls())
    for metric in experiment.metrics:
        for event in metric.events:
            near = [] if event in happened else get_close_matches(event, happened, n=1, cutoff=_ALIKE)
            if near:
                raise EvidenceError(
                    f"metric {metric.name!r}: the log has no event {event!r}; did you mean {near[0]!r}? "
                    f"its events are {listed(happened)}"
                )


def refuse_silence(experiment: Experiment, soundness: Soundness, primary: dict[str, Effect]) -> None:
    """Refuse a primary metric that is 0 or unknown for everyone, or unknown in an arm, unless it is too early to say.

    Raises
    ------
    EvidenceError
        When nobody followed to the end had an outcome, or too few of one arm to compare it.
    """
    if soundness.unfinished is Reason.IMMATURE:
        return
    levels = {experiment.control: next(iter(primary.values())).level_versus}
    levels |= {arm: one.level for arm, one in primary.items()}
    events = listed(_events(experiment))
    if not any(level and math.isfinite(level) for level in levels.values()):
        raise EvidenceError(
            f"metric {experiment.primary.name!r} is 0 or unknown for all customers: no event {events} within "
            f"{experiment.horizon} of a contact; check the name of the event and the horizon"
        )
    unknown = [arm for arm, level in levels.items() if not math.isfinite(level)]
    if unknown and soundness.unfinished is None:
        why = f"nobody there had an event {events} within {experiment.horizon} of the contact"
        if experiment.primary.kind not in {"mean", "ratio"}:
            why = "no customer there has a value"
        raise EvidenceError(
            f"metric {experiment.primary.name!r} is unknown in arm {listed(unknown)}: {why}, so nothing can be "
            "compared; decide on a metric that every customer has, such as a share or a sum"
        )
    alike = [arm for arm, one in primary.items() if not math.isfinite(one.low)]
    if alike and soundness.unfinished is None:
        raise EvidenceError(
            f"metric {experiment.primary.name!r} has no interval in arm {listed(alike)}: fewer than two customers have "
            "a value, or all have the same, there and in the control; decide on a metric that varies"
        )


def _events(experiment: Experiment) -> tuple[str, ...]:
    metric = experiment.primary
    if metric.kind != "ratio":
        return metric.events
    parts = (experiment.metric(str(part)).events for part in (metric.top, metric.bottom))
    return tuple(dict.fromkeys(event for events in parts for event in events))
