"""Coming by oneself: a visit with its views, searches, favourites, carts, and sometimes a purchase."""

from __future__ import annotations

import math

from numba import njit

from cjlab.simulator.kernel._draws import draw, draw_among, draw_exponential
from cjlab.simulator.kernel._happening import come, happen
from cjlab.simulator.kernel._order import choose, order
from cjlab.simulator.kernel._state import faded
from cjlab.simulator.kernel._vocabulary import (
    AT_OCCASION,
    AT_SESSION,
    CART,
    FAVOURITE,
    LAPSED,
    NEVER,
    S_CART_SINCE,
    SEARCH,
    VIEW,
)

_MOST_VIEWS = 12
_BETWEEN = 35.0  # mean seconds from one page to the next


@njit
def occasion(me, world, today):
    """Return the probability that the person looks at the market today."""
    rate = me.occasions * today.factor[0] * world.stage_occasions[me.stage] * today.weather
    if today.day <= me.stirred_until:
        rate *= math.exp(me.attention * faded(me, today.day))
    if me.life_kind >= 0 and today.day < me.life_until:
        rate *= world.life_occasions[me.life_kind]
    return rate


@njit
def session(me, world, today):
    """Let the person come, look around, and perhaps buy."""
    channel = draw_among(today.key, AT_SESSION, me.channels, world.n_channels)
    second = _hour(today)
    visit = come(me, world, today, second, channel)
    number, place = visit.session, today.n - 1
    if me.stage == LAPSED:
        me.stage, me.since = 1, today.day
    end = _look(me, world, today, second, channel, number)
    today.rows[place].duration = float(end - second)
    if draw(today.key, AT_SESSION + 9) < _impulse(me, world, today):
        order(me, world, today, end + 30, channel, AT_SESSION + 60)


@njit
def _hour(today):
    """People come between 8 and 22 h, most in the evening."""
    late = max(draw(today.key, AT_SESSION + 1), draw(today.key, AT_SESSION + 2))
    return int((8.0 + 14.0 * late) * 3600)


@njit
def _look(me, world, today, second, channel, number):
    views = min(_MOST_VIEWS, int(world.views * draw_exponential(today.key, AT_SESSION + 3)))
    if draw(today.key, AT_SESSION + 4) < world.search:
        _row(me, world, today, second + 10, SEARCH, channel, number, 5)
    for step in range(views):
        second += 5 + int(_BETWEEN * draw_exponential(today.key, AT_SESSION + 10 + step))
        if world.digital[channel]:
            _row(me, world, today, second, VIEW, channel, number, 24 + 3 * step)
    if views > 1 and draw(today.key, AT_SESSION + 6) < world.favourite:
        _row(me, world, today, second + 5, FAVOURITE, channel, number, 24)
    if views > 0 and draw(today.key, AT_SESSION + 7) < world.cart:
        _row(me, world, today, second + 15, CART, channel, number, 24)
        me.seen[S_CART_SINCE] = max(me.seen[S_CART_SINCE], NEVER)
        if today.rows[today.n - 1].known:
            me.seen[S_CART_SINCE] = today.day
    return second + 20


@njit
def _row(me, world, today, second, event, channel, number, slot):
    category, item = choose(me, world, today, AT_SESSION + slot)
    row = happen(me, world, today, second, event, channel)
    row.session, row.item = number, item
    if event == SEARCH:
        row.text, row.item = category, -1


@njit
def _impulse(me, world, today):
    base = world.impulse[me.persona]
    return min(1.0, base * math.exp(min(3.0, me.desire * faded(me, today.day)))) if base > 0.0 else 0.0


@njit
def comes(me, world, today):
    """Tell whether the person comes today."""
    return draw(today.key, AT_OCCASION) < occasion(me, world, today)
