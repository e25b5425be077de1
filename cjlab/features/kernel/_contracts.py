"""Contracts: of each customer, those that run at a date, and what binds him to them."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

from cjlab._compiled import kept

STARTED: Final = 0
RENEWED: Final = 1
ENDED: Final = 2
ASKED: Final = 3
HELD: Final = 6
"""How many numbers there are of a customer and a date."""


@kept
def held(starts, at, known, contracts, kinds, due, as_of, found):  # noqa: C901 - the one loop that everything stands in
    """Fill ``found``, a line a customer and date, with what his contracts were, of the rows known before it.

    The numbers: contracts that run and that have ended; of those that run when the first was started, until when the
    last binds, how often they were renewed, and when the first ends for which that was asked. A contract runs once a
    row of it is known, and until its end is. Of several rows that say the same of one contract the last counts.

    Parameters
    ----------
    starts : where each customer's rows begin, ``(n + 1,)``.
    at, known : when each row happened, and from when it was known, ``(rows,)`` microseconds.
    contracts : which contract each row is of, −1 for none.
    kinds : what it says: STARTED, RENEWED, ENDED, ASKED, −1 for anything else.
    due : until when, microseconds; NaN where that is not told.
    as_of : the dates, rising.
    """
    dates = as_of.shape[0]
    for who in range(starts.shape[0] - 1):
        mine = starts[who] + np.flatnonzero(contracts[starts[who] : starts[who + 1]] >= 0)
        if mine.shape[0] == 0:
            continue
        order = mine[np.argsort(contracts[mine], kind="mergesort")]
        for date in range(dates):
            line = found[who * dates + date]
            place = 0
            while place < order.shape[0]:
                one = contracts[order[place]]
                there, over, renewals = False, False, 0
                start, bound, notice = math.nan, math.nan, math.nan
                while place < order.shape[0] and contracts[order[place]] == one:
                    row = order[place]
                    place += 1
                    if at[row] >= as_of[date] or known[row] >= as_of[date]:
                        continue
                    there = True
                    kind = kinds[row]
                    over = over or kind == ENDED
                    renewals += kind == RENEWED
                    if kind == STARTED:
                        start = float(at[row])
                    if kind == ASKED:
                        notice = due[row]
                    if kind in (STARTED, RENEWED) and not math.isnan(due[row]):
                        bound = due[row]
                if not there:
                    continue
                if over:
                    line[1] += 1.0
                    continue
                line[0] += 1.0
                line[4] += renewals
                line[2] = np.fmin(line[2], start)
                line[3] = np.fmax(line[3], bound)
                line[5] = np.fmin(line[5], notice)
