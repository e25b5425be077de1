"""The ramp: a version that passed its gates decides for some customers, and for all if it is not surely worse there."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cjlab import statistics
from cjlab.loop._gate import Gate
from cjlab.loop._observe import PENDING
from cjlab.loop.registry._moves import PROMOTION, RETIREMENT

if TYPE_CHECKING:
    from cjlab.loop.cycle._cycle import Cycle
    from cjlab.loop.cycle._notes import Notes
    from cjlab.loop.cycle._seen import Flags, Floats, Seen
    from cjlab.loop.cycle._serving import Served, Standing

_FEW = 2  # rows without which there is no variance


def climbed(cycle: Cycle, seen: Seen, now: Standing, notes: Notes) -> Standing:
    """Judge the version on the ramp once its wave is mature: it serves all, or nobody."""
    one = now.challenger
    if one is None or one.number is None:
        return now
    own = seen.by(one.number)
    if not own.any():
        return now  # it has not decided yet
    if (seen.rows["state"][own] == PENDING).any() or not (own & seen.mature).any():
        notes.step("ramp", f"the decisions of {one} are not mature yet")
        return now
    gate = _beside(cycle, seen, own & seen.mature, one)
    notes.gates = (gate,)
    if gate.passed:
        return promoted(now, one, notes, why=gate.said)
    notes.move(RETIREMENT, "challenger", None, over=one.number, why=gate.said)
    notes.step("retired", f"{one}: {gate.said}")
    return replace(now, challenger=None)


def promoted(now: Standing, one: Served, notes: Notes, *, why: str) -> Standing:
    """Let a version serve everybody."""
    over = now.champion.number if now.champion else None
    notes.move(PROMOTION, "champion", one.number, over=over, why=why)
    if now.challenger is not None:
        notes.move(RETIREMENT, "challenger", None, over=one.number, why="it serves everybody now")
    notes.step("promoted", f"{one} serves from now on: {why}")
    return replace(now, champion=one, challenger=None, stopped=False, demoted=())


def _beside(cycle: Cycle, seen: Seen, own: Flags, one: Served) -> Gate:
    """Compare its customers with the others of the same waves, who were set apart by hash."""
    others = seen.mature & seen.of_waves(seen.moments(own)) & ~own
    if min(own.sum(), others.sum()) < _FEW:
        said = "nobody is left to compare its customers with, and nothing speaks against it"
        return Gate("ramp", math.nan, math.nan, math.nan, 0.0, passed=True, said=said)
    samples = (_sample(seen.net[those]) for those in (own, others))
    found = statistics.welch(*samples, confidence=cycle.confidence)
    estimate, low, high = float(found.estimate), float(found.low), float(found.high)
    said = (
        f"the {int(own.sum()):,} customers of {one} brought {estimate:+.4g} ({low:+.4g} to {high:+.4g}) beside the "
        "others; the high end may not lie below 0"
    )
    return Gate("ramp", estimate, low, high, 0.0, passed=not high < 0, said=said)


def _sample(values: Floats) -> statistics.Sample:
    return statistics.Sample(len(values), float(values.mean()), float(np.var(values, ddof=1)))
