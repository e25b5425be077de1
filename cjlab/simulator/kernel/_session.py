"""Coming by oneself: a visit with its views, searches, favourites, carts, and sometimes a purchase."""

from __future__ import annotations

import math

from numba import njit

from cjlab.simulator.kernel._draws import below, draw, draw_among, draw_exponential, eight_days
from cjlab.simulator.kernel._happening import close, enter, happen
from cjlab.simulator.kernel._order import choose, order
from cjlab.simulator.kernel._state import faded, schedule
from cjlab.simulator.kernel._vocabulary import (
    AT_OCCASION,
    AT_SESSION,
    BUYING,
    CART,
    FAVOURITE,
    S_CART_SINCE,
    SEARCH,
    VIEW,
)

_MOST_VIEWS = 12
_BETWEEN = 35.0  # mean seconds from one page to the next


@njit
def occasion(me, world, day, factor, weather):
    """Return the probability that the person looks at the market on a day."""
    rate = me.occasions * factor * world.stage_occasions[me.stage] * weather
    if day <= me.stirred_until:
        rate *= math.exp(me.attention * faded(me, day))
    if me.life_kind >= 0 and day < me.life_until:
        rate *= world.life_occasions[me.life_kind]
    return rate


@njit
def comes(me, world, today):
    """Tell whether the person comes today."""
    likely = occasion(me, world, today.day, today.factor[0], today.weather)
    word = eight_days(me.future, today.day, AT_OCCASION)
    return below(word, today.day, me.future, AT_OCCASION, likely)


@njit
def session(me, world, today):
    """Let the person come, look around, and perhaps buy without having needed anything."""
    channel, end = look_around(me, world, today, AT_SESSION)
    impulse = _impulse(me, world, today)
    if impulse > 0.0 and me.gone < 0 and draw(today.key, AT_SESSION + 9) < impulse:
        order(me, world, today, end + 30, channel, AT_SESSION + 60)
        schedule(me)  # its delivery, its first bill
    close(me, today)


@njit
def look_around(me, world, today, base):
    """Come by one of the person's channels and look at pages; return the channel and the second at the end.

    The session stays open: whoever called decides what comes of it.
    """
    channel = draw_among(today.key, base, me.channels, world.n_channels)
    visit = enter(me, world, today, hour(today, base + 1), channel, base, BUYING)
    end = _look(me, world, today, visit.second, channel, base)
    visit.duration = float(end - visit.second)
    return channel, end


@njit
def hour(today, slot):
    """Draw a second of the day: people come between 8 and 22 h, most in the evening."""
    late = max(draw(today.key, slot), draw(today.key, slot + 1))
    return int((8.0 + 14.0 * late) * 3600)


@njit
def _look(me, world, today, second, channel, base):
    views = min(_MOST_VIEWS, int(world.views * draw_exponential(today.key, base + 3))) if world.views > 0.0 else 0
    if world.search > 0.0 and draw(today.key, base + 4) < world.search:
        _page(me, world, today, second + 10, SEARCH, channel, base + 120)
    for step in range(views):
        second += 5 + int(_BETWEEN * draw_exponential(today.key, base + 10 + step))
        if world.digital[channel]:
            _page(me, world, today, second, VIEW, channel, base + 24 + 3 * step)
    if views > 1 and draw(today.key, base + 6) < world.favourite:
        _page(me, world, today, second + 5, FAVOURITE, channel, base + 24)
    if views > 0 and draw(today.key, base + 7) < world.cart:
        second = _fill(me, world, today, second + 15, channel, base)
    return second + 20


@njit
def _fill(me, world, today, second, channel, base):
    """Put something into the cart; people whose journeys turn back and forth leave it, search, and come to it again."""
    _page(me, world, today, second, CART, channel, base + 24)
    if today.known:
        me.seen[S_CART_SINCE] = today.day
    if me.hairpin and world.digital[channel] and draw(today.key, base + 8) < world.turn_back:
        _page(me, world, today, second + 60, SEARCH, channel, base + 120)
        _page(me, world, today, second + 90, VIEW, channel, base + 24)
        _page(me, world, today, second + 120, CART, channel, base + 24)
        second += 120
    return second


@njit
def _page(me, world, today, second, event, channel, slot):
    category, item = choose(me, world, today, slot)
    row = happen(me, world, today, second, event, channel)
    row.item = item
    if event == SEARCH:
        row.text, row.item = category, -1


@njit
def _impulse(me, world, today):
    base = world.impulse[me.persona]
    return min(1.0, base * math.exp(min(3.0, me.desire * faded(me, today.day)))) if base > 0.0 else 0.0
