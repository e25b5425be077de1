"""A contract: bills and how they are paid, commitment, renewal, and leaving by will, by debt or by life."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from cjlab.simulator.kernel._draws import daytime, draw, draw_exponential, key_at
from cjlab.simulator.kernel._happening import close, enter, happen, leave, log_in
from cjlab.simulator.kernel._state import clamp, faded, settle
from cjlab.simulator.kernel._vocabulary import (
    AT_BILL,
    AT_LIFE,
    AT_NOTICE,
    COMPETITOR,
    CONTRACT_ENDED,
    CONTRACT_RENEWED,
    FAR,
    FIRST_LIFE,
    INVOICE,
    LEFT,
    LIFE_DAY,
    LIFE_EVENT,
    NEVER,
    PAYMENT,
    PAYMENT_MISSED,
    S_ARREARS,
    S_COMMITTED_UNTIL,
    S_CONTRACT_SINCE,
    S_NOTICE_SINCE,
    TERMINATION,
    TERMINATION_ASKED,
    UNPAID,
)

_BILLING = 30
_NINE, _LAST, _NIGHT = np.int64(9 * 3600), np.int64(86_399), np.int64(20 * 3600)
_YEAR = 365.25


@njit
def bill(me, world, today):
    """Send a bill, and let the person think of leaving."""
    row = happen(me, world, today, _NINE, INVOICE, world.bill_channel)
    fee = round(world.fee * me.scale, 2)
    row.contract, row.amount, row.margin, row.due, row.known = me.contract, fee, math.nan, today.day + world.grace, 1
    late = draw(today.key, AT_BILL) < world.missing[me.persona] * (1.0 + me.arrears)
    days = world.grace + 10 if late else int(draw(today.key, AT_BILL + 1) * world.grace)
    me.pays = today.day + days
    me.bill = today.day + _BILLING
    if me.ends == FAR and draw(today.key, AT_BILL + 2) < leaving(me, world, today):
        _resolve(me, world, today)
    elif world.renews and today.day >= me.committed:
        me.committed += world.commitment
        me.seen[S_COMMITTED_UNTIL] = me.committed
        row = happen(me, world, today, _NINE + 60, CONTRACT_RENEWED, world.bill_channel)
        row.contract, row.due, row.known = me.contract, me.committed, 1


@njit
def _resolve(me, world, today):
    """Ask for the end of the contract, for oneself or for a rival; without notice it ends today."""
    me.parting = COMPETITOR if draw(today.key, AT_NOTICE) < today.factor[6] else LEFT
    me.ends = today.day + world.notice
    if world.notice > 0:
        second = daytime(today.key, AT_NOTICE + 1)
        enter(me, world, today, second, me.home, AT_NOTICE - 120, TERMINATION)
        row = happen(me, world, today, second + 90, TERMINATION_ASKED, me.home)
        row.contract, row.due = me.contract, me.ends
        log_in(me, today)
        close(me, today)
        me.seen[S_NOTICE_SINCE] = today.day


@njit
def part(me, world, today):
    """Let a notice run out; who was moved to stay meanwhile may take it back."""
    me.ends = FAR
    me.seen[S_NOTICE_SINCE] = NEVER
    stays = 1.0 - math.exp(-max(0.0, me.desire * faded(me, today.day)))
    if draw(today.key, AT_NOTICE + 3) >= stays:
        end(me, world, today, me.parting)


@njit
def leaving(me, world, today):
    """Return the probability that the person leaves this month of his own will."""
    z = -world.sat_leaving * (settle(me, world, today.day) - 0.5) + world.price_leaving * (me.price - 0.5)
    z += world.strain_leaving * me.strain - me.desire * faded(me, today.day)
    if me.life_kind >= 0 and today.day < me.life_until:
        z += world.life_leaving[me.life_kind]
    share = world.leaving[me.persona] * math.exp(z) * today.factor[4]
    bound = today.day < me.committed or me.captive
    return clamp(share * (world.captive_factor if bound else 1.0), 0.0, 1.0)


@njit
def pay(me, world, today):
    """Pay a bill, or miss it; too many missed in a row end the contract."""
    fee = round(world.fee * me.scale, 2)
    reminded = today.day - me.dunned <= _BILLING
    share = world.missing[me.persona] * (1.0 + 2.0 * me.arrears) * (world.dunning if reminded else 1.0)
    missed = draw(today.key, AT_BILL + 3) < share
    me.pays = FAR
    event = PAYMENT_MISSED if missed else PAYMENT
    row = happen(me, world, today, _NINE + 600, event, world.bill_channel)
    row.contract, row.known, row.amount = me.contract, 1, fee
    if not missed:
        row.margin = round(fee * world.fee_margin, 2)
    me.arrears = me.arrears + 1 if missed else 0
    me.seen[S_ARREARS] = me.arrears
    if me.arrears >= world.arrears_max:
        end(me, world, today, UNPAID)


@njit
def end(me, world, today, reason):
    """End a contract with its reason; the person is gone."""
    row = happen(me, world, today, _LAST, CONTRACT_ENDED, world.bill_channel)
    row.contract, row.reason, row.known = me.contract, reason, 1
    me.under, me.bill, me.pays, me.ends = 0, FAR, FAR, FAR
    me.consent, me.agreed, me.agreed_day = 0, 0, FAR  # the brand knows, and stops writing
    me.seen[S_CONTRACT_SINCE] = me.seen[S_COMMITTED_UNTIL] = NEVER
    leave(me, today, reason)


@njit
def next_life(me, world, day):
    """Let the next event of the person's life fall due, at the rates of his age."""
    age = (day - me.birth) / _YEAR
    total = 0.0
    for kind in range(world.n_life):
        if world.life_from[kind] <= age < world.life_to[kind]:
            total += world.life_rate[kind]
    me.life = FAR
    if total > 0.0:
        key = key_at(me.future, LIFE_DAY + me.lifes)
        me.life = day + 1 + int(min(_YEAR * draw_exponential(key, AT_LIFE) / total, 1e6))
    elif world.n_life > 0:
        me.life = day + 365


@njit
def live(me, world, today):
    """Let an event of life happen: it bends hazards for a while, and some are told to the brand."""
    age = (today.day - me.birth) / _YEAR
    total, kind = 0.0, -1
    for one in range(world.n_life):
        if world.life_from[one] <= age < world.life_to[one]:
            total += world.life_rate[one]
    mark = draw(today.key, AT_LIFE + 1) * total
    for one in range(world.n_life):
        if world.life_from[one] <= age < world.life_to[one]:
            mark -= world.life_rate[one]
            if mark < 0.0 and kind < 0:
                kind = one
    me.lifes += 1
    if kind >= 0:
        _bend(me, world, today, kind)
    next_life(me, world, today.day)


@njit
def _bend(me, world, today, kind):
    me.life_kind, me.life_until = kind, today.day + world.life_days[kind]
    if draw(today.key, AT_LIFE + 2) < world.life_told[kind]:
        row = happen(me, world, today, _NIGHT, LIFE_EVENT, me.home)
        row.reason, row.known = FIRST_LIFE + kind, 1
    if world.life_ends[kind] >= 0:
        if me.under:
            end(me, world, today, world.life_ends[kind])
        else:
            leave(me, today, world.life_ends[kind])
