"""Buying: what is bought, at which price, whether it is there, and what is promised with it."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from cjlab.simulator.kernel._draws import draw, draw_among, draw_erlang, draw_normal, draw_whole, key_at, mix
from cjlab.simulator.kernel._happening import happen, log_in, note
from cjlab.simulator.kernel._sizes import ROWS_A_DAY
from cjlab.simulator.kernel._state import clamp, faded, logistic, please, settle
from cjlab.simulator.kernel._vocabulary import (
    AT_LINES,
    AT_NEED,
    AT_ORDER,
    CONTRACT_STARTED,
    FAR,
    FIRST_TRANSPORT,
    NEED_DAY,
    NEVER,
    PURCHASE,
    REDEEMED,
    S_CART_SINCE,
    S_COMMITTED_UNTIL,
    S_CONTRACT_SINCE,
    S_LAST_ORDER,
    S_ORDERS,
    S_POINTS,
    S_SPENT,
    S_TIER,
    TIER_REACHED,
    UNAVAILABLE,
)

_WEEK = 7
MOST_LINES = 48  # of an order, as many as there are slots of draws for
_OTHER_ROWS = 24  # that a day may need beside an order's
_NEAR = 6  # lines whose draws stand beside those of the order
_BILLING = 30
_MOST_TAKEN = 1_000.0  # pieces of an item in one line
_VARIES = 0.2  # of the logarithm of what a person takes, from line to line
ITEM_KEYS = np.uint64(0xA24BAED4963EE407)  # tells the keys of items from those of people


@njit
def next_need(me, world, factor):
    """Let the next need arise, by the person's own law of gaps; ``factor`` times as soon."""
    if me.gap <= 0.0:
        me.need = float(FAR)
        return
    key = key_at(me.future, NEED_DAY + me.needs)
    gap = me.gap / factor
    if me.need >= me.breaks:
        gap *= me.break_factor
    if me.life_kind >= 0 and me.need < me.life_until:
        gap *= world.life_gap[me.life_kind]
    me.need += max(1.0, gap * draw_erlang(key, AT_NEED, world.regularity[me.persona]))
    me.needs += 1


@njit
def pull(me, world, today):
    """Return the probability that a need is met here and not elsewhere."""
    discount = world.discount[me.offer] if me.offer >= 0 and today.day <= me.offer_until else 0.0
    z = world.pull[me.persona] + world.stage_pull[me.stage] + me.desire * faded(me, today.day)
    z += world.sat_pull * (settle(me, world, today.day) - 0.5) + world.loyalty_pull * (me.loyalty - 0.5)
    z += world.price_pull * me.price * discount - world.strain_pull * me.strain + world.tier_pull * me.tier
    z += math.log(max(today.factor[2], 1e-6))
    return logistic(z)


@njit
def choose(me, world, today, slot):
    """Choose a category, the one in mind or most often the person's own, and an item in it."""
    if me.country >= 0:
        category = me.country
    elif draw(today.key, slot) < world.faithful:
        category = me.interest
    else:
        category = draw_among(today.key, slot + 1, world.interest_edges[me.persona], world.n_categories)
    return category, world.first_item[category] + draw_whole(today.key, slot + 2, world.items_in[category])


@njit
def week_of(day, item):
    """Return the item's own week: prices and stock of each change on a weekday of its own."""
    return (day + 3 * item) // _WEEK


@njit
def outside(seed, item, week, purpose):
    """Draw what happens to an item in a week: a path of (seed, item, week) that no customer moves."""
    return draw(key_at(mix(np.uint64(seed) ^ mix(np.uint64(item) + ITEM_KEYS)), week), purpose)


@njit
def price_today(world, today, item):
    """Return an item's price today: its list price, or the lower one of a week of promotion."""
    promoted = outside(today.seed, item, week_of(today.day, item), 0) < world.promotion
    return world.price_low[item] if promoted else world.price_of[item]


@njit
def in_stock(world, today, category, item):
    """Tell whether an item is there this week."""
    return outside(today.seed, item, week_of(today.day, item), 1) >= world.outage[category]


@njit
def order(me, world, today, second, channel, slot):
    """Buy one or several items; return whether anything could be bought."""
    number, worth = me.orders, 0.0
    read = today.day > me.offer_day or second > me.offer_second
    redeems = me.offer >= 0 and read and today.day <= me.offer_until and world.discount[me.offer] > 0.0
    discount = world.discount[me.offer] if redeems else 0.0
    lines = _lines(me, world, today, slot)
    pieces = me.scale * lines**-world.thinning * math.exp(world.order_spread * draw_normal(today.key, slot + 1))
    for line in range(lines):
        more = AT_LINES if slot >= AT_NEED else AT_LINES + 400
        at = slot + 4 if line < _NEAR else more
        worth += _line(me, world, today, second + line, channel, at + 8 * line, discount, pieces)
    if worth <= 0.0:
        return False
    if redeems or world.digital[channel] or (world.contracts and not me.under):
        log_in(me, today)  # an offer and a contract bear a name, a parcel needs an address
    _count(me, world, today, number, worth, second, channel, redeems)
    return True


