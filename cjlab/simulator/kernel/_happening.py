"""Something happens: a row is written, the brand sees it or not, the stage may move, a moment may follow."""

from __future__ import annotations

import math

from numba import njit

from cjlab.simulator.kernel._draws import draw, draw_among
from cjlab.simulator.kernel._sizes import ROWS_A_DAY
from cjlab.simulator.kernel._state import clamp, please, stir
from cjlab.simulator.kernel._vocabulary import (
    AT_KNOWN,
    AT_MOMENT,
    AT_MOVE,
    GONE,
    LAST_SECOND,
    LEFT,
    MOMENTS,
    S_LAST_VISIT,
    S_VISITS,
    VISIT,
)

_FAITHFUL_DAYS = 7.0  # how long a moment's desire lasts, as a half-life


@njit
def note(me, world, today, second, event, channel):
    """Write one row and return it, to be filled in."""
    place = today.n
    if place >= ROWS_A_DAY:
        today.lost += 1
        place = ROWS_A_DAY - 1
    else:
        today.n = place + 1
    row = today.rows[place]
    row.customer, row.day, row.second = me.customer, today.day, min(max(second, 0), LAST_SECOND)
    row.event, row.channel = event, channel
    row.amount = row.margin = row.discount = math.nan
    row.score = row.duration = math.nan
    row.due = row.order = row.contract = row.case = row.contact = -1
    row.session, row.journey = today.session, today.journey
    row.other = -1
    row.quantity = 0
    row.item = row.offer = row.reason = row.text = -1
    row.place = -1
    row.device = today.device if world.digital[channel] else -1
    row.machine = -1
    row.known = today.known if today.session >= 0 else recognised(world, today, channel)
    return row


@njit
def recognised(world, today, channel):
    """Tell whether the brand knows today who comes by a channel."""
    return world.known[channel] >= 1.0 or draw(today.key, AT_KNOWN + channel) < world.known[channel]


@njit
def happen(me, world, today, second, event, channel):
    """Let something happen: its row, what follows for the stage, and the moments that come with it."""
    row = note(me, world, today, second, event, channel)
    _move(me, world, today, event)
    if world.has_moment[event]:
        _moments(me, world, today, second, event, channel)
    return row


@njit
def begin(me, today, journey, known):
    """Open a session: until it is closed all belongs to it, serves this purpose, and bears a name or none."""
    today.session, today.journey, today.known = me.sessions, journey, known
    me.sessions += 1


@njit
def close(me, today):
    """Close the session, and take the usual device in hand again."""
    today.device, today.session, today.journey = me.device, -1, -1


@njit
def enter(me, world, today, second, channel, base, journey):
    """Let the person come to the brand by a channel, with one of his devices."""
    begin(me, today, journey, recognised(world, today, channel))
    if world.switches > 0.0 and draw(today.key, base + 124) < world.switches:
        today.device = draw_among(today.key, base + 125, world.device_edges[me.persona], world.n_devices)
    row = happen(me, world, today, second, VISIT, channel)
    me.came[channel] = today.day
    if row.known:
        _count_visit(me, today)
    return row


@njit
def log_in(me, today):
    """Let the person say who he is: the brand then knows all of this visit."""
    today.known = 1
    for place in range(today.n):
        row = today.rows[place]
        if row.session == today.session and row.known == 0:
            row.known = 1
            if row.event == VISIT:
                _count_visit(me, today)


@njit
def _count_visit(me, today):
    me.seen[S_VISITS] += 1
    me.seen[S_LAST_VISIT] = today.day


@njit
def leave(me, today, reason):
    """Let the person go, for good."""
    if me.stage != GONE:
        me.stage, me.since, me.gone, me.reason = GONE, today.day, today.day, reason


@njit
def _move(me, world, today, event):
    share = world.move[me.stage, event]
    if share > 0.0 and draw(today.key, AT_MOVE + event) < share:
        me.stage, me.since = world.move_to[me.stage, event], today.day


@njit
def _moments(me, world, today, second, event, channel):
    for moment in range(world.n_moments):
        if world.moment_on[moment] == event and (world.moment_stages[moment] >> me.stage) & 1:
            nth = world.moment_nth[moment]
            if (nth > 0 and me.orders != nth) or not _meets(me, world, today.day, moment, channel):
                continue
            slope = math.exp(world.moment_slope[moment] * (me.loyalty - 0.5))
            if draw(today.key, AT_MOMENT + 4 * moment) < min(1.0, world.moment_share[moment] * slope):
                _moment(me, world, today, second, moment, channel)


@njit
def _meets(me, world, day, moment, channel):
    """Tell whether a moment is there today, and by this channel after another one."""
    if not world.moment_first[moment] <= day < world.moment_last[moment]:
        return False
    by, after = world.moment_by[moment], world.moment_after[moment]
    return (by < 0 or by == channel) and (after < 0 or day - me.came[after] <= world.moment_within[moment])


@njit
def _forget(today):
    """Let the brand not know who is in the open session."""
    today.known = 0
    for place in range(today.n):
        if today.rows[place].session == today.session:
            today.rows[place].known = 0


@njit
def _moment(me, world, today, second, moment, channel):
    own = world.moment_channel[moment]
    note(me, world, today, second + 20, MOMENTS + moment, channel if own < 0 else own)
    if world.moment_forgets[moment]:
        _forget(today)
    _move(me, world, today, MOMENTS + moment)
    please(me, world, today.day, world.moment_pleases[moment])
    me.loyalty = clamp(me.loyalty + world.moment_loyalty[moment], 0.0, 1.0)
    me.strain += world.moment_strain[moment]
    desire = world.moment_desire[moment]
    if desire != 0.0:
        stir(me, today.day, desire, 0.0, _FAITHFUL_DAYS)
    if draw(today.key, AT_MOMENT + 4 * moment + 1) < world.moment_leave[moment]:
        leave(me, today, LEFT)
