"""Buying: what is bought, at which price, whether it is there, and what is promised with it."""

from __future__ import annotations

import math

from numba import njit

from cjlab.simulator.kernel._draws import draw, draw_among, draw_erlang, draw_normal, draw_whole, key_at, mix
from cjlab.simulator.kernel._happening import happen, note
from cjlab.simulator.kernel._state import clamp, faded, logistic, please, settle
from cjlab.simulator.kernel._vocabulary import (
    AT_NEED,
    AT_ORDER,
    CONTRACT_STARTED,
    FAR,
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
_BILLING = 30


@njit
def next_need(me, world):
    """Let the next need arise, by the person's own law of gaps."""
    if me.gap <= 0.0:
        me.need = float(FAR)
        return
    key = key_at(me.future, NEED_DAY + me.needs)
    gap = me.gap
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
    """Choose a category, most often the person's own, and an item in it."""
    if draw(today.key, slot) < world.faithful:
        category = me.interest
    else:
        category = draw_among(today.key, slot + 1, world.interest_edges[me.persona], world.n_categories)
    return category, world.first_item[category] + draw_whole(today.key, slot + 2, world.items_in[category])


@njit
def price_today(world, today, item):
    """Return an item's price today: its list price, less a promotion in some weeks of (seed, item)."""
    bits = mix(today.seed ^ mix(item * 1_000_003 + today.day // _WEEK))
    promoted = (bits >> 11) * 2.0**-53 < world.promotion
    return world.price_of[item] * (1.0 - world.promotion_discount if promoted else 1.0)


@njit
def in_stock(world, today, category, item):
    """Tell whether an item is there this week, by a path of (seed, item, week) that no customer moves."""
    bits = mix(today.seed ^ mix(item * 7_000_003 + today.day // _WEEK + 77))
    return (bits >> 11) * 2.0**-53 >= world.outage[category]


@njit
def order(me, world, today, second, channel, slot):
    """Buy one or several items; return whether anything could be bought."""
    number, worth = me.orders, 0.0
    lines = 1 + int(world.lines * -math.log1p(-draw(today.key, slot)))
    for line in range(min(lines, 6)):
        worth += _line(me, world, today, second + line, channel, slot + 4 + 8 * line)
    if worth <= 0.0:
        return False
    _count(me, world, today, number, worth, second)
    return True


@njit
def _line(me, world, today, second, channel, slot):
    category, item = choose(me, world, today, slot)
    if not in_stock(world, today, category, item):
        row = happen(me, world, today, second, UNAVAILABLE, channel)
        row.item = item
        please(me, world, today.day, -world.outage_harm)
        return 0.0
    full = round(world.price_of[item] * me.scale * math.exp(0.2 * draw_normal(today.key, slot + 4)), 2)
    paid = full * price_today(world, today, item) / world.price_of[item]
    redeemed = me.offer >= 0 and today.day <= me.offer_until and world.discount[me.offer] > 0.0
    if redeemed:
        paid *= 1.0 - world.discount[me.offer]
    paid = round(paid, 2)
    row = happen(me, world, today, second, PURCHASE, channel)
    row.item, row.quantity, row.order, row.amount = item, 1, me.orders, paid
    row.discount = round(full - paid, 2)
    row.margin = round(paid - full * (1.0 - world.margin_of[category]), 2)
    row.place = me.place
    if redeemed:
        row.offer, row.contact = me.offer, me.offer_contact
    if draw(today.key, slot + 6) < world.return_share:
        me.back, me.back_amount, me.back_item = today.day + world.return_days, paid, item
    if world.durable[category] and me.using == 0 and draw(today.key, slot + 7) < world.start_use:
        me.using, me.use = 1, today.day + 2 + int(world.delivery_days)
    if row.known:
        me.seen[S_SPENT] += paid
    return paid


@njit
def _count(me, world, today, number, worth, second):
    """Note an order, redeem its offer once, and promise its delivery."""
    me.orders = number + 1
    channel = me.home
    if me.offer >= 0 and today.day <= me.offer_until and world.discount[me.offer] > 0.0:
        row = note(me, world, today, second + 8, REDEEMED, channel)
        row.order, row.offer, row.contact = number, me.offer, me.offer_contact
        me.offer = -1
    known = today.rows[today.n - 1].known
    if known:
        me.seen[S_ORDERS] += 1
        me.seen[S_LAST_ORDER] = today.day
        me.seen[S_CART_SINCE] = NEVER
    if me.delivery == FAR:
        _promise(me, world, today, number)
    _earn(me, world, today, worth, second)
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
        row.score = me.tier


@njit
def start(me, world, today, second):
    """Start a contract, with its commitment and its first bill."""
    me.under, me.started, me.arrears = 1, today.day, 0
    me.committed = today.day + world.commitment
    me.bill = today.day + _BILLING
    me.contract += 1
    me.seen[S_CONTRACT_SINCE], me.seen[S_COMMITTED_UNTIL] = today.day, me.committed
    row = happen(me, world, today, second + 40, CONTRACT_STARTED, me.home)
    row.contract, row.due = me.contract, me.committed


@njit
def want(me, world, today, second):
    """Let a need be met: here, or elsewhere without the brand's knowing."""
    bought = draw(today.key, AT_NEED) < pull(me, world, today)
    if bought:
        channel = draw_among(today.key, AT_NEED + 1, me.channels, world.n_channels)
        bought = order(me, world, today, second, channel, AT_NEED + 2)
    me.rival = 0 if bought else me.rival + 1
    return bought


@njit
def defects(me, world, today):
    """Tell whether a person who bought elsewhere stays there."""
    harm = math.exp(-world.sat_defect * (settle(me, world, today.day) - 0.5) + world.strain_pull * me.strain)
    share = clamp(world.defect * harm * today.factor[4], 0.0, 1.0)
    return draw(today.key, AT_NEED + 90) < share
