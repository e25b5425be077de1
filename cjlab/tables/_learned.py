"""When the persons of a log were known: it is not read as of an earlier moment."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from cjlab.errors import SpecError

if TYPE_CHECKING:
    import datetime as dt


def refuse_earlier(when: dt.datetime, learned: dt.datetime | None, timezone: str) -> None:
    """Refuse a moment at which nobody could have known who is one person."""
    if learned is None or learned <= when:
        return
    told, asked = (f"{one.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}" for one in (learned, when))
    raise SpecError(
        f"who is one person in this log was learned of links as of {told}, and the log is asked for as of {asked}, "
        "before that: merges that were learned since would be told. Resolve the log anew as of that date, or as of the "
        f"earliest of several: resolved(log, {asked[:10]!r}, until=…).log, where until keeps what came after it; or "
        "for features alone say openly that they see what came later: Recipe(*builders, hindsight=True)"
    )


def latest(one: dt.datetime | None, other: dt.datetime | None) -> dt.datetime | None:
    """Return the later of two moments, one of which may not be there."""
    return max((when for when in (one, other) if when is not None), default=None)
