"""One pass over rows in the order of customers and time: every cell of every date, at once.

A date's window is read anew, and never had by taking away what has left it.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from cjlab._compiled import kept

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
) = range(18)
ZEROS: Final = {COUNT, SUM, BY, AGES}
_DE_BRUIJN: Final = np.uint64(0x03F79D71B4CB0A89)
_PLACES: Final = np.argsort((np.uint64(1) << np.arange(64, dtype=np.uint64)) * _DE_BRUIJN >> np.uint64(58))


@kept
def gather(  # noqa: C901, PLR0912 - the one loop that everything stands in
    starts, at, known, days, masks, values, codes, as_of, begins, cells, firsts, blank, running, out
):
    """Fill ``out``, a line a customer and date, with every cell; its last line is for work.

    Cells that look back over everything are added up once, in the last line, and copied at each date. A row that became
    known after a date parts the dates that do not know it from those that do: the former get lines of their own until
    the last of them has passed.

    Parameters
    ----------
    starts : where each customer's rows begin, ``(n + 1,)``.
    at, known : when each row happened, and from when it was known, ``(rows,)`` microseconds.
    days : the local day of each row; no room where no cell asks for it.
    masks : the filters that each row passes, a bit each.
    values, codes : a line a column of numbers, and of words.
    as_of : the dates, rising; ``begins`` where each window begins, ``(windows, dates)``.
    cells : by filter; ``firsts`` where each filter's begin.
    blank : what a line holds before anything happened; the first ``running`` of it look back over everything.
    """
    dates, work = as_of.shape[0], out.shape[0] - 1
    reach = np.zeros(begins.shape[0], np.int64)
    for who in range(starts.shape[0] - 1):
        line, now, apart = who * dates, 0, 0
        reach[:] = 0
        out[work, :running] = blank[:running]
        for date in range(dates):
            out[line + date, running:] = blank[running:]
        for row in range(starts[who], starts[who + 1]):
            moment = at[row]
            while now < dates and as_of[now] <= moment:
                if now >= apart:
                    out[line + now, :running] = out[work, :running]
                now += 1
            if now == dates:
                break
            mask = masks[row]
            if not mask:
                continue
            first = now
            while first < dates and as_of[first] <= known[row]:
                first += 1
            if first > now:
                for date in range(max(apart, now), first):
                    out[line + date, :running] = out[work, :running]
                apart = max(apart, first)
            for window in range(reach.shape[0]):
                while reach[window] < dates and begins[window, reach[window]] <= moment:
                    reach[window] += 1
            day = days[row] if days.shape[0] else 0
            while mask:
                where = _lowest(mask)
                mask &= mask - np.uint64(1)
                for number in range(firsts[where], firsts[where + 1]):
                    cell = cells[number]
                    low, high, more = line + first, line + apart, 1
                    if cell.window >= 0:
                        high, more = line + reach[cell.window], 0
                    high = max(low, high)
                    value = 1.0 if cell.number < 0 else values[cell.number, row]
                    code = -1 if cell.code < 0 else codes[cell.code, row]
                    for step in range(low, high + more):
                        place = step if step < high else work
                        age = as_of[place - line] - moment if cell.how == AGES else 0
                        _add(out, place, cell, value, code, moment, day, age)
        for date in range(max(now, apart), dates):
            out[line + date, :running] = out[work, :running]


@njit(inline="always")
def _lowest(mask):
    """Return the place of the lowest bit, which a product with a de Bruijn sequence moves to the top."""
    bit = mask & (~mask + np.uint64(1))
    return _PLACES[(bit * _DE_BRUIJN) >> np.uint64(58)]


@njit(inline="always")
def _add(out, line, cell, value, code, at, day, age):  # noqa: C901, PLR0912, PLR0915 - one branch a kind
    """Add a row to a cell."""
    slot, how = cell.slot, cell.how
    if how == COUNT:
        out[line, slot] += 1.0
    elif how == SUM:
        if not math.isnan(value):
            out[line, slot] += value
    elif how == LAST_AT:
        out[line, slot] = at
    elif how == FIRST_AT:
        if math.isnan(out[line, slot]):
            out[line, slot] = at
    elif how == DAYS:
        if out[line, slot + 1] != day:
            out[line, slot] += 1.0
            out[line, slot + 1] = day
    elif how == GAPS:
        last = out[line, slot + 5]
        if math.isnan(last):
            out[line, slot + 5] = out[line, slot + 6] = day
        elif day > last:
            gap = day - last
            n = out[line, slot] + 1.0
            apart = gap - out[line, slot + 1]
            out[line, slot] = n
            out[line, slot + 1] += apart / n
            out[line, slot + 2] += apart * (gap - out[line, slot + 1])
            out[line, slot + 3] += math.log(gap)
            out[line, slot + 4] = max(out[line, slot + 4], gap)
            out[line, slot + 5] = day
            out[line, slot + 7] = gap
    elif how == LATEST_GAPS:
        end = slot + cell.width - 1
        last = out[line, end]
        if day > last:
            for place in range(end - 1, slot, -1):
                out[line, place] = out[line, place - 1]
            out[line, slot] = day - last
        if not day <= last:
            out[line, end] = day
    elif how == BY:
        if code >= 0 and not math.isnan(value):
            out[line, slot + code] += value
    elif how == AGES:
        place = int(age // cell.span)
        if place < cell.width and not math.isnan(value):
            out[line, slot + place] += value
    elif how == MOMENTS:
        if not math.isnan(value):
            n = out[line, slot] + 1.0
            apart = value - out[line, slot + 1]
            out[line, slot] = n
            out[line, slot + 1] += apart / n
            out[line, slot + 2] += apart * (value - out[line, slot + 1])
    elif how == DECAYED:
        if not math.isnan(value):
            last = out[line, slot + 1]
            kept_share = 0.0 if math.isnan(last) else 2.0 ** (-(at - last) / cell.span)
            out[line, slot] = out[line, slot] * kept_share + value
            out[line, slot + 1] = at
    elif how == SESSIONS:
        last = out[line, slot + 1]
        if math.isnan(last) or at - last > cell.span:
            out[line, slot] += 1.0
        out[line, slot + 1] = at
    elif how == LAST:
        if not math.isnan(value):
            out[line, slot] = value
    elif how == FIRST:
        if math.isnan(out[line, slot]):
            out[line, slot] = value
    elif how == LEAST:
        if math.isnan(out[line, slot]) or value < out[line, slot]:
            out[line, slot] = value
    elif how == MOST:
        if math.isnan(out[line, slot]) or value > out[line, slot]:
            out[line, slot] = value
    elif how == CHANGES:
        if code >= 0:
            last = out[line, slot + 1]
            if not math.isnan(last) and last != code:
                out[line, slot] += 1.0
            out[line, slot + 1] = code
    elif how == RECENT and code >= 0:
        for place in range(cell.width - 1, 0, -1):
            out[line, slot + place] = out[line, slot + place - 1]
        out[line, slot] = code


@kept
def narrow(codes, lookup, masks):
    """Keep of each row's filters those that allow its word; the last place of ``lookup`` is for no word."""
    last = lookup.shape[0] - 1
    for row in range(masks.shape[0]):
        code = codes[row]
        masks[row] &= lookup[code if code >= 0 else last]


