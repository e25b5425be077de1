"""When something goes wrong: a case, its waiting and its end, a complaint, a promise kept or broken."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from cjlab.simulator.kernel._draws import daytime, draw, draw_among, draw_exponential, key_at
from cjlab.simulator.kernel._happening import begin, close, happen
from cjlab.simulator.kernel._state import please, settle
from cjlab.simulator.kernel._vocabulary import (
    ASSISTANCE,
    AT_CASE,
    AT_PROMISE,
    CASE_DAY,
    CASE_OPENED,
    CASE_RESOLVED,
    COMPLAINING,
    COMPLAINT,
    FAR,
    FIRST_TOPIC,
    NEVER,
    PROMISE_BROKEN,
    PROMISE_KEPT,
    PROMISE_MADE,
    S_CASE_SINCE,
    S_COMPLAINTS,
    S_LAST_COMPLAINT,
)

_YEAR = 365.25
_CONTENT = 0.5
_VARIANTS = 4  # ways of saying the same thing


@njit
def next_problem(me, world, day, factor):
    """Let the next problem fall due, at the persona's yearly rate."""
    rate = world.problems[me.persona] * factor / _YEAR
    if rate <= 0.0:
        me.problem = FAR
        return
    key = key_at(me.future, CASE_DAY + me.cases)
    me.problem = day + 1 + int(min(draw_exponential(key, AT_CASE) / rate, 1e6))


@njit
def open_case(me, world, today):
    """Open a case: by which channel, about what, in which words, after how long a wait."""
    channel = draw_among(today.key, AT_CASE + 1, world.case_channel_edges, world.n_channels)
    me.topic = _topic(world, today)
    begin(me, today, ASSISTANCE, 1)
    second = int((8.5 + 9.0 * draw(today.key, AT_CASE + 3)) * 3600)
    row = happen(me, world, today, second, CASE_OPENED, channel)
    row.case, row.reason, row.text = me.cases, FIRST_TOPIC + me.topic, _words(me, world, today)
    row.duration = float(int(world.waiting * draw_exponential(today.key, AT_CASE + 5)))
    row.known = 1
    please(me, world, today.day, -world.problem_harm * (0.5 + row.duration / (2.0 * max(world.waiting, 1.0))))
    me.strain += world.topic_signal[me.topic]
    me.seen[S_CASE_SINCE] = today.day
    me.solved = today.day + int(world.solve_days * draw_exponential(today.key, AT_CASE + 6)) + 1
    if draw(today.key, AT_CASE + 7) < world.promise_share and me.promise == FAR:
        _promise(me, world, today, second, channel)
    close(me, today)
    next_problem(me, world, max(today.day, me.solved), today.factor[3])


@njit
def _topic(world, today):
    """Draw what a case is about; a topic that nobody knows yet is taken for the first."""
    topic = draw_among(today.key, AT_CASE + 2, world.topic_edges, world.n_topics)
    return topic if today.day >= world.topic_since[topic] else np.int64(0)


@njit
def _words(me, world, today):
    """Return a code of what was written: topic, whether it is said with a wish to leave, and in which words."""
    unhappy = world.topic_signal[me.topic] > 0.0 and settle(me, world, today.day) < _CONTENT
    variant = int(draw(today.key, AT_CASE + 4) * _VARIANTS)
    return (me.topic * 2 + unhappy) * _VARIANTS + variant


@njit
def _promise(me, world, today, second, channel):
    me.promise = today.day + world.promise_days
    me.promise_kept = draw(today.key, AT_PROMISE) < world.kept_share
    row = happen(me, world, today, second + 120, PROMISE_MADE, channel)
    row.case, row.due, row.known = me.cases, me.promise, 1
    me.promise_case = me.cases


@njit
def close_case(me, world, today):
    """Close a case, at the first attempt or after a complaint."""
    channel = draw_among(today.key, AT_CASE + 1, world.case_channel_edges, world.n_channels)
    second = int((8.5 + 9.0 * draw(today.key, AT_CASE + 8)) * 3600)
    if draw(today.key, AT_CASE + 9) < world.first_time:
        row = happen(me, world, today, second, CASE_RESOLVED, channel)
        row.case, row.reason, row.known = me.cases, FIRST_TOPIC + me.topic, 1
        please(me, world, today.day, world.solved_joy)
        me.solved = FAR
        me.cases += 1
        me.seen[S_CASE_SINCE] = NEVER
    else:
        me.solved = today.day + 1 + int(world.solve_days * draw_exponential(today.key, AT_CASE + 10))
        please(me, world, today.day, -world.problem_harm)
        if draw(today.key, AT_CASE + 11) < world.complains:
            _complain(me, world, today, second, channel)


@njit
def _complain(me, world, today, second, channel):
    begin(me, today, COMPLAINING, 1)
    row = happen(me, world, today, second, COMPLAINT, channel)
    row.case, row.reason, row.text, row.known = me.cases, FIRST_TOPIC + me.topic, _words(me, world, today), 1
    me.seen[S_COMPLAINTS] += 1
    me.seen[S_LAST_COMPLAINT] = today.day
    close(me, today)


@njit
def keep_promise(me, world, today):
    """Keep a promise on the day it is due, or break it."""
    event = PROMISE_KEPT if me.promise_kept else PROMISE_BROKEN
    second = daytime(today.key, AT_PROMISE + 1)
    row = happen(me, world, today, second, event, me.home)
    row.due, row.case, row.known = me.promise, me.promise_case, 1
    please(me, world, today.day, world.kept_joy if me.promise_kept else -world.broken_harm)
    me.promise = FAR


@njit
def answer_survey(me, world, today):
    """Ask after a delivery; the very happy and the very unhappy answer more."""
    me.survey = FAR
    feeling = settle(me, world, today.day)
    answers = world.answer_share * math.exp(world.answer_slope * abs(feeling - 0.6))
    return draw(today.key, 520) < min(1.0, answers)
