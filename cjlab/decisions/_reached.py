"""Which caps are reached, by what a view of a simulated market tells: a number of contacts, or each of them."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import offset

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjlab.decisions._cap import Cap
    from cjlab.decisions._reading import Reading
    from cjlab.simulator import View

_COUNTED = 8  # contacts that a view counts of each customer
_DAY = 86_400
_OF_THE_CALENDAR = ("D", "W")  # hours are hours, however long the day was


def reached(view: View, reading: Reading, timezone: str) -> NDArray[np.bool_]:
    """Return who has had as many contacts as each cap allows, whether it is of his segment or not, ``(n, caps)``."""
    caps = reading.rules.caps
    full = np.zeros((len(view), len(caps)), np.bool_)
    for place, cap in enumerate(caps):
        if _counts(cap):
            full[:, place] = view.pressure(int(length(cap.window)) + 1) >= cap.most
    singly = [place for place, cap in enumerate(caps) if not _counts(cap)]
    if singly:
        asked = tuple(caps[place] for place in singly)
        sent = view.sent(reach(asked)).lazy().with_columns(sent=True)
        one_by_one = replace(reading, rules=replace(reading.rules, caps=asked))
        full[:, singly] = one_by_one.reached(sent, view.customers, timezone)
    return full


def reach(caps: Sequence[Cap]) -> int:
    """Return over how many days contacts are needed one by one; 0 where their number answers every cap."""
    days = [math.ceil(length(cap.window)) for cap in caps if not _counts(cap)]
    return max(days) + 2 if days else 0  # today, and an hour of the day before where clocks went forward


def length(window: str) -> float:
    """Return how many days a window has."""
    return offset(window, name="window").total_seconds() / _DAY


def _counts(cap: Cap) -> bool:
    """Tell whether the number of contacts on the last days answers a cap."""
    of_all_kinds = cap.channel is None and cap.purpose is None
    return of_all_kinds and cap.most <= _COUNTED and cap.window.endswith(_OF_THE_CALENDAR)
