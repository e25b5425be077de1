"""Dates to learn from: a length apart, the last of them so long before a moment that all is known that came of it."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from cjlab._checks import instance, offset
from cjlab.errors import EvidenceError, TableError
from cjlab.tables import Log, moment

_SHUT = dt.timedelta(days=7)  # a shop may be shut so long, without an event


def dated(
    log: Log, as_of: str | dt.date | None, length: dt.timedelta, most: int
) -> tuple[dt.datetime, list[dt.datetime]]:
    """Return the moment, and the dates before it that can be learnt from, on the brand's calendar."""
    first, last = ends(log)
    zone = ZoneInfo(log.timezone)
    end = last if as_of is None else _covered(log.moment(as_of).astimezone(zone), last.astimezone(zone))
    there = end.astimezone(zone)  # a day is the calendar's, whatever the clocks do
    asked = [moment(there - place * length, log.timezone) for place in range(most, 0, -1)]
    kept = [one for one in asked if one - length >= first]
    if len(kept) < 2:  # noqa: PLR2004 - one to learn from, one to be judged by
        raise EvidenceError(
            f"the log begins on {first:%Y-%m-%d}, too late to learn from a date, and be judged by another, each with "
            f"{length.days} days before and after it; give a shorter time within, or a later as_of"
        )
    return end, kept


def _covered(asked: dt.datetime, last: dt.datetime) -> dt.datetime:
    """Return a moment up to which the log tells what came."""
    if asked > last + _SHUT:
        raise EvidenceError(
            f"as_of is {asked:%Y-%m-%d}, and the log ends on {last:%Y-%m-%d}: what customers did in between is not in "
            "it, and would be learnt as nothing; give an earlier as_of, or a log that goes so far"
        )
    return asked


def ends(log: Log) -> tuple[dt.datetime, dt.datetime]:
    """Return when a log begins, and the end of the local day of its last event."""
    import polars as pl

    instance(log, Log, name="log", error=TableError)
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
