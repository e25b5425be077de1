"""What customers did over one horizon before a test: the history that a plan is made from."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from cjlab._checks import columns
from cjlab.errors import EvidenceError, SpecError
from cjlab.experiments import _columns as col
from cjlab.experiments._broken import refuse_broken
from cjlab.experiments._rows import data_until, outcomes, past_entries
from cjlab.statistics import Sample, moments

if TYPE_CHECKING:
    import datetime as dt

    from cjlab.experiments._experiment import Experiment
    from cjlab.statistics import Moments
    from cjlab.tables import Log

SMALLEST = 50


def end_of(experiment: Experiment, history: Log, as_of: str | dt.datetime | None) -> dt.datetime:
    """Return the moment before which the history is measured; a whole horizon must lie before it."""
    refuse_broken(history, tables=("customers", "events"))
    columns(history.customers, ["joined"], table="customers")
    end = data_until(history, as_of)
    try:
        end - experiment.within
    except OverflowError:
        raise SpecError(f"as_of is {as_of!r}; no horizon of {experiment.horizon} lies before it") from None
    return end


def reduced_to(experiment: Experiment, history: Log, end: dt.datetime) -> Moments:
    """Reduce every metric over the horizon before ``end``, of all customers in one group."""
    primary = experiment.primary
    if primary.kind == "ratio":
        raise SpecError(
            f"metric {primary.name!r} is a ratio, and a plan needs one number a customer; "
            f"plan with {primary.top!r} or {primary.bottom!r} as the primary metric"
        )
    entry = past_entries(history, at=end - experiment.within)
    found = entry.join(outcomes(experiment, history, entry, until=end), on=col.CUSTOMER, how="left")
    name, before = col.metric(primary.name), col.before(primary.name)
    columns = {one.name: col.metric(one.name) for one in col.plain(experiment)}
    zero = [columns[one.name] for one in col.plain(experiment) if one.kind != "mean"]
    zero += [before] if primary.window and primary.kind != "mean" else []
    kept = [*columns.values(), *([before] if primary.window else [])]
    rows = found.select(*kept, pl.lit("all").alias(col.ARM)).with_columns(pl.col(zero).fill_null(0.0))
    pairs = [(name, before)] if primary.window else []
    return moments(rows, by=[col.ARM], columns=list(columns.values()), pairs=pairs)


def past_of(
    experiment: Experiment, history: Log, end: dt.datetime, reduced: Moments
) -> tuple[int, float, float, float]:
    """Say of the primary metric over the horizon before ``end``: customers, mean, deviation, variance explained."""
    primary = experiment.primary
    name, before = col.metric(primary.name), col.before(primary.name)
    sample = reduced.sample(name) if reduced.groups else Sample(0, 0.0, 0.0)
    count, mean, variance = (float(np.ravel(part)[0]) for part in sample)
    if count < SMALLEST or not variance > 0:
        raise EvidenceError(
            f"the history has {count:.0f} customers with a known {primary.name!r}, and its variance is {variance:g}; "
            f"a plan needs at least {SMALLEST} customers and a metric that varies "
            f"before {end.astimezone(ZoneInfo(history.timezone)):%Y-%m-%d}"
        )
    explained = 0.0
    if primary.window:
        joint = reduced.joint(name, before)
        spread = float(np.ravel(joint.variance_x)[0])
        explained = float(np.ravel(joint.covariance)[0]) ** 2 / (variance * spread) if spread > 0 else 0.0
    return int(count), mean, math.sqrt(variance), explained
