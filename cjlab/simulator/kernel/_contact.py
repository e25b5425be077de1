"""A message and what it does: delivered, opened, clicked, and felt; or tiring, and answered by leaving."""

from __future__ import annotations

import math

from numba import njit

from cjlab.simulator.kernel._draws import draw, draw_within, key_at
from cjlab.simulator.kernel._happening import happen, note
from cjlab.simulator.kernel._sizes import CONTACTS_A_DAY
from cjlab.simulator.kernel._state import hold, please, rest, stir
from cjlab.simulator.kernel._vocabulary import (
    AT_BLOCK,
    AT_CONTACT,
    AT_PROVIDER,
    BIRTH_DAY,
    BOUNCED,
    BUYING,
    CLICKED,
    CONTROL,
    DELIVERED,
    FAR,
    NEVER,
    OPENED,
    S_CLICKS,
    S_CONTACTS,
    S_LAST_CLICK,
    S_LAST_CONTACT,
    S_LAST_OPEN,
    S_LAST_VISIT,
    S_OPENS,
    S_UNSUBSCRIBED,
    S_VISITS,
    SPAM_REPORTED,
    UNSUBSCRIBED,
    VISIT,
)

_MACHINE_SECONDS = 30
_DUNNING = 2
_HOUR = 3600
_LAST = 86_340  # whoever opens a message opens it on its day, and has a minute left to click


@njit
def write(me, world, today, second, action, sent, propensity, kind, plan, step):
    """Write the row of a contact, sent or withheld; return its number, or −1 where the day has no room."""
    if today.contacts >= CONTACTS_A_DAY:
        today.lost += 1
        return -1
    row = today.sent[today.contacts]
    today.contacts += 1
    row.customer, row.day, row.second = me.customer, today.day, second
    row.number, row.action, row.sent = me.contacts, action, sent
    row.channel, row.propensity, row.slice = world.action_channel[action], propensity, kind
    row.cost = world.action_cost[action] if sent else 0.0
    row.plan, row.step = plan, step
    me.contacts += 1
    return me.contacts - 1


@njit
def carry_out(me, world, today, one):
    """Send a message that was decided on or handed in, or withhold it."""
    if one.sent:
        contact(me, world, today, one.second, one.action, one.propensity, one.slice, one.plan, one.step)
    else:
        withhold(me, world, today, one.second, one.action, one.propensity, one.plan, one.step)


@njit
def contact(me, world, today, second, action, propensity, kind, plan, step):
    """Send a message and let it act."""
    number = write(me, world, today, second, action, True, propensity, kind, plan, step)
    if number < 0:
        return
    channel = world.action_channel[action]
    slot = AT_CONTACT + 32 * action
    rest(me, world, today.day)
    _remember(me, today)
    if draw(today.key, slot) >= world.delivered[channel] or _blocked(me, world, today.day, channel):
        _answer(me, world, today, second + 60, BOUNCED, channel, number)
    else:
        _answer(me, world, today, second + 5, DELIVERED, channel, number)
        if me.gone < 0:  # to those who left in silence the brand goes on sending
            _received(me, world, today, second, action, channel, number, slot)
    me.last_channel, me.last_action, me.last_sent = channel, action, today.day


@njit
def _blocked(me, world, day, channel):
    """Tell whether the person's provider lets nothing of the brand through today."""
    for block in range(world.n_blocks):
        if world.block_channel[block] == channel and world.block_first[block] <= day < world.block_last[block]:
            key = key_at(me.key, BIRTH_DAY)
            his = world.block_from[block] <= draw(key, AT_PROVIDER + channel) < world.block_to[block]
            if his and draw(key, AT_BLOCK + block) < world.block_share[block]:
                return True
    return False


@njit
def withhold(me, world, today, second, action, propensity, plan, step):
    """Write that a message was withheld from a control; nothing of the person changes."""
    write(me, world, today, second, action, False, propensity, CONTROL, plan, step)


@njit
def _remember(me, today):
    me.recent[int(me.seen[S_CONTACTS]) % 8] = today.day
    me.seen[S_CONTACTS] += 1
    me.seen[S_LAST_CONTACT] = today.day


@njit
def _answer(me, world, today, second, event, channel, number):
    row = happen(me, world, today, second, event, channel)
    row.contact = number
    row.known = 1  # an answer carries the contact's number
    return row


