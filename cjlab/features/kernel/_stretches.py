"""Counts and latest moments of all dates and windows at once.

Where windows begin and dates stand, time is cut into stretches. A row counts in the one that it lies in; what a window
holds at a date are the whole stretches between two cuts. Counts are whole numbers, so that no order of adding shows.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from cjlab.features.kernel._cells import COUNT, LAST_AT


@njit
def cut(as_of, begins):
    """Cut time: return the cuts, rising, and before which stretch each date ends, and each window begins."""
    cuts = np.unique(np.append(begins, as_of))
    since = np.searchsorted(cuts, begins.ravel()).reshape(begins.shape) + 1
    return cuts, np.searchsorted(cuts, as_of) + 1, since


@njit
def told(flat, line, width, cells, firsts, counts, latest, till, since, begins):
    """Add to the lines of a customer, from ``line`` on, what his stretches hold, and have stretches be empty again.

    Parameters
    ----------
    flat, line, width : the lines, one after the other; those that are his begin at ``line``.
    cells, firsts : cells of the kinds COUNT and LAST_AT, and where those of each filter begin.
    counts, latest : how many rows pass each filter in each stretch, and the last of them.
    till, since : before which stretch each date ends, and each window begins at each date.
    begins : when each window begins at each date.
    """
    for where in range(counts.shape[0]):
        n, last = 0.0, -math.inf
        for stretch in range(counts.shape[1]):
            more, later = counts[where, stretch], latest[where, stretch]
            counts[where, stretch], latest[where, stretch] = n, last
            n, last = n + more, max(last, later)
        for number in range(firsts[where], firsts[where + 1]):
            cell = cells[number]
            for date in range(till.shape[0]):
                place = (line + date) * width + cell.slot
                if cell.how == COUNT:
                    before = counts[where, since[cell.window, date]] if cell.window >= 0 else 0.0
                    flat[place] += counts[where, till[date]] - before
                elif cell.how == LAST_AT:
                    last = latest[where, till[date]]
                    began = last > -math.inf if cell.window < 0 else last >= begins[cell.window, date]
                    if began and not last <= flat[place]:
                        flat[place] = last
        counts[where], latest[where] = 0.0, -math.inf
