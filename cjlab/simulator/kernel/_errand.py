"""Errands: what people come for when they want to buy nothing, such as a new address, a bill, the state of a claim."""

from __future__ import annotations

from numba import njit

from cjlab.simulator.kernel._draws import draw, draw_exponential, key_at
from cjlab.simulator.kernel._happening import close, enter, happen, log_in
from cjlab.simulator.kernel._session import hour
from cjlab.simulator.kernel._vocabulary import AT_ERRAND, ERRAND_DAY, FAR, FIRST_ERRAND, MANAGED, VIEW

_YEAR = 365.25
_MOST_PAGES = 6


@njit
def next_errand(me, world, day):
    """Let the next errand fall due, at the rates of all kinds together."""
    total = 0.0
    for kind in range(world.n_errands):
        total += world.errand_rate[kind]
    me.errand = FAR
    if total > 0.0:
        key = key_at(me.future, ERRAND_DAY + me.errands)
        me.errand = day + 1 + int(min(_YEAR * draw_exponential(key, AT_ERRAND) / total, 1e6))


@njit
def run_errand(me, world, today):
    """Come, open the pages of the errand, and get it done or not."""
    kind = _kind(world, today)
    second = hour(today, AT_ERRAND + 2)
    enter(me, world, today, second, me.home, AT_ERRAND - 110, world.errand_journey[kind])
    for page in range(min(_MOST_PAGES, 1 + int(world.errand_views[kind] * draw_exponential(today.key, AT_ERRAND + 4)))):
        if world.digital[me.home]:
            row = happen(me, world, today, second + 30 * (page + 1), VIEW, me.home)
            row.reason = FIRST_ERRAND + kind
    if draw(today.key, AT_ERRAND + 5) < world.errand_done[kind]:
        row = happen(me, world, today, second + 240, MANAGED, me.home)
        row.reason = FIRST_ERRAND + kind
        log_in(me, today)
    close(me, today)
    me.errands += 1
    next_errand(me, world, today.day)


@njit
def _kind(world, today):
    total = 0.0
    for kind in range(world.n_errands):
        total += world.errand_rate[kind]
    mark = draw(today.key, AT_ERRAND + 1) * total
    for kind in range(world.n_errands - 1):
        mark -= world.errand_rate[kind]
        if mark < 0.0:
            return kind
    return world.n_errands - 1
