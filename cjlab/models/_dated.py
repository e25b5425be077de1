"""Dates to learn from: a length apart, the last of them so long before a moment that all is known that came of it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cjlab._checks import offset
from cjlab.errors import EvidenceError
from cjlab.tables import moment

if TYPE_CHECKING:
    from cjlab.tables import Log


def dated(
    log: Log, as_of: str | dt.date | None, length: dt.timedelta, most: int
) -> tuple[dt.datetime, list[dt.datetime]]:
    """Return the moment, and the dates before it that can be learnt from, on the brand's calendar."""
    first, end = ends(log) if as_of is None else (ends(log)[0], log.moment(as_of))
    there = end.astimezone(ZoneInfo(log.timezone))  # a day is the calendar's, whatever the clocks do
    asked = [moment(there - place * length, log.timezone) for place in range(most, 0, -1)]
    kept = [one for one in asked if one - length >= first]
    if len(kept) < 2:  # noqa: PLR2004 - one to learn from, one to be judged by
        raise EvidenceError(
            f"the log begins on {first:%Y-%m-%d}, too late to learn from a date, and be judged by another, each with "
            f"{length.days} days before and after it; give a shorter time within, or a later as_of"
        )
    return end, kept


def ends(log: Log) -> tuple[dt.datetime, dt.datetime]:
    """Return when a log begins, and the end of the local day of its last event."""
    import polars as pl

    first, last = log.events.select(first=pl.col("at").min(), last=pl.col("at").max()).collect().row(0)
    if first is None:
        raise EvidenceError("the log has no event, so that nothing can be foretold; give one with purchases")
    day = last.astimezone(ZoneInfo(log.timezone)).date() + dt.timedelta(days=1)
    return first, moment(day, log.timezone)


def ago(when: dt.datetime, span: str, timezone: str, *, name: str) -> dt.datetime:
    """Return the moment so long before, by the clocks of a zone; ``name`` is what the length is called."""
    return moment(when.astimezone(ZoneInfo(timezone)) - offset(span, name=name), timezone)


def later(when: dt.datetime, span: str, timezone: str) -> dt.datetime:
    """Return the moment so long after, by the clocks of a zone."""
    return moment(when.astimezone(ZoneInfo(timezone)) + offset(span, name="within"), timezone)
