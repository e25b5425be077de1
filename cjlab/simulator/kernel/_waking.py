"""When a person wakes: the next day on which something may happen, found eight days at a time.

A draw that is drawn every day has its first byte in a word of eight days. All bytes of a word are held at once against
the most that the share could be on any of its days: only the few that lie below are looked at with the share itself.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from cjlab.simulator.kernel._draws import below, eight_days
from cjlab.simulator.kernel._planning import falling, lot, may_follow
from cjlab.simulator.kernel._session import occasion
from cjlab.simulator.kernel._vocabulary import AT_OCCASION

_ONES, _TOPS = np.uint64(0x0101010101010101), np.uint64(0x8080808080808080)
_PLACES = np.uint64(0x0001020304050607)  # at the byte of a lone bit, how many bytes lie below it
_ALL, _ONE, _LOWEST, _THREE, _SEVEN, _LAST = (np.uint64(number) for number in (2**64 - 1, 1, 7, 3, 7, 56))
_STEPS = 256.0
_HALF = 127  # up to here bytes are held against a number all at once


@njit(inline="always")
def wakes(me, world, today, plans, outside, day, stop):
    """Return the first day on which something may happen: something is due, a plan draws the person, or he comes.

    Nothing of the person is written on the way, so that what stays the same from day to day is read once.
    """
    here = me.gone < 0
    last = _awaited(me, day, stop) if here else stop
    lively = _lively(me, world, day) if here else 0.0
    while day < last:
        octet = day >> 3
        word, days = np.uint64(0), np.uint64(0)
        if here:
            word = eight_days(me.future, day, AT_OCCASION)
            days = _under(word, lively * outside.liveliest[octet, me.place])
        for number in range(plans.n):
            plan = plans.plan[number]
            if plan.on_event < 0:
                today.lots[number] = lot(me, day, number)
                days |= _under(today.lots[number], plan.share) & falling(plan, day)
        days &= _ALL << ((np.uint64(day) & _LOWEST) << _THREE)
        while days != 0:
            lowest = days & (~days + _ONE)
            at = (octet << 3) + np.int64(((lowest >> _SEVEN) * _PLACES) >> _LAST)
            if at >= last:
                return last
            if here:
                likely = occasion(me, world, at, outside.factors[at, 0], outside.weather[at, me.place])
                if below(word, at, me.future, AT_OCCASION, likely):
                    return at
            if may_follow(me, at, today.lots, plans):
                return at
            days ^= lowest
        day = (day | 7) + 1
    return last


@njit(inline="always")
def _awaited(me, day, stop):
    """Return the first day from which something is due, or on which something said the day before is heard."""
    last = min(stop, max(day, me.due))
    for turn in range(2):
        if me.told[turn] >= day:
            last = min(last, me.told[turn])
    return last


@njit(inline="always")
def _lively(me, world, day):
    """Return the most that the probability of coming can be from this day on, as a multiple of what lies outside."""
    most = me.occasions * world.stage_occasions[me.stage]
    if day <= me.stirred_until and me.attention > 0.0:
        most *= math.exp(me.attention)
    if me.life_kind >= 0 and day < me.life_until:
        most *= max(1.0, world.life_occasions[me.life_kind])
    return most


@njit(inline="always")
def _under(word, share):
    """Return the top bits of the bytes of a word that lie under a share; of some more of them where it is large."""
    above = share * _STEPS
    if not above < _HALF:  # also where it is no number: of an endless share and a day on which nobody comes
        return _TOPS
    return (word - _ONES * np.uint64(int(above) + 1)) & ~word & _TOPS
