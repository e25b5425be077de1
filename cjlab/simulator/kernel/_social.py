"""Word of mouth: what a person does is told in his circle, and heard there on the next day.

Who is told depends on who had joined and who had left before the day began, so that it does not matter in which order
the members of a circle live a day; what is heard waits in the hearer's record, by the day's parity.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from cjlab._compiled import kept
from cjlab.simulator.kernel._draws import draw, draw_whole, key_at, key_of
from cjlab.simulator.kernel._sizes import CIRCLE
from cjlab.simulator.kernel._state import please, stir
from cjlab.simulator.kernel._vocabulary import (
    AT_SOCIAL,
    AWARENESS,
    BIRTH_DAY,
    COMPETITOR,
    COMPLAINT,
    CONSIDERATION,
    LEFT,
    RECOMMENDATION,
)

WORDS: Final = ("recommendation", "complaint", "leaving")
_PRAISE, _COMPLAINT, _FAREWELL = np.arange(3)
_REFERS = 1
_TOLD, _HEEDED = 8, 44  # first slots: each plus 12 × the word plus the other's place in the circle; below 780


@njit
def circle_of(world, seed, customer):
    """Return the circle of a customer, by its lowest id.

    Ids are cut into rows of a dozen, and each but the first of a row begins another circle with the same probability.
    """
    if not world.talks:
        return customer
    first = customer - (customer - 1) % CIRCLE
    while customer > first and draw(key_at(key_of(seed, customer), BIRTH_DAY), AT_SOCIAL) >= world.circles:
        customer -= 1
    return customer


@njit
def end_of_circle(people, begin):
    """Return where the circle that begins here ends; where nobody talks each is alone in his."""
    end = begin + 1
    while end < people.shape[0] and people[end].circle == people[begin].circle:
        end += 1
    return end


@njit
def has_news(me, day):
    """Tell whether something that was said yesterday waits to be heard."""
    return me.told[day & 1] == day


@njit
def hear(me, world, today):
    """Let a person hear what was said yesterday."""
    turn = today.day & 1
    praises = _heeded(me.praise[turn], world, today.key, _PRAISE)
    warnings = _heeded(me.warning[turn], world, today.key, _COMPLAINT)
    me.praised += praises
    me.warned += warnings
    if praises > 0 and (world.word_desire != 0.0 or world.word_attention != 0.0):
        stir(me, today.day, world.word_desire * praises, world.word_attention * praises, world.word_half_life)
    gladder = world.word_pleases * praises - world.word_harm * warnings
    if gladder != 0.0:
        please(me, world, today.day, gladder)
    if praises > 0 and me.stage == AWARENESS and draw(today.key, AT_SOCIAL + _REFERS) < world.refers:
        me.stage, me.since = CONSIDERATION, today.day


@njit
def _heeded(tellers, world, day_key, word):
    """Count those of the tellers who are heeded."""
    count = 0
    for place in range(CIRCLE):
        if (tellers >> place) & 1 and _heeds(world, day_key, word, place):
            count += 1
    return count


@njit
def _heeds(world, day_key, word, place):
    """Tell whether somebody heeds today what was said by the member at a place of his circle."""
    return draw(day_key, AT_SOCIAL + _HEEDED + CIRCLE * min(word, _COMPLAINT) + place) < world.hears


@njit
def speak(people, begin, end, speaker, world, today, was_there):
    """Let what somebody did today be told in his circle."""
    me = people[speaker]
    for place in range(today.n):
        row = today.rows[place]
        if row.event == RECOMMENDATION:
            other = confidant(people, begin, end, speaker, today.day, today.key)
            if other >= 0:
                row.other = people[other].customer
                _tell(people[other], me, today.day, _PRAISE)
        elif row.event == COMPLAINT:
            _warn(people, begin, end, speaker, world, today, _COMPLAINT)
    if was_there and by_will(me) and me.gone == today.day:
        _warn(people, begin, end, speaker, world, today, _FAREWELL)


@njit
def by_will(me):
    """Tell whether somebody who left did so of his own will."""
    return me.gone >= 0 and me.reason in (LEFT, COMPETITOR)


@njit
def there(other, day):
    """Tell whether somebody has joined by a day, and not left before it."""
    return other.joined <= day and (other.gone < 0 or other.gone >= day)


@njit
def confidant(people, begin, end, speaker, day, day_key):
    """Return the member of a circle to whom a recommendation is made today; −1 where nobody is there."""
    others = 0
    for place in range(begin, end):
        if place != speaker and there(people[place], day):
            others += 1
    if others == 0:
        return -1
    left = draw_whole(day_key, AT_SOCIAL, others)
    for place in range(begin, end):
        if place != speaker and there(people[place], day):
            if left == 0:
                return place
            left -= 1
    return -1


@njit
def is_warned(other, world, day, day_key, word):
    """Tell whether somebody is told of a complaint, or of a farewell, that a member of his circle made today."""
    slot = AT_SOCIAL + _TOLD + CIRCLE * (word - _COMPLAINT) + (other.customer - other.circle)
    return there(other, day) and draw(day_key, slot) < world.tells


@njit
def _warn(people, begin, end, speaker, world, today, word):
    for place in range(begin, end):
        if place != speaker and is_warned(people[place], world, today.day, today.key, word):
            _tell(people[place], people[speaker], today.day, word)


@njit
def _tell(other, me, day, word):
    """Note who will hear tomorrow from whom: marks and not sums, so that nobody need be the first to speak."""
    turn = (day + 1) & 1
    if other.told[turn] != day + 1:
        other.told[turn] = day + 1
        other.praise[turn] = other.warning[turn] = 0
    mark = 1 << (me.customer - me.circle)
    if word == _PRAISE:
        other.praise[turn] |= mark
    else:
        other.warning[turn] |= mark


@kept
def listen(people, worlds, speakers, words, days, told, heeded):
    """Mark, for each word said, who was told of it and who heeded it the next day: ``(words, 12)`` by place."""
    world = worlds[0]
    for number in range(speakers.shape[0]):
        me, word, day = people[speakers[number]], words[number], days[number]
        key, begin = key_at(me.future, day), speakers[number]
        while begin > 0 and people[begin - 1].circle == me.circle:
            begin -= 1
        end = end_of_circle(people, begin)
        praised = confidant(people, begin, end, speakers[number], day, key) if word == _PRAISE else -1
        for place in range(begin, end):
            other = people[place]
            if place == speakers[number]:
                continue
            if place == praised or (word != _PRAISE and is_warned(other, world, day, key, word)):
                seat = other.customer - other.circle
                told[number, seat] = True
                morning = key_at(other.future, day + 1)
                awake = other.gone < 0 or other.gone > day
                heeded[number, seat] = awake and _heeds(world, morning, word, me.customer - me.circle)
