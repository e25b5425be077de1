"""Who a person is: drawn once from his own key, whatever happens later."""

from __future__ import annotations

import math

from numba import njit

from cjlab._compiled import kept
from cjlab.simulator.kernel._contract import next_life
from cjlab.simulator.kernel._draws import draw, draw_among, draw_exponential, draw_normal, key_at, key_of
from cjlab.simulator.kernel._errand import next_errand
from cjlab.simulator.kernel._order import next_need
from cjlab.simulator.kernel._service import next_problem
from cjlab.simulator.kernel._social import circle_of
from cjlab.simulator.kernel._state import clamp, logistic, schedule
from cjlab.simulator.kernel._vocabulary import ADVOCACY, BIRTH_DAY, FAR, LOYALTY, NEVER, S_JOINED

_YEAR = 365.25
_MONTH = 30


@kept
def bear(people, worlds, seed, ids):
    """Fill the records of people: what each is, and where he stands when he joins."""
    world = worlds[0]
    for i in range(people.shape[0]):
        me = people[i]
        me.customer = ids[i]
        me.key = me.future = key_of(seed, ids[i])
        me.circle = circle_of(world, seed, ids[i])
        key = key_at(me.key, BIRTH_DAY)
        _blank(me)
        _join(me, world, key)
        _nature(me, world, key)
        _tastes(me, world, key)
        _start(me, world, key)


@njit
def _blank(me):
    me.gone, me.reason = -1, -1
    me.last_channel = me.last_action = me.offer = me.life_kind = -1
    me.last_sent = me.offer_until = me.offer_day = me.stirred_until = me.life_until = int(NEVER)
    me.offer_contact = -1
    me.contract = -1
    me.fading = 0.1
    me.delivery = me.back = me.survey = me.problem = me.solved = me.promise = FAR
    me.bill = me.pays = me.life = me.use = me.later_day = FAR
    me.ends = me.errand = me.trip = me.cover = me.departure = FAR
    me.country = me.bound_for = me.transport = -1
    me.dunned = me.told[0] = me.told[1] = int(NEVER)
    me.agreed_day = me.ground = FAR
    for channel in range(len(me.came)):
        me.came[channel] = int(NEVER)
    for place in range(8):
        me.recent[place] = int(NEVER)
    for field in range(len(me.seen)):
        me.seen[field] = NEVER
    for field in (1, 3, 4, 7, 9, 11, 13, 18, 19, 20):  # what is counted starts at nothing
        me.seen[field] = 0.0


@njit
def _join(me, world, key):
    late = draw(key, 0) < world.newcomers
    span = world.horizon if late else world.history
    day = int(draw(key, 1) * span)
    me.joined = day if late else -1 - day
    me.since = me.settled = me.tired = me.stirred = me.joined
    me.seen[S_JOINED] = me.joined
    me.persona = draw_among(key, 2, world.persona_edges, world.n_personas)
    age = world.age[me.persona] + world.age_spread[me.persona] * draw_normal(key, 3)
    me.birth = me.joined - int(clamp(age, 18.0, 95.0) * _YEAR)


@njit
def _spread(mean, sigma, key, slot):
    """Draw a positive number around a mean: log-normal."""
    return mean * math.exp(sigma * draw_normal(key, slot) - 0.5 * sigma * sigma)


@njit
def _share(mean, sigma, key, slot):
    """Draw a share around a median: logit-normal."""
    inside = clamp(mean, 1e-6, 1.0 - 1e-6)
    return logistic(math.log(inside / (1.0 - inside)) + sigma * draw_normal(key, slot))


@njit
def _nature(me, world, key):
    who = me.persona
    me.occasions = min(1.0, _spread(world.occasions[who], world.occasions_spread[who], key, 10))
    me.gap = _spread(world.gap[who], world.gap_spread[who], key, 12)
    me.scale = _spread(world.basket[who], world.basket_spread[who], key, 14)
    me.lines = _spread(1.0, world.lines_spread, key, 33)
    me.loyalty = _share(world.loyalty[who], world.loyalty_spread[who], key, 16)
    me.price = _share(world.price[who], 0.5, key, 18)
    me.content = _share(world.content[who], 0.5, key, 20)
    me.satisfaction = me.content
    me.response = world.response[who] + world.response_spread[who] * draw_normal(key, 22)
    me.indifferent = draw(key, 24) < world.indifferent[who]
    me.hairpin = draw(key, 25) < world.hairpin[who]
    me.proxied = draw(key, 26) < world.machine[who]
    me.captive = draw(key, 27) < world.captive[who]
    me.breaks, me.break_factor = FAR, world.break_factor[who]
    if world.breaks[who] > 0.0:
        me.breaks = int(min(_YEAR * draw_exponential(key, 28) / world.breaks[who], 1e6))


@njit
def _tastes(me, world, key):
    who = me.persona
    me.interest = draw_among(key, 30, world.interest_edges[who], world.n_categories)
    me.device = draw_among(key, 31, world.device_edges[who], world.n_devices)
    me.place = draw_among(key, 32, world.place_edges, world.n_places)
    total, best = 0.0, -1.0
    for channel in range(world.n_channels):
        weight = world.channel_weights[who, channel]
        own = weight * draw_exponential(key, 40 + channel)
        total += own
        me.channels[channel] = total
        if own > best:
            best, me.home = own, channel
        me.opens[channel] = 0.0
        if world.open_share[who, channel] > 0.0:
            me.opens[channel] = _share(world.open_share[who, channel], 0.8, key, 60 + 2 * channel)
        if draw(key, 90 + channel) < world.consent_share[who, channel]:
            me.consent |= 1 << channel
    for channel in range(world.n_channels):
        me.channels[channel] /= total
    me.granted = me.agreed = me.consent


@njit
def _start(me, world, key):
    who = me.persona
    me.stage = draw_among(key, 110, world.stage_edges[who], 7)
    if me.stage >= LOYALTY and me.stage <= ADVOCACY:
        me.ground = me.joined
    me.need = float(FAR)
    if world.gap[who] > 0.0:
        me.need = max(me.joined, 0) - me.gap * draw(key, 111)
        while me.need < max(me.joined, 0):
            next_need(me, world, 1.0)
        if me.joined >= 0 and draw(key, 114) < world.enters:
            me.need = float(me.joined)
    next_problem(me, world, max(me.joined, 0), 1.0)
    next_life(me, world, max(me.joined, 0))
    next_errand(me, world, max(me.joined, 0))
    if world.contracts and me.stage >= LOYALTY and draw(key, 112) < world.start_share:
        _under_contract(me, world, key)
    schedule(me)


@njit
def _under_contract(me, world, key):
    me.under, me.contract = 1, 0
    me.started = me.joined
    me.committed = me.joined + world.commitment
    if world.renews:
        while me.committed <= max(me.joined, 0):
            me.committed += world.commitment
    me.bill = max(me.joined, 0) + 1 + int(draw(key, 113) * _MONTH)
    me.seen[16], me.seen[17] = me.started, me.committed
