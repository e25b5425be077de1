"""One pass over rows in the order of customers and time: every cell of every date, at once.

A date's window is read anew, and never had by taking away what has left it.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from cjlab._compiled import kept
from cjlab.features.kernel._cells import AGES, COUNT, add
from cjlab.features.kernel._stretches import cut, told

_DE_BRUIJN: Final = np.uint64(0x03F79D71B4CB0A89)
_EVER: Final = np.iinfo(np.int64).min
_NEVER: Final = np.iinfo(np.int64).max
_PLACES: Final = np.argsort((np.uint64(1) << np.arange(64, dtype=np.uint64)) * _DE_BRUIJN >> np.uint64(58))


@kept
def gather(  # noqa: C901, PLR0912, PLR0915 - the one loop that everything stands in
    starts,
    at,
    known,
    days,
    masks,
    values,
    codes,
    as_of,
    begins,
    nested,
    counted,
    counted_firsts,
    cells,
    firsts,
    blank,
    running,
    out,
):
    """Fill ``out``, a line a customer and date, with every cell; its last line is for work.

    Cells that look back over everything are added up once, in the last line, and copied at each date. A row that became
    known after a date parts the dates that do not know it from those that do: the former get lines of their own until
    the last of them has passed. Counts are had by stretches of time, but for such rows, and customers of few rows.

    Parameters
    ----------
    starts : where each customer's rows begin, ``(n + 1,)``.
    at, known : when each row happened, and from when it was known, ``(rows,)`` microseconds.
    days : the local day of each row; no room where no cell asks for it.
    masks : the filters that each row passes, a bit each.
    values, codes : a line a column of numbers, and of words.
    as_of : the dates, rising; ``begins`` where each window begins, ``(windows, dates)``.
    nested : whether each window lies within the one before it, at every date.
    counted : cells of the kinds COUNT and LAST_AT; ``counted_firsts`` where each filter's begin.
    cells : all others, by filter, and of a filter by window, those without one first; ``firsts`` likewise.
    blank : what a line holds before anything happened; the first ``running`` of it look back over everything.
    """
    dates, work, width = as_of.shape[0], out.shape[0] - 1, out.shape[1]
    flat = out.reshape(-1)
    reach = np.zeros(begins.shape[0], np.int64)
    cuts, till, since = cut(as_of, begins)
    counts = np.zeros((firsts.shape[0] - 1, cuts.shape[0] + 1))
    latest = np.full(counts.shape, -math.inf)
    for who in range(starts.shape[0] - 1):
        line, now, apart, stretch = who * dates, 0, 0, 0
        many = starts[who + 1] - starts[who] > cuts.shape[0]
        reach[:], soon = 0, _EVER
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
            while cuts[stretch] <= moment:  # the last cut is the last date, which is ahead
                stretch += 1
            first = now
            while first < dates and as_of[first] <= known[row]:
                first += 1
            if first > now:
                for date in range(max(apart, now), first):
                    out[line + date, :running] = out[work, :running]
                apart = max(apart, first)
            if moment >= soon:
                soon = _NEVER
                for window in range(reach.shape[0]):
                    while reach[window] < dates and begins[window, reach[window]] <= moment:
                        reach[window] += 1
                    if reach[window] < dates:
                        soon = min(soon, begins[window, reach[window]])
            day = days[row] if days.shape[0] else 0
            while mask:
                where = _lowest(mask)
                mask &= mask - np.uint64(1)
                if many and first == now:
                    counts[where, stretch] += 1.0
                    latest[where, stretch] = moment
                else:
                    for number in range(counted_firsts[where], counted_firsts[where + 1]):
                        cell = counted[number]
                        low, high, more = line + first, line + apart, 1
                        if cell.window >= 0:
                            high, more = line + reach[cell.window], 0
                        for step in range(low, max(low, high) + more):
                            place = (step if step < max(low, high) else work) * width + cell.slot
                            flat[place] = flat[place] + 1.0 if cell.how == COUNT else moment
                for number in range(firsts[where], firsts[where + 1]):
                    cell = cells[number]
                    low, high, more = line + first, line + apart, 1
                    if cell.window >= 0:
                        high, more = line + reach[cell.window], 0
                        if high <= low:
                            if nested:
                                break
                            continue
                    high = max(low, high)
                    value = 1.0 if cell.number < 0 else values[cell.number, row]
                    code = -1 if cell.code < 0 else codes[cell.code, row]
                    for step in range(low, high + more):
                        place = step if step < high else work
                        age = as_of[place - line] - moment if cell.how == AGES else 0
                        add(flat, place * width + cell.slot, cell, value, code, moment, day, age)
        for date in range(max(now, apart), dates):
            out[line + date, :running] = out[work, :running]
        if many:
            told(flat, line, width, counted, counted_firsts, counts, latest, till, since, begins)


@njit(inline="always")
def _lowest(mask):
    """Return the place of the lowest bit, which a product with a de Bruijn sequence moves to the top."""
    bit = mask & (~mask + np.uint64(1))
    return _PLACES[(bit * _DE_BRUIJN) >> np.uint64(58)]


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


@kept
def reached(starts, at, known, masks, values, days, as_of, threshold, found):
    """Fill ``found``, a line a customer and date, with when rows that pass a filter had first added up to a threshold.

    A row counts as its value; 1 where there are no ``values``; where there are ``days``, 1 for the first of a day.
    """
    dates = as_of.shape[0]
    for who in range(starts.shape[0] - 1):
        for date in range(dates):
            total, day = 0.0, np.int64(-1 << 40)
            for row in range(starts[who], starts[who + 1]):
                if at[row] >= as_of[date]:
                    break
                if not masks[row] or known[row] >= as_of[date]:
                    continue
                value = values[row] if values.shape[0] else 1.0
                if days.shape[0]:
                    value = 0.0 if days[row] == day else 1.0
                    day = np.int64(days[row])
                if not math.isnan(value):
                    total += value
                    if total >= threshold:
                        found[who * dates + date] = at[row]
                        break