@kept
def clocked(at, offsets, first, days, hours, weekdays):
    """Fill in the local day of each row, its hour, and its weekday (0 for Monday), where room for them was given.

    ``offsets`` are what local clocks are ahead of UTC by, in seconds, for every quarter of an hour from ``first`` on.
    """
    for row in range(at.shape[0]):
        seconds = at[row] // 1_000_000
        local = seconds + offsets[seconds // 900 - first]
        if days.shape[0]:
            days[row] = local // 86_400
        if hours.shape[0]:
            hours[row] = (local % 86_400) // 3_600
        if weekdays.shape[0]:
            weekdays[row] = (local // 86_400 + 3) % 7


@kept
def parted(owners, at, bounds):
    """Fill ``bounds`` with where each owner's rows begin, and return how many owners there are.

    It is −1 where a time is before the one above it; whether owners rise is for the caller to see.
    """
    n = 0
    for row in range(owners.shape[0]):
        if row == 0 or owners[row] != owners[row - 1]:
            bounds[n] = row
            n += 1
        elif at[row] < at[row - 1]:
            return -1
    bounds[n] = owners.shape[0]
    return n


@kept
def noticed(starts, at, known, found):
    """Fill ``found`` with when something of each customer was first known."""
    for who in range(found.shape[0]):
        for row in range(starts[who], starts[who + 1]):
            if at[row] >= found[who]:
                break
            found[who] = min(found[who], max(at[row], known[row]))


@kept
def distinct(starts, at, known, masks, where, codes, as_of, begins, found):
    """Fill ``found``, a line a customer and date, with how many different codes rows have that pass a filter."""
    dates = as_of.shape[0]
    bit = np.uint64(1) << np.uint64(where)
    for who in range(starts.shape[0] - 1):
        begin, end = starts[who], starts[who + 1]
        room = np.empty(end - begin, codes.dtype)
        for date in range(dates):
            n = 0
            for row in range(begin, end):
                there = at[row] < as_of[date] and known[row] < as_of[date] and at[row] >= begins[date]
                if there and masks[row] & bit and codes[row] >= 0:
                    room[n] = codes[row]
                    n += 1
            room[:n].sort()
            different = 0
            for place in range(n):
                different += place == 0 or room[place] != room[place - 1]
            found[who * dates + date] = different
