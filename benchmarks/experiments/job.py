"""The job of every contender: how five metrics change by arm, each adjusted by what was known beforehand."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

CONTROL = "control"
PAIRS = {
    "visit": "past_visits",
    "orders": "past_orders",
    "spend": "past_spend",
    "margin": "past_margin",
    "score": "past_score",
}
PARTLY_KNOWN = "score"


class Effect(NamedTuple):
    """What an arm changes in a metric against the control: the estimate and its 95 % interval."""

    arm: str
    metric: str
    estimate: float
    low: float
    high: float


def apart(some: Iterable[Effect], others: Iterable[Effect]) -> float:
    """Return the largest difference of an estimate or interval end, relative to the largest number of its effect."""
    one, other = ({effect[:2]: effect[2:] for effect in effects} for effects in (some, others))
    if one.keys() != other.keys():
        raise ValueError(f"one has {sorted(one)}, the other {sorted(other)}")
    pairs = [(one[key], other[key]) for key in other]
    return max(max(abs(a - b) for a, b in zip(*pair, strict=True)) / max(map(abs, pair[1])) for pair in pairs)


def answer(job: Callable[..., Iterable[Effect]]) -> None:
    """Do the job on the file named on the command line; print what was found, and the seconds that it took."""
    started = time.perf_counter()
    found = list(job(*sys.argv[1:]))
    json.dump({"inside": time.perf_counter() - started, "effects": found}, sys.stdout)
