"""Words told apart without being read: by the sixteen bytes with which Arrow says where and what each is."""

from __future__ import annotations

from typing import Final

import numpy as np

from cjlab._compiled import kept

_MIX: Final = np.uint64(0x9E3779B97F4A7C15)
_TOP: Final = np.uint64(32)


@kept
def told_apart(views, known, begin, slots, firsts, codes):
    """Fill ``codes`` with the place of each row's view among the different ones, −1 where there is none.

    Parameters
    ----------
    views : ``(rows, 2)`` unsigned; two that are alike are one word, though one word may have several.
    known : a bit a row, the first of them at ``begin``; no room where every row has a word.
    slots : −1 throughout, a power of two of them, more than twice as many as ``firsts``.
    firsts : room for the first row of each.

    Returns
    -------
    How many there are; −1 where there was too little room.
    """
    n, last, before = 0, np.uint64(slots.shape[0] - 1), -1
    for row in range(views.shape[0]):
        if known.shape[0]:
            place = row + begin
            if not known[place >> 3] >> (place & 7) & 1:
                codes[row] = -1
                continue
        low, high = views[row, 0], views[row, 1]
        if before >= 0 and views[before, 0] == low and views[before, 1] == high:
            codes[row] = codes[before]
            continue
        before = row
        slot = (((low ^ (high * _MIX)) * _MIX) >> _TOP) & last
        while True:
            code = slots[slot]
            if code < 0:
                if n == firsts.shape[0]:
                    return -1
                slots[slot] = code = n
                firsts[n] = row
                n += 1
                break
            if views[firsts[code], 0] == low and views[firsts[code], 1] == high:
                break
            slot = (slot + np.uint64(1)) & last
        codes[row] = code
    return n
