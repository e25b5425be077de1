"""A trip: planned with a country and a transport, booked, insured or not, and taken."""

from __future__ import annotations

import math

from numba import njit

from cjlab.simulator.kernel._draws import draw, draw_among, draw_exponential
from cjlab.simulator.kernel._happening import close, enter, happen, log_in
from cjlab.simulator.kernel._order import choose, order
from cjlab.simulator.kernel._session import hour, look_around
from cjlab.simulator.kernel._state import faded, logistic
from cjlab.simulator.kernel._vocabulary import (
    AT_LAP,
    AT_NEED,
    AT_TRIP,
    BUYING,
    FAR,
    FIRST_TRANSPORT,
    TRIP_PLANNED,
    TRIP_TAKEN,
)


@njit
def plan_trip(me, world, today):
    """Come to the planner and say where to, how, and when."""
    me.country, _ = choose(me, world, today, AT_NEED + 87)
    me.transport = draw_among(today.key, AT_NEED + 91, world.transport_edges, world.n_transports)
    me.planning = 1
    me.departure = today.day + 3 + int(world.lead_days * draw_exponential(today.key, AT_NEED + 92))
    channel, end = look_around(me, world, today, AT_LAP)
    row = happen(me, world, today, end, TRIP_PLANNED, channel)
    row.text, row.reason, row.due = me.country, FIRST_TRANSPORT + me.transport, me.departure
    close(me, today)


@njit
def book_trip(me, today):
    """Note what was booked: when it leaves, and when its insurance will be thought of."""
    me.departure = max(me.departure, today.day + 2)
    me.trip, me.trip_order, me.bound_for = me.departure, me.orders - 1, me.country
    me.cover = today.day + 1 + int((me.departure - today.day - 1) * draw(today.key, AT_NEED + 93))


@njit
def travel(me, world, today):
    """Think of insurance on its day, and leave on the day of departure."""
    if me.cover <= today.day:
        me.cover = FAR
        if draw(today.key, AT_TRIP + 119) < covering(me, world, today):
            _insure(me, world, today)
    if me.trip <= today.day:
        row = happen(me, world, today, hour(today, AT_TRIP + 116), TRIP_TAKEN, me.home)
        row.order, row.text, row.reason, row.known = me.trip_order, me.bound_for, FIRST_TRANSPORT + me.transport, 1
        me.trip = FAR


@njit
def covering(me, world, today):
    """Return the probability that a trip is insured here: it depends on where it goes, how, and what was offered."""
    z = world.country_risk[me.bound_for] + world.transport_risk[me.transport] + me.desire * faded(me, today.day)
    return logistic(math.log(world.cover_share / (1.0 - world.cover_share)) + z)


@njit
def _insure(me, world, today):
    mind = me.country
    me.country = world.insurance
    second = hour(today, AT_TRIP + 114)
    enter(me, world, today, second, me.home, AT_TRIP, BUYING)
    log_in(me, today)  # before he orders, so that the order counts as his
    order(me, world, today, second + 120, me.home, AT_TRIP)
    close(me, today)
    me.country = mind
