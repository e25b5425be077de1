"""From a log to one row a customer: arm, outcomes over the horizon, what was known before, cost."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import polars as pl

from cjlab._checks import columns, listed
from cjlab.errors import EvidenceError, TableError
from cjlab.experiments import _columns as col

if TYPE_CHECKING:
    from cjlab.experiments._experiment import Experiment
    from cjlab.experiments._metric import Metric
    from cjlab.tables import Log

_ENTRY = "entry"
_DELAY = "delay"
_KNOWN = "known"
_FIRST = ("at", "contact_id")  # of two contacts at one time the lesser id is the first
_WITNESSES = 2
_ONE_IN = 1000
_FIELDS = 50  # as many are listed


def data_until(log: Log, as_of: str | dt.datetime | None) -> dt.datetime:
    """Return the moment before which the log is read: ``as_of``, or just after the last thing known."""
    if as_of is not None:
        return log.moment(as_of)
    times = [
        frame.select(pl.col(name).max().alias("at"))
        for frame in (log.events, log.contacts)
        for name in ("at", "known_at")
        if name in frame.collect_schema()
    ]
    last = pl.concat(times).collect()["at"]
    known: list[dt.datetime] = last.drop_nulls().to_list()
    if not known:
        raise EvidenceError("the log holds neither events nor contacts; there is nothing to read")
    return max(known) + dt.timedelta(microseconds=1)


def followed_until(log: Log) -> dt.datetime:
    """Return the moment up to which a log without a stated end follows its customers.

    A stray time, such as a year typed wrong, must not make a young test look old: the end is the last time that two
    customers still reach, and in a large log one in a thousand.
    """
    times = [
        frame.select(col.CUSTOMER, pl.max_horizontal(*names).alias("at"))
        for frame in (log.events, log.contacts)
        if (names := [name for name in ("at", "known_at") if name in frame.collect_schema()])
    ]
    last = pl.concat(times, how="vertical_relaxed").group_by(col.CUSTOMER).agg(pl.col("at").max())
    reached = last.select("at").collect(engine="streaming")["at"].drop_nulls().sort(descending=True)
    witnesses = max(_WITNESSES, -(-len(reached) // _ONE_IN))
    end: dt.datetime = reached[min(witnesses, len(reached)) - 1]
    return end + dt.timedelta(microseconds=1)


def customer_rows(
    experiment: Experiment, log: Log, *, until: dt.datetime, followed: dt.datetime | None = None
) -> pl.LazyFrame:
    """Return one row a customer of the test, lazily, with the columns of ``_columns``.

    The customer's first contact of the campaign gives his arm and the start of his horizon; the cost of all
    contacts sent to him within the horizon is his. Nothing at or after ``until`` is read; he is mature when his
    horizon has passed by ``followed``, or ``until`` where that is not given.
    """
    entry = entries(experiment, log, until=until, followed=followed or until)
    rows = entry.join(outcomes(experiment, log, entry, until=until), on=col.CUSTOMER, how="left")
    if col.fields(experiment):
        rows = rows.join(_traits(experiment, log, entry), on=col.CUSTOMER, how="left")
    absent_is_none = [
        name
        for metric in col.plain(experiment)
        if metric.kind != "mean"
        for name in [col.metric(metric.name), *([col.before(metric.name)] if metric.before_window else [])]
    ]
    absent_is_none += [col.day(number) for number in col.days(experiment) if experiment.primary.kind != "mean"]
    return rows.with_columns(pl.col(*absent_is_none, "redeemed").fill_null(0.0))


def entries(experiment: Experiment, log: Log, *, until: dt.datetime, followed: dt.datetime) -> pl.LazyFrame:
    """Return each customer's entry into the test: when, in which arm, with which probability, at what cost."""
    campaign = experiment.campaign or experiment.name
    contacts = columns(log.contacts, ["propensity", *_costs_needed(experiment)], table="contacts")
    mine = contacts.filter((pl.col("campaign") == campaign) & (pl.col("at") < until))
    if "slice" in mine.collect_schema():
        mine = mine.filter(pl.col("slice").ne_missing("holdout"))
    first = mine.group_by(col.CUSTOMER).agg(
        pl.col("at").min().alias(_ENTRY),
        pl.col("arm").sort_by(*_FIRST).first(),
        pl.col("arm").n_unique().alias("arms"),
        pl.col("propensity").sort_by(*_FIRST).first(),
        pl.col("sent").any().alias(col.CONTACTED),
    )
    mature = (pl.col(_ENTRY) + experiment.within <= followed).alias(col.MATURE)
    return first.join(_costs(experiment, mine, first), on=col.CUSTOMER, how="left").with_columns(
        mature, pl.col(col.COST).fill_null(0.0)
    )


def past_entries(log: Log, *, at: dt.datetime) -> pl.LazyFrame:
    """Return every customer who had joined by ``at`` as if he had entered a test then."""
    return log.customers.filter(pl.col("joined") <= at).select(
        col.CUSTOMER, pl.lit(at).cast(pl.Datetime("us", "UTC")).alias(_ENTRY)
    )


def _costs_needed(experiment: Experiment) -> list[str]:
    assumed = all(arm.cost is not None for arm in experiment.treated)
    return [] if experiment.value is None or assumed else ["cost"]