@njit
def _received(me, world, today, second, action, channel, number, slot):
    tired = me.fatigue[channel]
    if me.proxied and world.opened_by_machine[channel]:
        _answer(me, world, today, second + _MACHINE_SECONDS, OPENED, channel, number).machine = 1
        me.seen[S_OPENS] += 1
        me.seen[S_LAST_OPEN] = today.day
    fresh = _freshness(me, world, today, action)
    likely = me.opens[channel] * fresh * math.exp(-world.weight[channel] * tired) * today.factor[5]
    opened = not me.indifferent and draw(today.key, slot + 1) < likely
    me.fatigue[channel] += world.tires[channel]
    me.exposures[action] += 1.0
    if world.irritation > 0.0:
        please(me, world, today.day, -world.irritation * tired)
    if opened:
        _opened(me, world, today, second, action, channel, number, slot, fresh)
    _refuse(me, world, today, second, channel, number, slot, tired)


@njit
def _freshness(me, world, today, action):
    """Return what repetition has left of a message: wear per exposure, slower where it is relevant, recovering."""
    gone = today.day - me.exposed[action]
    me.exposed[action] = today.day
    if world.wear[action] <= 0.0 or me.exposures[action] <= 0.0:
        return 1.0
    me.exposures[action] *= math.exp(-gone / world.recovery[action])
    relevant = world.action_category[action] == me.interest
    return (1.0 - world.wear[action]) ** (me.exposures[action] * (0.5 if relevant else 1.0))


@njit
def _opened(me, world, today, second, action, channel, number, slot, fresh):
    first = second + 10  # after it was delivered
    rest_of_day = max(float(_LAST - first), 1.0)
    later = first + int(draw_within(today.key, slot + 2, max(world.answer_hours[channel] * _HOUR, 1.0), rest_of_day))
    row = _answer(me, world, today, later, OPENED, channel, number)
    row.machine = 0 if world.opened_by_machine[channel] else -1
    me.seen[S_OPENS] += 1
    me.seen[S_LAST_OPEN] = today.day
    _act(me, world, today, later, action, channel, number, fresh)
    if draw(today.key, slot + 3) < world.click[channel]:
        _answer(me, world, today, later + 20, CLICKED, channel, number)
        me.seen[S_CLICKS] += 1
        me.seen[S_LAST_CLICK] = today.day
        if world.digital[me.home]:
            _land(me, world, today, later + 25, number)


@njit
def _land(me, world, today, second, number):
    """Let a click open a page: a visit that by itself moves nothing, for what the message changed is its own effect."""
    row = note(me, world, today, second, VISIT, me.home)
    row.session, row.contact, row.known, row.journey = me.sessions, number, 1, BUYING
    me.sessions += 1
    me.seen[S_VISITS] += 1
    me.seen[S_LAST_VISIT] = today.day


@njit
def _act(me, world, today, second, action, channel, number, fresh):
    """Let a message that was seen change what the person will do, now and later."""
    factor = fresh * me.response * world.by_stage[action, me.stage]
    if me.last_channel >= 0 and today.day - me.last_sent <= world.synergy_days:
        factor *= world.synergy[me.last_channel, channel]
    persona = me.persona
    desire, share = world.desire[action, persona] * factor, world.delayed[action]
    stir(me, today.day, desire * (1.0 - share), world.attention[action, persona] * factor, world.half_life[action])
    if share > 0.0 and desire != 0.0:
        me.later, me.later_day = desire * share, today.day + world.delay[action]
        me.due = min(me.due, me.later_day)
    please(me, world, today.day, world.pleases[action, persona] * factor)
    me.strain = max(0.0, me.strain + world.strains[action, persona] * fresh)
    if world.action_purpose[action] == _DUNNING:
        me.dunned = today.day
    if world.discount[action] > 0.0:
        me.offer, me.offer_until, me.offer_contact = action, today.day + world.valid_days[action], number
        me.offer_day, me.offer_second = today.day, second
    forward = world.pulls_forward[action] * min(1.0, max(0.0, factor))
    if forward > 0.0 and me.need < FAR:
        me.need = max(float(today.day), me.need - forward)
        me.due = min(me.due, int(me.need))


@njit
def _refuse(me, world, today, second, channel, number, slot, tired):
    if world.spam[channel] > 0.0 and draw(today.key, slot + 4) < world.spam[channel] * (1.0 + tired):
        _answer(me, world, today, second + 900, SPAM_REPORTED, channel, number)
    if draw(today.key, slot + 5) < world.unsubscribe[channel] * (1.0 + tired):
        _answer(me, world, today, second + 1_200, UNSUBSCRIBED, channel, number)
        hold(me, today.day)
        if (me.consent >> channel) & 1:  # what was given today holds from tomorrow on
            me.agreed &= ~(1 << channel)
        me.consent &= ~(1 << channel)
        me.seen[S_UNSUBSCRIBED] = today.day


@njit
def pressed(me, day, days):
    """Count the contacts of the last days, of at most eight."""
    count = 0
    for place in range(8):
        if me.recent[place] > day - days and me.recent[place] > NEVER:
            count += 1
    return count
