"""Consent: given and withdrawn on what happens, held from the day after; and what needs none."""

from __future__ import annotations

from numba import njit

from cjlab.simulator.kernel._draws import draw
from cjlab.simulator.kernel._happening import happen
from cjlab.simulator.kernel._state import hold
from cjlab.simulator.kernel._vocabulary import AT_CONSENT, S_UNSUBSCRIBED, SUBSCRIBED, UNSUBSCRIBED

_LATER = 15  # seconds after what it was said on
_MARKETING = 0


@njit
def allowed(me, world, day, action):
    """Tell whether an action may be sent: marketing where it was consented to, all else to those who have bought."""
    if world.action_purpose[action] == _MARKETING:
        said = me.agreed if me.agreed_day <= day else me.consent
        return (said >> world.action_channel[action]) & 1 == 1
    return me.ground <= day and (me.contract < 0 or me.under == 1)


@njit
def agree(me, world, today):
    """Let the person withdraw or give consent on what the brand saw of him today; it holds from tomorrow on."""
    happened = today.n
    hold(me, today.day)
    for place in range(happened):
        row = today.rows[place]
        share = world.withdrawn[row.event]
        if share > 0.0 and row.known and me.agreed > 0 and draw(today.key, AT_CONSENT + 32 * row.event + 16) < share:
            _withdraw(me, world, today, row.second + _LATER)
            return  # who has withdrawn gives nothing on the same day
    for place in range(happened):
        row = today.rows[place]
        if row.known and world.given[row.event] > 0.0:
            _give(me, world, today, row.event, row.second + _LATER)


@njit
def _withdraw(me, world, today, second):
    """Withdraw everything."""
    for channel in range(world.n_channels):
        if (me.agreed >> channel) & 1:
            _say(me, world, today, second, UNSUBSCRIBED, channel)
    me.agreed, me.agreed_day = 0, today.day + 1
    me.seen[S_UNSUBSCRIBED] = today.day


@njit
def _give(me, world, today, event, second):
    """Tick the boxes of some channels that are not allowed so far."""
    for channel in range(world.n_channels):
        could = world.consent_share[me.persona, channel] > 0.0 and not (me.agreed >> channel) & 1
        if could and draw(today.key, AT_CONSENT + 32 * event + channel) < world.given[event]:
            _say(me, world, today, second, SUBSCRIBED, channel)
            me.agreed |= 1 << channel
            me.agreed_day = today.day + 1


@njit
def _say(me, world, today, second, event, channel):
    row = happen(me, world, today, second, event, channel)
    row.known, row.due = 1, today.day + 1