def _costs(experiment: Experiment, mine: pl.LazyFrame, first: pl.LazyFrame) -> pl.LazyFrame:
    """Sum what the contacts sent within the horizon cost; an unknown cost is the arm's declared one."""
    sent = mine.filter("sent").join(first.select(col.CUSTOMER, _ENTRY), on=col.CUSTOMER)
    sent = sent.filter(pl.col("at") < pl.col(_ENTRY) + experiment.within)
    assumed = pl.col("arm").replace_strict(
        {arm.name: arm.cost for arm in experiment.arms}, default=None, return_dtype=pl.Float64
    )
    known = pl.col("cost") if "cost" in mine.collect_schema() else pl.lit(None, dtype=pl.Float64)
    unknown = pl.coalesce(known, assumed).is_null().sum().alias("cost_unknown")
    return sent.group_by(col.CUSTOMER).agg(pl.coalesce(known, assumed).sum().alias(col.COST), unknown)


def outcomes(experiment: Experiment, log: Log, entry: pl.LazyFrame, *, until: dt.datetime) -> pl.LazyFrame:
    """Answer every metric in one aggregation over the events of the test's customers."""
    metrics = col.plain(experiment)
    _refuse_words(experiment, log.events)
    wanted = sorted({event for metric in metrics for event in metric.events} | {"redeemed"})
    needed = sorted({metric.of for metric in metrics if metric.of})
    events = columns(log.events, needed, table="events")
    known = pl.col("known_at").fill_null(pl.col("at")) if "known_at" in events.collect_schema() else pl.col("at")
    mine = (
        events.filter(pl.col("event").is_in(wanted) & (known < until) & pl.col(col.CUSTOMER).is_not_null())
        .join(entry.select(col.CUSTOMER, _ENTRY), on=col.CUSTOMER)
        .with_columns((pl.col("at") - pl.col(_ENTRY)).alias(_DELAY))
    )
    zero, horizon = dt.timedelta(0), experiment.within
    after = (pl.col(_DELAY) >= zero) & (pl.col(_DELAY) < horizon)
    answers = [_answer(metric, after).alias(col.metric(metric.name)) for metric in metrics]
    answers += [
        _answer(metric, (pl.col(_DELAY) >= -metric.window) & (pl.col(_DELAY) < zero)).alias(col.before(metric.name))
        for metric in metrics
        if metric.window is not None
    ]
    for number in col.days(experiment):
        early = (pl.col(_DELAY) >= zero) & (pl.col(_DELAY) < dt.timedelta(days=number))
        answers.append(_answer(experiment.primary, early).alias(col.day(number)))
    redeemed = ((pl.col("event") == "redeemed") & after).sum().cast(pl.Float64).alias("redeemed")
    return mine.group_by(col.CUSTOMER).agg(*answers, redeemed)


def _refuse_words(experiment: Experiment, events: pl.LazyFrame) -> None:
    """Refuse a column that a sum or a mean reads and that holds no numbers."""
    schema = events.collect_schema()
    for metric in experiment.metrics:
        kind = schema.get(str(metric.of), pl.Null())
        if not (kind.is_numeric() or kind in (pl.Boolean, pl.Null)):
            raise TableError(
                f"events: column {metric.of!r} is of type {kind}, and the {metric.kind} of metric {metric.name!r} "
                "needs numbers; convert it, or name another column"
            )


def _answer(metric: Metric, when: pl.Expr) -> pl.Expr:
    mine = pl.col("event").is_in(list(metric.events)) & when
    if metric.kind == "share":
        return mine.any().cast(pl.Float64)
    if metric.kind == "count":
        return mine.sum().cast(pl.Float64)
    values = pl.col(str(metric.of)).cast(pl.Float64).filter(mine)
    return values.sum() if metric.kind == "sum" else values.mean()


def _traits(experiment: Experiment, log: Log, entry: pl.LazyFrame) -> pl.LazyFrame:
    """Return the last value known before the contact of every field that the test asks for, as text."""
    if log.profiles is None:
        raise TableError(
            f"the log has no table profiles, and the test reads {listed(col.fields(experiment))} of it; "
            "give profiles, or leave balance, segments and before_profile out"
        )
    _refuse_unknown_fields(experiment, log.profiles)
    known = pl.col("known_at").fill_null(pl.col("at")) if "known_at" in log.profiles.collect_schema() else pl.col("at")
    mine = (
        log.profiles.filter(pl.col("field").is_in(list(col.fields(experiment))))
        .with_columns(known.alias(_KNOWN))
        .join(entry.select(col.CUSTOMER, _ENTRY), on=col.CUSTOMER)
        .filter(pl.col(_KNOWN) < pl.col(_ENTRY))
    )
    return mine.group_by(col.CUSTOMER).agg(*map(_last, col.fields(experiment)))


def _last(field: str) -> pl.Expr:
    """Take the last value of a field: of two at one time the one known later, and of two known at once the greater."""
    mine = pl.col("field") == field
    order = [pl.col(name).filter(mine) for name in ("at", _KNOWN, "value")]
    return pl.col("value").filter(mine).sort_by(*order, nulls_last=True).last().alias(col.trait(field))


def _refuse_unknown_fields(experiment: Experiment, profiles: pl.LazyFrame) -> None:
    held = profiles.select(pl.col("field").unique().sort()).collect(engine="streaming").to_series().to_list()
    absent = [field for field in col.fields(experiment) if field not in held]
    if absent:
        raise TableError(
            f"profiles has no field {listed(absent)}, which balance, before_profile or a segment names; "
            f"its fields are {', '.join(map(str, held[:_FIELDS])) or 'none'}"
        )
