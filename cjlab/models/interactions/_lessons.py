"""What is learned of a course before a moment, and of what came after earlier moments."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab._checks import offset
from cjlab.errors import EvidenceError
from cjlab.models.interactions import _order, _pace
from cjlab.models.interactions._course import DAY
from cjlab.models.interactions._order import Order
from cjlab.models.interactions._pace import STRETCHES, Pace, placed
from cjlab.models.offers._choice import Weights
from cjlab.tables import later

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.models.interactions._course import Course, Next, Past

    Codes = NDArray[np.int64]
    Floats = NDArray[np.float64]

_MARKS = 4  # dates of one weekday, a week apart
_SAMPLE = 2_500  # customers a date of whom weights are learned
_LEAST = 100


class Span(NamedTuple):
    """A horizon on a brand's calendar."""

    length: str
    timezone: str

    @property
    def microseconds(self) -> int:
        """How long it is."""
        return offset(self.length, name="within") // dt.timedelta(microseconds=1)

    @property
    def days(self) -> float:
        """How long it is."""
        return self.microseconds / DAY

    def marks(self, when: dt.datetime) -> list[dt.datetime]:
        """Return dates whose horizon is over by a moment, the latest first, at its local time and weekday."""
        last = later(when, self.length, self.timezone, back=True)
        return [last, *(later(last, f"{weeks}W", self.timezone, back=True) for weeks in range(1, _MARKS))]


class Learned(NamedTuple):
    """What is known at a moment: the past, what follows what, and when."""

    past: Past
    order: Order
    pace: Pace


class Lesson(NamedTuple):
    """What spoke for what at a date, the one that came first: choices, stretches, and whose they are."""

    choices: Floats
    choosers: Codes
    stretches: Floats
    waiters: Codes


def learned(course: Course, when: dt.datetime, span: Span, half_life: float) -> Learned:
    """Learn of what was known before a moment."""
    past, earlier = course.before(micro(when)), []
    for mark in span.marks(when):
        then = course.before(micro(mark))
        if len(then.customers):
            earlier.append((then, course.after(then, span.microseconds)))
    order = Order.learn(past, half_life, earlier[0] if earlier else None)
    return Learned(past, order, Pace.learn(past, [came for _, came in earlier], span.days))


def weighed(
    course: Course, when: dt.datetime, span: Span, half_life: float, draw: np.random.Generator
) -> tuple[Weights, Weights]:
    """Learn how much each thing weighs, of what came after dates before a moment: of what comes, and of when."""
    lessons = []
    for mark in span.marks(when):
        if (course.known < micro(mark)).any():
            known = learned(course, mark, span, half_life)
            lessons.append(_lesson(known, course.after(known.past, span.microseconds), draw))
    count = sum(len(one.choices) for one in lessons)
    if count < _LEAST:
        raise EvidenceError(
            f"something came to {count} customers within {span.days:g} days of dates whose horizon was over by "
            f"{when:%Y-%m-%d}; what speaks for what is learned of at least {_LEAST}: give a longer log, or a shorter "
            "within"
        )
    choices, choosers, stretches, waiters = (np.concatenate(one) for one in zip(*lessons, strict=True))
    return _weights(_order.NAMES, choices, choosers), _weights(_pace.NAMES, stretches, waiters)


def _weights(names: tuple[str, ...], x: Floats, whose: Codes) -> Weights:
    return Weights.learn(names, x, np.ones(x.shape[:2], dtype=bool), whose)


def _lesson(known: Learned, came: Next, draw: np.random.Generator) -> Lesson:
    who = _some(np.flatnonzero(came.came), draw)
    some = known.past.among(who)
    choices, rows, chosen = np.stack(known.order.blocks(some), axis=2), np.arange(len(who)), came.label[who]
    choices[rows, 0], choices[rows, chosen] = choices[rows, chosen].copy(), choices[rows, 0].copy()
    all_ = _some(np.arange(len(came.label)), draw)
    waiting = known.past.among(all_)
    place, there = placed(came.days[all_], known.pace.horizon), came.came[all_]
    customer, stretch = np.nonzero(np.arange(STRETCHES) <= place[:, None])
    told = known.pace.blocks(waiting)[customer, stretch]
    now = (stretch == place[customer]) & there[customer]
    either = np.zeros((len(told), 2, told.shape[1]))  # that it comes, and that it does not, of which nothing speaks
    either[np.arange(len(told)), np.where(now, 0, 1)] = told
    return Lesson(choices, some.customers, either, waiting.customers[customer])


def _some(places: Codes, draw: np.random.Generator) -> Any:  # noqa: ANN401 - an array of places
    return places if len(places) <= _SAMPLE else np.sort(draw.choice(places, _SAMPLE, replace=False))


def micro(when: dt.datetime) -> int:
    """Return a moment as microseconds since 1970."""
    return (when - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)
