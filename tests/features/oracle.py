"""Cells added up one row after the other in plain Python, as their documentation says."""

from __future__ import annotations

import datetime as dt
import math
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from cjlab._checks import offset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjlab.features import Cell

Row = dict[str, Any]


def rows_of(cell: Cell, rows: Sequence[Row], as_of: dt.datetime, timezone: str) -> list[Row]:
    """Return the rows of one customer that a cell reads at a date."""
    begin = None
    if cell.window is not None:
        length = offset(cell.window, name="window")
        local = as_of if cell.window.endswith(("h", "min")) else as_of.astimezone(ZoneInfo(timezone))
        begin = (local - length).astimezone(dt.UTC)
    found = []
    for row in rows:
        known = row.get("known_at") or row["at"]
        if row["at"] >= as_of or known >= as_of or (begin is not None and row["at"] < begin):
            continue
        if any(row.get(name) not in words for name, words in cell.where.words.items()):
            continue
        flags = {name: getattr(cell.where, name) for name in ("machine", "sent")}
        if any(asked is not None and bool(row.get(name)) is not asked for name, asked in flags.items()):
            continue
        found.append(row)
    return found


def added(cell: Cell, rows: Sequence[Row], as_of: dt.datetime, timezone: str) -> list[float]:  # noqa: C901, PLR0911, PLR0912 - one answer a kind
    """Return what a cell is for one customer, whose rows come in the order of time."""
    rows = rows_of(cell, rows, as_of, timezone)
    zone, nan = ZoneInfo(timezone), math.nan
    days = [(row["at"].astimezone(zone).date() - dt.date(1970, 1, 1)).days for row in rows]
    numbers = [row.get(cell.number) for row in rows] if cell.number else [1.0] * len(rows)
    known = [float(one) for one in numbers if one is not None]
    seconds = [micro(row["at"]) for row in rows]
    if cell.how == "count":
        return [float(len(rows))]
    if cell.how == "sum":
        return [sum(known, 0.0)]
    if cell.how in {"least", "most", "first", "last"}:
        pick = {"least": min, "most": max, "first": lambda one: one[0], "last": lambda one: one[-1]}[cell.how]
        return [pick(known) if known else nan]
    if cell.how in {"first_at", "last_at"}:
        return [float(seconds[0 if cell.how == "first_at" else -1]) if rows else nan]
    if cell.how == "days":
        return [float(len(set(days)))]
    if cell.how == "sessions":
        pause = offset(cell.span or "", name="span") / dt.timedelta(microseconds=1)
        return [float(sum(place == 0 or at - seconds[place - 1] > pause for place, at in enumerate(seconds)))]
    if cell.how == "distinct":
        return [float(len({row.get(cell.of) for row in rows} - {None}))]
    if cell.how == "moments":
        mean = math.fsum(known) / len(known) if known else 0.0
        return [float(len(known)), mean, math.fsum((one - mean) ** 2 for one in known)]
    if cell.how == "gaps":
        one_day = sorted(set(days))
        gaps = [b - a for a, b in pairwise(one_day)]
        mean = sum(gaps) / len(gaps) if gaps else 0.0
        spread = math.fsum((gap - mean) ** 2 for gap in gaps)
        ends = [float(one_day[-1]), float(one_day[0])] if one_day else [nan, nan]
        logs = math.fsum(map(math.log, gaps))
        return [
            float(len(gaps)),
            mean,
            spread,
            logs,
            float(max(gaps, default=0)),
            *ends,
            float(gaps[-1]) if gaps else nan,
        ]
    if cell.how == "later_sum":
        amounts = zip(days, numbers, strict=True)
        return [sum((float(one) for day, one in amounts if day > days[0] and one is not None), 0.0)]
    if cell.how == "latest_gaps":
        one_day = sorted(set(days))
        gaps = [float(b - a) for a, b in pairwise(one_day)][::-1][: cell.size]
        return gaps + [nan] * (cell.size - len(gaps))
    if cell.how == "decayed":
        half = offset(cell.span or "", name="span") / dt.timedelta(microseconds=1)
        pairs = [(float(one), at) for one, at in zip(numbers, seconds, strict=True) if one is not None]
        if not pairs:
            return [0.0, nan]
        last = pairs[-1][1]
        return [math.fsum(one * 2.0 ** (-(last - at) / half) for one, at in pairs), float(last)]
    if cell.how == "ages":
        span = offset(cell.span or "", name="span") / dt.timedelta(microseconds=1)
        bins = [0.0] * cell.size
        for one, at in zip(numbers, seconds, strict=True):
            place = int((micro(as_of) - at) // span)
            if one is not None and place < cell.size:
                bins[place] += float(one)
        return bins
    codes = [code(cell, row, zone) for row in rows]
    if cell.how == "by":
        bins = [0.0] * cell.width
        for one, place in zip(numbers, codes, strict=True):
            if one is not None and place is not None:
                bins[place] += float(one)
        return bins
    told = [place for place in codes if place is not None]
    if cell.how == "recent":
        latest = [float(one) for one in told[::-1][: cell.size]]
        return latest + [nan] * (cell.size - len(latest))
    assert cell.how == "changes"
    return [float(sum(a != b for a, b in pairwise(told)))]


def code(cell: Cell, row: Row, zone: ZoneInfo) -> int | None:
    """Return the place of a row's word."""
    if cell.of == "hour":
        return row["at"].astimezone(zone).hour
    if cell.of == "weekday":
        return row["at"].astimezone(zone).weekday()
    if cell.of == "month":
        return row["at"].astimezone(zone).month - 1
    word = row.get(cell.of)
    return cell.words.index(word) if word in cell.words else None


def micro(moment: dt.datetime) -> int:
    """Return a moment in microseconds."""
    return (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)
