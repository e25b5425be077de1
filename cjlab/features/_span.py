"""The time after a date in which something comes of customers, in the brand's calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import polars as pl

from cjlab._checks import shown
from cjlab.errors import EvidenceError, SpecError
from cjlab.features._logged import logged
from cjlab.tables import Log, known, moment

if TYPE_CHECKING:
    from collections.abc import Sequence

    Dates = str | dt.date | Sequence[str | dt.date]


class Span(NamedTuple):
    """From a date on, for a while: rows at ``start`` ≤ at < ``end``."""

    start: dt.datetime
    end: dt.datetime

    @property
    def inside(self) -> pl.Expr:
        """Whether a row happened in it."""
        return pl.col("at").is_between(self.start, self.end, closed="left")


def dated(moment: dt.datetime, timezone: str) -> str:
    """Write the day of a moment on local clocks, for a message."""
    return f"{moment.astimezone(ZoneInfo(timezone)):%Y-%m-%d}"


def local_day(moment: dt.datetime, timezone: str) -> int:
    """Return the day of a moment on local clocks, counted from 1970."""
    return (moment.astimezone(ZoneInfo(timezone)).date() - dt.date(1970, 1, 1)).days


def moments(as_of: Dates, log: Log, *, hindsight: bool = False) -> tuple[list[dt.datetime], bool]:
    """Return the moments that were asked, rising, each once, and whether several were.

    One at which the persons of the log were not known is refused, unless what is made may see what came later.
    """
    logged(log)
    several = not isinstance(as_of, str | dt.date)
    if several and not isinstance(as_of, Iterable):
        raise SpecError(f"as_of is {shown(as_of)}; give a date such as '2025-05-31', or several")
    given: list[str | dt.date] = list(as_of) if several else [as_of]  # type: ignore[list-item, arg-type] # told apart
    if None in given:
        raise SpecError(f"as_of is {shown(as_of)}; give dates such as '2025-05-31'")
    if not given:
        raise SpecError("as_of is empty; give at least one date")
    asked = sorted({moment(one, log.timezone) for one in given})
    return [log.moment(one, hindsight=hindsight) for one in asked], several


def reach(log: Log, until: str | dt.date | None) -> tuple[dt.datetime, dt.datetime]:
    """Return when the log begins and until when it tells all, unless said: the end of its last event's day.

    That is not before its persons were known: until then it was read when they were.
    """
    first, last = (
        log.events.select(pl.col("at").min().alias("first"), pl.col("at").max().alias("last")).collect().row(0)
    )
    if first is None:
        raise EvidenceError(
            "the log has no event, so nothing can be said to have come of anybody; give one with events"
        )
    if until is not None:
        return first, moment(until, log.timezone)
    day = last.astimezone(ZoneInfo(log.timezone)).date()
    end = moment(day + dt.timedelta(days=1), log.timezone)
    return first, max(end, log.learned or end)


def before(frame: pl.LazyFrame, moment: dt.datetime) -> pl.LazyFrame:
    """Return the rows that had happened and were known before a moment."""
    return frame.filter(pl.col("customer_id").is_not_null(), known(frame) < moment)
