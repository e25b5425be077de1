"""The last columns of a customer's row: segments, numbers known before, net value."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab.experiments import _columns as col
from cjlab.experiments._members import member

if TYPE_CHECKING:
    from cjlab.experiments._experiment import Experiment


def prepared(experiment: Experiment, rows: pl.LazyFrame) -> pl.LazyFrame:
    """Add traits as numbers, segments, adjusting columns taken from the profiles, what was spent, and the net value."""
    numbers = [
        pl.col(col.trait(field)).cast(pl.Float64, strict=False).fill_nan(None).alias(col.number(field))
        for field in col.numeric(experiment)
    ]
    made = [member(one).alias(col.segment(one.name)) for one in experiment.segments]
    made += [
        pl.col(col.number(one.before_profile)).alias(col.before(one.name))
        for one in experiment.metrics
        if one.before_profile
    ]
    rows = rows.with_columns(*numbers, _outlay(experiment).alias(col.OUTLAY)).with_columns(*made)
    if experiment.value is None:
        return rows
    margin = pl.col(col.metric(experiment.value.metric)) * experiment.value.margin
    return rows.with_columns((margin - pl.col(col.OUTLAY)).alias(col.NET))


def _outlay(experiment: Experiment) -> pl.Expr:
    """Add up what a customer cost: his contacts and his redeemed offers."""
    offers = {arm.name: arm.offer_cost for arm in experiment.arms}
    offer = pl.col("arm").replace_strict(offers, default=0.0, return_dtype=pl.Float64)
    return pl.col(col.COST) + pl.col("redeemed") * offer
