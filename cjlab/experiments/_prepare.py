"""The last columns of a customer's row: segments, numbers known before, net value; and the door for ready rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab._checks import columns, lazy
from cjlab.experiments import _columns as col

if TYPE_CHECKING:
    from cjlab.experiments._experiment import Experiment
    from cjlab.experiments._segment import Segment


def ready_rows(experiment: Experiment, frame: object) -> pl.LazyFrame:
    """Return a person's own frame of one row a customer under the columns of ``_columns``."""
    rows = columns(lazy(frame, table="rows"), _asked(experiment), table="rows")
    present = rows.collect_schema().names()
    named = {metric.name: col.metric(metric.name) for metric in col.plain(experiment)}
    named |= {metric.before: col.before(metric.name) for metric in experiment.metrics if metric.before}
    kept = [pl.col(old).cast(pl.Float64).alias(new) for old, new in named.items()]
    kept += [
        pl.col(field).cast(pl.String).alias(col.trait(field)) for field in col.fields(experiment) if field in present
    ]
    share = pl.col("propensity") if "propensity" in present else pl.lit(None, dtype=pl.Float64)
    contacted = pl.col("arm").is_in(experiment.contacted)
    cost = pl.col("cost") if "cost" in present else pl.when(contacted).then(_assumed_cost(experiment)).otherwise(0.0)
    return rows.select(
        col.CUSTOMER,
        pl.col("arm").cast(pl.String),
        *kept,
        share.fill_nan(None).alias("propensity"),
        cost.cast(pl.Float64).fill_null(0.0).alias(col.COST),
        cost.is_null().cast(pl.Int64).alias("cost_unknown"),
        contacted.alias(col.CONTACTED),
        pl.lit(value=True).alias(col.MATURE),
        pl.lit(1, dtype=pl.Int64).alias("arms"),
        (pl.col("redeemed") if "redeemed" in present else pl.lit(0.0)).cast(pl.Float64).alias("redeemed"),
    )


def prepared(experiment: Experiment, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add traits as numbers, segments, adjusting columns taken from the profiles, what was spent, and the net value."""
    numbers = [
        pl.col(col.trait(field)).cast(pl.Float64, strict=False).fill_nan(None).alias(col.number(field))
        for field in col.numeric(experiment)
    ]
    made = [_member(one).alias(col.segment(one.name)) for one in experiment.segments]
    made += [
        pl.col(col.number(one.before_profile)).alias(col.before(one.name))
        for one in experiment.metrics
        if one.before_profile and col.before(one.name) not in rows.collect_schema()
    ]
    rows = rows.with_columns(*numbers, _outlay(experiment).alias(col.OUTLAY)).with_columns(*made)
    if experiment.value is None:
        return rows
    margin = pl.col(col.metric(experiment.value.metric)) * experiment.value.margin
    return rows.with_columns((margin - pl.col(col.OUTLAY)).alias(col.NET))


def _asked(experiment: Experiment) -> list[str]:
    """Name the columns that a person's frame must have."""
    names = [col.CUSTOMER, "arm", *(one.name for one in col.plain(experiment))]
    names += [one.before for one in experiment.metrics if one.before]
    names += [one.field for one in experiment.segments] + list(experiment.balance)
    return list(dict.fromkeys(names))


def _assumed_cost(experiment: Experiment) -> pl.Expr:
    costs = {arm.name: arm.cost for arm in experiment.arms}
    return pl.col("arm").cast(pl.String).replace_strict(costs, default=None, return_dtype=pl.Float64)


def _member(segment: Segment) -> pl.Expr:
    if segment.equals is not None:
        return pl.col(col.trait(segment.field)).is_in(list(segment.values)).fill_null(value=False)
    number, inside = pl.col(col.number(segment.field)), pl.lit(value=True)
    if segment.at_least is not None:
        inside &= number >= segment.at_least
    if segment.below is not None:
        inside &= number < segment.below
    return inside.fill_null(value=False)


def _outlay(experiment: Experiment) -> pl.Expr:
    """Add up what a customer cost: his contacts and his redeemed offers."""
    offers = {arm.name: arm.offer_cost for arm in experiment.arms}
    offer = pl.col("arm").replace_strict(offers, default=0.0, return_dtype=pl.Float64)
    return pl.col(col.COST) + pl.col("redeemed") * offer
