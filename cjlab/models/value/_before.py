"""The table that models of value read, of as much past as is asked, now and a horizon ago."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from cjlab.errors import EvidenceError, SpecError
from cjlab.features import spent
from cjlab.models._dated import ago
from cjlab.models.value._history import summary
from cjlab.tables import Log, moment

if TYPE_CHECKING:
    import pandas as pd

_WEEK = dt.timedelta(days=7)  # what may lack at the beginning: not every log has an event on its first day


def recent(table: Any, as_of: str | dt.date | None, look_back: str | None) -> pd.DataFrame:  # noqa: ANN401 - a log, or a frame
    """Return the table of a log, of the last part of its past; a frame as it is."""
    if look_back is None or not isinstance(table, Log) or as_of is None:
        return summary(table, as_of)
    since = ago(moment(as_of, table.timezone), look_back, table.timezone, name="look_back")
    return summary(replace(table, events=table.events.filter(pl.col("at") >= since), stored=None), as_of)


def before(
    log: Any,  # noqa: ANN401 - whatever was given for a log
    as_of: str | dt.date | None,
    *,
    within: str,
    look_back: str,
) -> tuple[pd.DataFrame, pd.Series[float]]:
    """Return the table as of a horizon ago, and what customers spent since."""
    if not isinstance(log, Log) or as_of is None:
        raise SpecError("look_back is for a log and a date; with a table, give past and happened instead")
    now = moment(as_of, log.timezone)
    then = ago(now, within, log.timezone, name="within")
    since = ago(then, look_back, log.timezone, name="look_back")
    first = log.events.select(pl.col("at").min()).collect().item()
    if first is None or first > since + _WEEK:
        begins = "has no event" if first is None else f"begins {first:%Y-%m-%d}"
        raise EvidenceError(
            f"the log {begins}; to learn what the model missed within {within}, with {look_back} of past, it must "
            f"begin by {since:%Y-%m-%d}: give a shorter look_back, or none"
        )
    happened = spent(log, as_of=then, within=within, until=now).y
    return recent(log, then, look_back), happened
