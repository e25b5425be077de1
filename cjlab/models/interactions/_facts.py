"""What stands on the card of a model of next interactions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.models._card import Facts
from cjlab.models._taught import Taught, day, days

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from cjlab.models.interactions._course import Course
    from cjlab.models.interactions._foresight import Foresight
    from cjlab.models.interactions._next_interaction import NextInteraction
    from cjlab.models.interactions._pace import Pace

_LIMITS = (
    "What is rare is never foretold",
    "Who is contacted otherwise than before the date may act otherwise than is foretold",
)


def facts(model: NextInteraction, foresight: Foresight) -> Facts:
    """Return what its card tells."""
    return Facts(
        f"NextInteraction, {len(model.labels) - 1} pairs of event and {model.where}, within {model.within}",
        model.taught,
        tuple(dict.fromkeys((*foresight.choice.names, *foresight.wait.names))),
        limits=_LIMITS,
    )


def spanned(course: Course, pace: Pace, ends: tuple[Any, dt.datetime], timezone: str) -> Taught:
    """Return what it learnt from; the share is of customers to whom something comes within the horizon."""
    return Taught(len(course.at), len(course.customers), _share(pace), days(day(one, timezone) for one in ends))


def spanned_before(told: Sequence[Any], pace: Pace) -> Taught:
    """Return the same of a model stored in the first format: rows, customers, the first and the last date."""
    rows, customers, *dates = told
    return Taught(rows, customers, _share(pace), tuple(dates))


def _share(pace: Pace) -> float:
    return float(1 - np.prod(1 - pace.base))
