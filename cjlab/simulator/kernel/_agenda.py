"""What was announced comes due: deliveries, returns, surveys, bills, needs, the use of a product."""

from __future__ import annotations

from numba import njit

from cjlab.simulator.kernel._contract import bill, live, part, pay
from cjlab.simulator.kernel._draws import daytime, draw, draw_exponential, draw_normal
from cjlab.simulator.kernel._errand import run_errand
from cjlab.simulator.kernel._happening import close, happen, leave
from cjlab.simulator.kernel._order import defects, next_need, order, wants
from cjlab.simulator.kernel._service import answer_survey, close_case, keep_promise, open_case
from cjlab.simulator.kernel._session import look_around
from cjlab.simulator.kernel._state import clamp, please, schedule, settle, stir
from cjlab.simulator.kernel._trip import book_trip, plan_trip, travel
from cjlab.simulator.kernel._vocabulary import (
    ADVOCACY,
    AT_DELIVERY,
    AT_FETCH,
    AT_LAP,
    AT_NEED,
    AT_PRODUCT,
    AT_SURVEY,
    COMPETITOR,
    DELIVERY,
    FAR,
    LAPSED,
    LOYALTY,
    PRODUCT_FAILED,
    PRODUCT_STARTED,
    PRODUCT_USED,
    RECOMMENDATION,
    RETURN,
    S_LAST_ANSWER,
    S_LAST_SCORE,
    SURVEY_ANSWER,
)

_GLAD = 0.7  # satisfaction from which people speak well of a brand
_SLEPT = 2.0  # mean days over which a need is slept on
_MOST_LAPS = 8
_IDLE, _BOUGHT, _USED, _FADED = 0, 1, 2, 3


@njit
def attend(me, world, today):  # noqa: C901 - one line a thing that can come due
    """Let everything that is due today happen, then note what comes next."""
    day = today.day
    if me.later_day <= day:
        stir(me, day, me.later, 0.0, world.half_life[max(me.last_action, 0)])
        me.later_day = FAR
    if me.delivery <= day:
        _deliver(me, world, today)
    if me.back <= day:
        _give_back(me, world, today)
    if me.survey <= day and answer_survey(me, world, today):
        _answer(me, world, today)
    if me.problem <= day and me.solved == FAR:
        open_case(me, world, today)
    elif me.solved <= day:
        close_case(me, world, today)
    if me.promise <= day:
        keep_promise(me, world, today)
    if me.use <= day:
        _use(me, world, today)
    if me.trip <= day or me.cover <= day:
        travel(me, world, today)
    _owe(me, world, today)
    if me.errand <= day and me.gone < 0:
        run_errand(me, world, today)
    if me.need < day + 1 and me.gone < 0:
        _need(me, world, today)
    if me.gone < 0:
        schedule(me)


@njit
def _owe(me, world, today):
    if me.pays <= today.day and me.gone < 0:
        pay(me, world, today)
    if me.bill <= today.day and me.gone < 0:
        bill(me, world, today)
    if me.ends <= today.day and me.gone < 0:
        part(me, world, today)
    if me.life <= today.day and me.gone < 0:
        live(me, world, today)


@njit
def _deliver(me, world, today):
    row = happen(me, world, today, daytime(today.key, AT_DELIVERY), DELIVERY, me.home)
    row.order, row.known = me.delivery_order, 1
    row.score = float(me.late)
    me.delivery = FAR
    please(me, world, today.day, -world.late_harm if me.late else world.prompt_joy)
    if draw(today.key, AT_DELIVERY + 1) < world.survey_share:
        me.survey = today.day + world.survey_days


@njit
def _give_back(me, world, today):
    row = happen(me, world, today, daytime(today.key, AT_DELIVERY + 3), RETURN, me.home)
    row.amount, row.item, row.quantity = -me.back_amount, me.back_item, -me.back_quantity
    row.margin, row.order, row.known = -me.back_margin, me.back_order, 1
    me.back = FAR


@njit
def _answer(me, world, today):
    feeling = settle(me, world, today.day) + world.answer_noise * draw_normal(today.key, AT_SURVEY + 1)
    row = happen(me, world, today, daytime(today.key, AT_SURVEY + 3), SURVEY_ANSWER, world.survey_channel)
    row.score, row.known = float(clamp(round(10.0 * feeling), 0.0, 10.0)), 1
    me.seen[S_LAST_SCORE], me.seen[S_LAST_ANSWER] = row.score, today.day


@njit
def _need(me, world, today):
    if _put_off(me, world, today):
        return
    bought = wants(me, world, today) and _fetch(me, world, today)
    me.rival = 0 if bought else me.rival + 1
    if not bought and me.gone < 0 and not me.under and defects(me, world, today):
        leave(me, today, COMPETITOR)
    if me.laps > 0:
        me.need = me.asked  # thinking it over moves no later need
    me.laps, me.planning, me.country = 0, 0, -1
    next_need(me, world, max(today.factor[1], 1e-6))
    _lapse(me, world, today)


@njit
def _put_off(me, world, today):
    """Let the person plan a trip first, or sleep on what he has seen; tell whether the need waits."""
    again = world.hairpin_laps if me.hairpin else world.laps
    days = _SLEPT
    if world.n_transports > 0 and not me.planning:
        plan_trip(me, world, today)
        days = world.plan_days
    elif me.laps < _MOST_LAPS and draw(today.key, AT_NEED + 85) < again:
        look_around(me, world, today, AT_LAP)
        close(me, today)
    else:
        return False
    if me.laps == 0:
        me.asked = me.need
    me.laps += 1
    me.need = today.day + 1.0 + days * draw_exponential(today.key, AT_NEED + 86)
    return True


@njit
def _fetch(me, world, today):
    """Come for what is needed; who meets with a friction on the way may go without it."""
    channel, end = look_around(me, world, today, AT_FETCH)
    bought = me.gone < 0 and wants(me, world, today) and order(me, world, today, end + 30, channel, AT_NEED + 2)
    if bought:
        _recommend(me, world, today, end)
        if me.planning:
            book_trip(me, today)
    close(me, today)
    return bought


@njit
def _recommend(me, world, today, second):
    glad = settle(me, world, today.day) >= _GLAD and me.stage >= LOYALTY
    if glad and draw(today.key, AT_NEED + 81) < world.recommends[me.persona]:
        happen(me, world, today, second + 60, RECOMMENDATION, me.home)


@njit
def _lapse(me, world, today):
    """Lapse after several needs in a row that were met elsewhere."""
    if LOYALTY <= me.stage <= ADVOCACY and me.rival >= world.lapse:
        me.stage, me.since = LAPSED, today.day


@njit
def _use(me, world, today):
    if me.using == _BOUGHT:
        happen(me, world, today, daytime(today.key, AT_PRODUCT + 4), PRODUCT_STARTED, me.home)
        me.using = _USED
        please(me, world, today.day, world.use_joy)
    elif draw(today.key, AT_PRODUCT) < world.fails:
        happen(me, world, today, daytime(today.key, AT_PRODUCT + 4), PRODUCT_FAILED, me.home)
        please(me, world, today.day, -2.0 * world.use_joy)
        me.problem = min(me.problem, today.day + 1)
    else:
        happen(me, world, today, daytime(today.key, AT_PRODUCT + 4), PRODUCT_USED, me.home)
        if draw(today.key, AT_PRODUCT + 1) < world.fades:
            me.using = _FADED
    me.use = (
        FAR if me.using == _FADED else today.day + 1 + int(world.use_days * draw_exponential(today.key, AT_PRODUCT + 2))
    )
    if me.using == _FADED:
        me.using = _IDLE