@njit
def _lines(me, world, today, slot):
    """Draw how many lines an order has: not more than the day has room for."""
    further = world.lines * me.lines * (-math.log1p(-draw(today.key, slot))) ** world.lines_uneven
    return min(1 + int(min(further, 1e6)), MOST_LINES, max(1, ROWS_A_DAY - _OTHER_ROWS - today.n))


@njit
def _line(me, world, today, second, channel, slot, discount, pieces):
    category, item = choose(me, world, today, slot)
    if not in_stock(world, today, category, item):
        row = happen(me, world, today, second, UNAVAILABLE, channel)
        row.item = item
        please(me, world, today.day, -world.outage_harm)
        return 0.0
    taken = pieces * math.exp(_VARIES * draw_normal(today.key, slot + 4)) + draw(today.key, slot + 3)
    quantity = max(1, int(min(taken, _MOST_TAKEN)))
    full = round(quantity * price_today(world, today, item), 2)
    paid = round(full * (1.0 - discount), 2)
    row = happen(me, world, today, second, PURCHASE, channel)
    row.item, row.quantity, row.order, row.amount = item, quantity, me.orders, paid
    row.discount = round(full - paid, 2)
    row.margin = round(paid - quantity * world.cost_of[item], 2)
    row.place = me.place
    if discount > 0.0:
        row.offer, row.contact = me.offer, me.offer_contact
    if me.country >= 0:
        row.reason, row.due = FIRST_TRANSPORT + me.transport, me.departure
    if draw(today.key, slot + 6) < world.return_share:
        me.back, me.back_amount, me.back_item = today.day + world.return_days, paid, item
        me.back_margin, me.back_quantity, me.back_order = row.margin, quantity, me.orders
    if world.durable[category] and me.using == 0 and draw(today.key, slot + 7) < world.start_use:
        me.using, me.use = 1, today.day + 2 + int(world.delivery_days)
    return paid


@njit
def _count(me, world, today, number, worth, second, channel, redeems):
    """Note an order, redeem its offer once, and promise its delivery."""
    me.orders = number + 1
    if redeems:
        row = note(me, world, today, second + 8, REDEEMED, channel)
        row.order, row.offer, row.contact, row.known = number, me.offer, me.offer_contact, 1
        me.offer = -1
    if today.known:
        me.ground = min(me.ground, today.day)
        _earn(me, world, today, worth, second)
        me.seen[S_ORDERS] += 1
        me.seen[S_SPENT] += worth
        me.seen[S_LAST_ORDER] = today.day
        me.seen[S_CART_SINCE] = NEVER
    if me.delivery == FAR and world.digital[channel]:  # from a shop it is carried home
        _promise(me, world, today, number)
    if world.contracts and not me.under:
        start(me, world, today, second)


@njit
def _promise(me, world, today, number):
    late = draw(today.key, AT_ORDER) < world.late_share
    days = world.delivery_days * (0.5 + draw(today.key, AT_ORDER + 1))
    if late:
        days += world.late_days * -math.log1p(-draw(today.key, AT_ORDER + 2))
    me.delivery, me.late, me.delivery_order = today.day + 1 + int(days), late, number


@njit
def _earn(me, world, today, worth, second):
    me.points += world.points_per_unit * worth
    me.seen[S_POINTS] = me.points
    while me.tier < world.n_tiers and me.points >= world.tier_from[me.tier]:
        me.tier += 1
        me.seen[S_TIER] = me.tier
        row = happen(me, world, today, second + 30, TIER_REACHED, me.home)
        row.score, row.known = me.tier, 1


@njit
def start(me, world, today, second):
    """Start a contract, with its commitment and its first bill."""
    me.under, me.started, me.arrears = 1, today.day, 0
    me.committed = today.day + world.commitment
    me.bill = today.day + _BILLING
    me.contract += 1
    me.seen[S_CONTRACT_SINCE], me.seen[S_COMMITTED_UNTIL] = today.day, me.committed
    row = happen(me, world, today, second + 40, CONTRACT_STARTED, me.home)
    row.contract, row.due, row.known = me.contract, me.committed, 1


@njit
def wants(me, world, today):
    """Tell whether a need that is due would be met here, as things stand at this moment."""
    return draw(today.key, AT_NEED) < pull(me, world, today)


@njit
def defects(me, world, today):
    """Tell whether a person who bought elsewhere stays there."""
    if me.captive:
        return False
    harm = math.exp(-world.sat_defect * (settle(me, world, today.day) - 0.5) + world.strain_pull * me.strain)
    share = clamp(world.defect * harm * today.factor[4], 0.0, 1.0)
    return draw(today.key, AT_NEED + 90) < share
