"""A compiled policy: plans as rows of a table, read each day from what the brand can see."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from cjlab.simulator.kernel._consent import allowed
from cjlab.simulator.kernel._contact import carry_out, pressed
from cjlab.simulator.kernel._draws import below, draw, draw_often, draw_whole, eight_days, key_at, mix
from cjlab.simulator.kernel._sizes import CONTACTS_A_DAY
from cjlab.simulator.kernel._vocabulary import AT_POLICY, LAST_SECOND, RANDOM

_OCTET = 8
_TOP, _TOPS = np.uint64(0x80), np.uint64(0x8080808080808080)


@njit
def held_out(me, plans):
    """Tell whether a person is kept out of every contact, by a salted hash of who he is."""
    return plans.holdout > 0.0 and (mix(me.key ^ plans.holdout_salt) >> 11) * 2.0**-53 < plans.holdout


@njit(inline="always")
def lot(me, day, number):
    """Draw for eight days whether a plan of days lets a person in: a word with a byte for each.

    A replicate of the future is decided on as the first one was, hence by the person's own key.
    """
    return eight_days(me.key, day, AT_POLICY + 8 * number)


@njit(inline="always")
def falling(plan, day):
    """Return the top bits of the bytes of those among eight days on which a plan of days may fall, by its rhythm."""
    if plan.every == 1:
        return _TOPS
    days, place = np.uint64(0), (plan.first - (day & ~7)) % plan.every
    while place < _OCTET:
        days |= _TOP << np.uint64(8 * place)
        place += plan.every
    return days


@njit(inline="always")
def may_follow(me, day, words, plans):
    """Tell whether a plan of days draws the person on a day, of whose eight days these are the words."""
    for number in range(plans.n):
        plan = plans.plan[number]
        falls = plan.on_event < 0 and _falls(plan, day)
        if falls and (plan.share >= 1.0 or below(words[number], day, me.key, AT_POLICY + 8 * number, plan.share)):
            return True
    return False


@njit
def follow(me, world, today, plans):
    """Carry out today's plans, all of them decided on what was known when the day began."""
    if held_out(me, plans):
        return
    decided = 0
    for number in range(plans.n):
        plan = plans.plan[number]
        if plan.on_event < 0 and _falls(plan, today.day) and decided < CONTACTS_A_DAY:
            decided += _decide(me, world, today, plan, number, plan.second, decided)
    _execute(me, world, today, decided)


@njit
def react(me, world, today, plans):
    """Carry out the plans that answer what happened today, each once a day, at its first cause."""
    if held_out(me, plans):
        return
    decided = 0
    for number in range(plans.n):
        plan = plans.plan[number]
        if plan.on_event >= 0 and plan.first <= today.day < plan.last and decided < CONTACTS_A_DAY:
            second = _first_cause(today, plan.on_event)
            if second >= 0:
                second = min(second + 60, LAST_SECOND)
                decided += _decide(me, world, today, plan, number, second, decided)
    _execute(me, world, today, decided)


@njit
def _first_cause(today, event):
    """Return the second of the first such event that the brand saw today; −1 for none."""
    first = -1
    for place in range(today.n):
        row = today.rows[place]
        if row.event == event and row.known and (first < 0 or row.second < first):
            first = row.second
    return first


@njit
def _falls(plan, day):
    return plan.first <= day < plan.last and (plan.every == 1 or (day - plan.first) % plan.every == 0)


@njit
def _decide(me, world, today, plan, number, second, decided):
    """Decide on one plan; return 1 where something is to be sent or withheld, and note it."""
    slot = AT_POLICY + 8 * number
    key = today.key if me.key == me.future else key_at(me.key, today.day)
    if (plan.share < 1.0 and draw_often(me.key, today.day, slot) >= plan.share) or not _fits(me, today, plan):
        return 0
    action = plan.actions[draw_whole(key, slot + 1, plan.n)]
    if plan.consent and not allowed(me, world, today.day, action):
        return 0
    if plan.cap > 0 and pressed(me, today.day, plan.cap_days) + decided >= plan.cap:
        return 0
    withheld = draw(key, slot + 2) < plan.control
    one = today.decided[decided]
    one.action, one.plan, one.second, one.sent = action, number, second, not withheld
    one.step = plan.step
    one.propensity = math.nan
    if plan.randomised:
        one.propensity = plan.control if withheld else (1.0 - plan.control) / plan.n
    one.slice = RANDOM if plan.randomised else plan.slice
    return 1


@njit
def _execute(me, world, today, decided):
    for place in range(decided):
        carry_out(me, world, today, today.decided[place])


@njit
def _fits(me, today, plan):
    for place in range(plan.n_conditions):
        value = float(me.seen[plan.field[place]])
        if plan.since[place]:
            value = today.day - value
        if not plan.low[place] <= value <= plan.high[place]:
            return False
    return True
