"""Cells as the pass reads them, and what a row adds to one."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

Cells: Final = np.dtype(
    [
        ("how", "i8"),
        ("where", "i8"),
        ("window", "i8"),  # the line of its beginnings; −1 where it looks back over everything
        ("number", "i8"),  # the line of its values; −1 where 1 is added
        ("code", "i8"),
        ("slot", "i8"),
        ("width", "i8"),
        ("span", "f8"),  # microseconds
    ],
    align=True,
)
HOWS: Final = (
    "count",
    "sum",
    "least",
    "most",
    "first_at",
    "last_at",
    "first",
    "last",
    "days",
    "sessions",
    "decayed",
    "gaps",
    "moments",
    "changes",
    "recent",
    "ages",
    "by",
    "latest_gaps",
    "later_sum",
)
(
    COUNT,
    SUM,
    LEAST,
    MOST,
    FIRST_AT,
    LAST_AT,
    FIRST,
    LAST,
    DAYS,
    SESSIONS,
    DECAYED,
    GAPS,
    MOMENTS,
    CHANGES,
    RECENT,
    AGES,
    BY,
    LATEST_GAPS,
    LATER_SUM,
) = range(len(HOWS))
ZEROS: Final = {COUNT, SUM, BY, AGES}
COUNTED: Final = {COUNT, LAST_AT}  # what is had by stretches of time


@njit(inline="always")
def add(out, slot, cell, value, code, at, day, age):  # noqa: C901, PLR0912, PLR0915 - one branch a kind
    """Add a row to a cell."""
    how = cell.how
    if how == COUNT:
        out[slot] += 1.0
    elif how == SUM:
        if not math.isnan(value):
            out[slot] += value
    elif how == LAST_AT:
        out[slot] = at
    elif how == FIRST_AT:
        if math.isnan(out[slot]):
            out[slot] = at
    elif how == DAYS:
        if out[slot + 1] != day:
            out[slot] += 1.0
            out[slot + 1] = day
    elif how == GAPS:
        last = out[slot + 5]
        if math.isnan(last):
            out[slot + 5] = out[slot + 6] = day
        elif day > last:
            gap = day - last
            n = out[slot] + 1.0
            apart = gap - out[slot + 1]
            out[slot] = n
            out[slot + 1] += apart / n
            out[slot + 2] += apart * (gap - out[slot + 1])
            out[slot + 3] += math.log(gap)
            out[slot + 4] = max(out[slot + 4], gap)
            out[slot + 5] = day
            out[slot + 7] = gap
    elif how == LATEST_GAPS:
        end = slot + cell.width - 1
        last = out[end]
        if day > last:
            for place in range(end - 1, slot, -1):
                out[place] = out[place - 1]
            out[slot] = day - last
        if not day <= last:
            out[end] = day
    elif how == LATER_SUM:
        if math.isnan(out[slot + 1]):
            out[slot + 1] = day
        elif day > out[slot + 1] and not math.isnan(value):
            out[slot] += value
    elif how == BY:
        if code >= 0 and not math.isnan(value):
            out[slot + code] += value
    elif how == AGES:
        place = int(age // cell.span)
        if place < cell.width and not math.isnan(value):
            out[slot + place] += value
    elif how == MOMENTS:
        if not math.isnan(value):
            n = out[slot] + 1.0
            apart = value - out[slot + 1]
            out[slot] = n
            out[slot + 1] += apart / n
            out[slot + 2] += apart * (value - out[slot + 1])
    elif how == DECAYED:
        if not math.isnan(value):
            last = out[slot + 1]
            kept_share = 0.0 if math.isnan(last) else 2.0 ** (-(at - last) / cell.span)
            out[slot] = out[slot] * kept_share + value
            out[slot + 1] = at
    elif how == SESSIONS:
        last = out[slot + 1]
        if math.isnan(last) or at - last > cell.span:
            out[slot] += 1.0
        out[slot + 1] = at
    elif how == LAST:
        if not math.isnan(value):
            out[slot] = value
    elif how == FIRST:
        if math.isnan(out[slot]):
            out[slot] = value
    elif how == LEAST:
        if math.isnan(out[slot]) or value < out[slot]:
            out[slot] = value
    elif how == MOST:
        if math.isnan(out[slot]) or value > out[slot]:
            out[slot] = value
    elif how == CHANGES:
        if code >= 0:
            last = out[slot + 1]
            if not math.isnan(last) and last != code:
                out[slot] += 1.0
            out[slot + 1] = code
    elif how == RECENT and code >= 0:
        for place in range(cell.width - 1, 0, -1):
            out[slot + place] = out[slot + place - 1]
        out[slot] = code
