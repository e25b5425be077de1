"""A compiled policy: plans as rows of a table, read each day from what the brand can see."""

from __future__ import annotations

import math

from numba import njit

from cjlab.simulator.kernel._contact import contact, pressed, withhold
from cjlab.simulator.kernel._draws import draw, draw_whole, key_at, mix
from cjlab.simulator.kernel._vocabulary import AT_POLICY, POLICY, RANDOM


@njit
def held_out(me, plans):
    """Tell whether a person is kept out of every contact, by a salted hash of who he is."""
    return plans.holdout > 0.0 and (mix(me.key ^ plans.holdout_salt) >> 11) * 2.0**-53 < plans.holdout


@njit
def follow(me, world, today, plans):
    """Carry out today's plans."""
    if held_out(me, plans):
        return
    for number in range(plans.n):
        plan = plans.plan[number]
        if plan.on_event < 0 and _falls(plan, today.day):
            _carry(me, world, today, plan, number, plan.second)


@njit
def react(me, world, today, plans):
    """Carry out the plans that answer what happened today, row by row."""
    if held_out(me, plans):
        return
    for place in range(today.n):
        row = today.rows[place]
        for number in range(plans.n):
            plan = plans.plan[number]
            if plan.on_event == row.event and row.known and plan.first <= today.day < plan.last:
                _carry(me, world, today, plan, number, row.second + 60)


@njit
def _falls(plan, day):
    return plan.first <= day < plan.last and (day - plan.first) % plan.every == 0


@njit
def _carry(me, world, today, plan, number, second):
    slot = AT_POLICY + 8 * number
    key = key_at(me.key, today.day)  # a replicate of the future is decided on as the first one was
    if plan.share < 1.0 and draw(key, slot) >= plan.share:
        return
    if not _fits(me, today, plan):
        return
    action = plan.actions[draw_whole(key, slot + 1, plan.n)]
    channel = world.action_channel[action]
    if plan.consent and not (me.consent >> channel) & 1:
        return
    if plan.cap > 0 and pressed(me, today.day, plan.cap_days) >= plan.cap:
        return
    control = draw(key, slot + 2) < plan.control
    chance = (plan.control if control else (1.0 - plan.control) / plan.n) if plan.randomised else math.nan
    if control:
        withhold(me, world, today, second, action, chance, number, -1)
    else:
        contact(me, world, today, second, action, chance, RANDOM if plan.randomised else POLICY, number, -1)


@njit
def _fits(me, today, plan):
    for place in range(plan.n_conditions):
        value = float(me.seen[plan.field[place]])
        if plan.since[place]:
            value = today.day - value
        if not plan.low[place] <= value <= plan.high[place]:
            return False
    return True
