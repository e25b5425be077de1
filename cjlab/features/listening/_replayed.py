"""Scenarios that are played again and again to people who do not answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import polars as pl

from cjlab.features._estimates import share
from cjlab.features._span import before
from cjlab.features.listening._heard import written

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from cjlab.tables import Log

_ANSWERS: Final = ("opened", "clicked", "redeemed")
NAMES: Final = ("customers", "replayed", "share", "low", "high", "messages", "cost", "silent")


def replayed(
    log: Log, start: dt.datetime, end: dt.datetime, *, purpose: str, repeats: int, silent: pd.Index
) -> pd.DataFrame:
    """Return a line a scenario: to how many it was sent so often since they last answered any message.

    An answer is an open or a click of a person, or a coupon redeemed. A message without a scenario is one of its
    campaign. ``messages`` and ``cost`` are of those since his last answer, of customers who had ``repeats`` or more.
    """
    import pandas as pd

    sent = written(log, start, end, purpose).select("customer_id", "at", "cost", scenario=_scenario(log.contacts))
    since = _answers(log, start, end).group_by("customer_id").agg(last=pl.col("at").max())
    later = (pl.col("at") > pl.col("last")).fill_null(value=True)
    runs = (
        sent.join(since, on="customer_id", how="left")
        .group_by("scenario", "customer_id")
        .agg(n=later.sum(), cost=pl.col("cost").filter(later).sum())
        .sort("scenario", "customer_id")
        .collect()
        .to_pandas()
    )
    lines = {str(name): _line(one, repeats, silent) for name, one in runs.groupby("scenario", sort=True)}
    made = pd.DataFrame.from_dict(lines, orient="index", columns=list(NAMES)).rename_axis("scenario")
    return made.sort_values(["share", "customers"], ascending=False, kind="stable")


def answered(log: Log, start: dt.datetime, end: dt.datetime) -> bool:
    """Return whether any answer is in the log."""
    return _answers(log, start, end).head(1).collect().height > 0


def _scenario(contacts: pl.LazyFrame) -> pl.Expr:
    campaign = pl.col("campaign").cast(pl.String)
    present = "scenario" in contacts.collect_schema().names()
    return pl.coalesce(pl.col("scenario").cast(pl.String), campaign) if present else campaign


def _answers(log: Log, start: dt.datetime, end: dt.datetime) -> pl.LazyFrame:
    rows = before(log.events, end).filter(pl.col("at") >= start, pl.col("event").cast(pl.String).is_in(_ANSWERS))
    return rows.filter(~pl.col("machine").fill_null(value=False))


def _line(runs: pd.DataFrame, repeats: int, silent: pd.Index) -> list[float]:
    often = runs[runs["n"] >= repeats]
    quiet = float(often["customer_id"].isin(silent).mean()) if len(often) else float("nan")
    counts = [float(len(runs)), float(len(often))]
    return [*counts, *share(runs["n"] >= repeats), float(often["n"].sum()), float(often["cost"].sum()), quiet]
