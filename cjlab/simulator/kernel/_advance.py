"""The outermost loop: customers × days. A quiet day costs one draw and a few comparisons.

Those who talk with each other live each day before any of them lives the next; whoever is alone lives all of his days.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from cjlab._compiled import kept
from cjlab.simulator.kernel._agenda import attend
from cjlab.simulator.kernel._consent import agree
from cjlab.simulator.kernel._contact import carry_out
from cjlab.simulator.kernel._draws import key_at
from cjlab.simulator.kernel._happening import close
from cjlab.simulator.kernel._planning import follow, react
from cjlab.simulator.kernel._session import comes, session
from cjlab.simulator.kernel._sizes import CIRCLE, CONTACTS_A_DAY, ROWS_A_DAY
from cjlab.simulator.kernel._social import end_of_circle, has_news, hear, speak
from cjlab.simulator.kernel._vocabulary import PAYMENT, PURCHASE, RETURN, VISIT
from cjlab.simulator.kernel._waking import wakes


@kept
def advance(  # noqa: C901, PLR0912 - the one loop that everything stands in
    people, worlds, todays, planned, outsides, handed, starts, rows, sent, tally, first, last, begin, living
):
    """Take people from the start of day ``first`` to the start of day ``last``.

    Stops before a circle for which ``rows`` or ``sent`` might not have room; call again from there. Where ``tally``
    has a line a customer, what he does is counted there instead of written. Where it is not ``living``, the contacts
    handed in are carried out on days that have been lived already.

    Returns
    -------
    tuple of int
        The next circle's first customer, the rows written, the contacts written.
    """
    world, today, plans, outside = worlds[0], todays[0], planned[0], outsides[0]
    n_rows = n_sent = 0
    counting = tally.shape[0] > 0
    given = np.zeros(CIRCLE, np.int64)
    while begin < people.shape[0]:
        end = end_of_circle(people, begin) if world.talks else begin + 1
        start = last
        for i in range(begin, end):
            given[i - begin] = starts[i]
            start = min(start, max(first, people[i].joined))
        days = 0 if counting else (last - start) * (end - begin)
        if n_rows + days * ROWS_A_DAY > rows.shape[0] or n_sent + days * CONTACTS_A_DAY > sent.shape[0]:
            return begin, n_rows, n_sent
        day = start
        while day < last:
            stop = last if end - begin == 1 else day + 1  # whoever is alone passes over his quiet days at once
            following = stop
            for i in range(begin, end):
                me, until = people[i], starts[i + 1]
                idle, at = given[i - begin] == until, day
                if day < me.joined or (me.gone >= 0 and plans.n == 0 and idle):
                    continue
                if living and idle:
                    at = wakes(me, world, today, plans, outside, at, stop)
                    if at == stop:
                        continue
                following = at + 1
                today.n = today.contacts = 0
                today.day, today.key, today.weather = at, key_at(me.future, at), outside.weather[at, me.place]
                for factor in range(len(today.factor)):
                    today.factor[factor] = outside.factors[at, factor]
                close(me, today)
                was_there = me.gone < 0
                if living and was_there and has_news(me, at):
                    hear(me, world, today)
                while given[i - begin] < until and handed[given[i - begin]].day <= at:
                    carry_out(me, world, today, handed[given[i - begin]])
                    given[i - begin] += 1
                if living:
                    _live(me, world, today, plans)
                if end - begin > 1:
                    speak(people, begin, end, i, world, today, was_there)
                if today.n > 1:
                    _sort(today)
                if counting:
                    _count(today, tally[i])
                    continue
                for place in range(today.n):
                    rows[n_rows] = today.rows[place]
                    n_rows += 1
                for place in range(today.contacts):
                    sent[n_sent] = today.sent[place]
                    n_sent += 1
            day = following
        begin = end
    return begin, n_rows, n_sent


@kept
def begins_of(handed, ids, begins):
    """Fill ``begins`` with where what is handed in for each begins, and where it ends for the last."""
    place = 0
    for who in range(ids.shape[0]):
        while place < handed.shape[0] and handed[place].customer < ids[who]:
            place += 1
        begins[who] = place
    while place < handed.shape[0] and handed[place].customer <= ids[ids.shape[0] - 1]:
        place += 1
    begins[ids.shape[0]] = place


@njit
def _live(me, world, today, plans):
    """Let the brand's plans, what was announced, and the person's own wish to come have their day."""
    if plans.n > 0:
        follow(me, world, today, plans)
    if me.due <= today.day and me.gone < 0:
        attend(me, world, today)
    if me.gone < 0 and comes(me, world, today):
        session(me, world, today)
    if world.asks and today.n > 0 and me.gone < 0:
        agree(me, world, today)
    if plans.n > 0 and today.n > 0:  # also for one who just left in silence: the brand does not know
        react(me, world, today, plans)


@njit
def _count(today, sums):
    """Add a day to a person's sums: orders' lines, amount, margin, visits."""
    for place in range(today.n):
        row = today.rows[place]
        if row.event == PURCHASE:
            sums[0] += 1
            sums[1] += row.amount
            sums[2] += row.margin
        elif row.event == VISIT:
            sums[3] += 1
        elif row.event == RETURN:
            sums[1] += row.amount
            sums[2] += row.margin
        elif row.event == PAYMENT:
            sums[2] += row.margin
    for place in range(today.contacts):
        sums[4] += today.sent[place].cost


@njit
def _sort(today):
    """Put the day's rows in order of time; those of one second stay as they were written."""
    for place in range(1, today.n):
        at = place
        while at > 0 and today.rows[at - 1].second > today.rows[at].second:
            today.swap[0] = today.rows[at]
            today.rows[at] = today.rows[at - 1]
            today.rows[at - 1] = today.swap[0]
            at -= 1
