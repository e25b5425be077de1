"""When a row was written and by whom, and rows in that order."""

from __future__ import annotations

import numpy as np
from numba import njit

from cjlab._compiled import kept

_DAY = 86_400
_PERSON = 2**31  # seconds of a run lie below it, a person's number above


@njit(inline="always")
def behind_of(row):
    """Return who was behind a row and when, as one number that rises with both."""
    return row.customer * _PERSON + row.day * _DAY + row.second


@kept
def in_order(rows):
    """Tell whether rows stand in the order of people and time."""
    before = -1
    for place in range(rows.shape[0]):
        now = behind_of(rows[place])
        if now < before:
            return False
        before = now
    return True


@kept
def arranged(rows, people, order):
    """Fill ``order`` with the places of rows by people, who rise, and time; what is equal stays as it was written.

    Rows are those of several stretches of days, in each of which people rise: counted, then put where they belong.
    """
    ends = np.zeros(people.shape[0] + 1, np.int64)
    for place in range(rows.shape[0]):
        ends[_found(people, rows[place].customer) + 1] += 1
    for place in range(1, ends.shape[0]):
        ends[place] += ends[place - 1]
    begins, latest_of = ends.copy(), np.full(people.shape[0], -1, np.int64)
    for place in range(rows.shape[0]):
        who, now = _found(people, rows[place].customer), behind_of(rows[place])
        at = ends[who]
        ends[who] += 1
        order[at] = place
        if now >= latest_of[who]:
            latest_of[who] = now
            continue
        while at > begins[who] and behind_of(rows[order[at - 1]]) > now:  # an answer to a day that was over
            order[at] = order[at - 1]
            at -= 1
            order[at] = place


@njit(inline="always")
def _found(people, customer):
    """Return where a customer stands; ids most often follow each other."""
    near = customer - people[0]
    if near < people.shape[0] and people[near] == customer:
        return near
    return np.searchsorted(people, customer)
