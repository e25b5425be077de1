"""Versions of a cycle's model: registered with a card that says what they learnt from, and what they were asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from cjlab.loop.cycle._serving import opened
from cjlab.models import Card

if TYPE_CHECKING:
    from cjlab.loop._challenge import Challenge
    from cjlab.loop._observe import Observed
    from cjlab.loop.cycle._case import Case
    from cjlab.loop.cycle._cycle import Cycle
    from cjlab.loop.cycle._turn import Learnt
    from cjlab.models import Uplift

_TIMED: Final = "fast"  # differs from one measurement to the next, and a version is what it is made of
_LIMITS: Final = (
    "An effect is that of one contact on what came within the aim's time; what it does to later contacts is not in it",
    "It learnt from customers who could have received every action; for others it is a guess",
)


def registered(case: Case, model: Uplift, rows: Observed, found: Challenge, *, learnt: Learnt) -> int:
    """Register a version, and return its number; the same again is the version that is there."""
    trained_on = {
        "as_of": case.turn.day,
        "turns": ", ".join(learnt.turns[-400:]),
        "rows": str(learnt.rows),
        "recipe": case.turn.recipe,
        "cycle": case.turn.cycle,
    }
    card = _card(case.cycle, model, rows, found, learnt)
    return opened(case.home).register(case.cycle.name, model, card, trained_on=trained_on).number


def _card(cycle: Cycle, model: Uplift, rows: Observed, found: Challenge, learnt: Learnt) -> Card:
    from cjlab.models._judge import Figure

    asked = [one for one in found.gates if np.isfinite([one.figure, one.low, one.high]).all() and one.name != _TIMED]
    what = cycle.aim.column or cycle.aim.event
    return Card(
        question=f"What does each of {', '.join(cycle.rules.names)} change in {what!r} within {cycle.aim.within}?",
        purpose=cycle.rules.actions[0].purpose,
        model=f"Uplift, {model.learner} ({model.model})",
        rows=learnt.rows,
        customers=int(rows.rows["customer_id"].nunique()),
        share=float((rows.rows["outcome"] != 0).mean()),
        dates=(learnt.turns[0], learnt.turns[-1]),
        features=tuple(model.design_.columns.names),
        judged=f"challenged on later decisions drawn by chance: {'passed' if found.promoted else 'not passed'}",
        figures=tuple(Figure(one.name, float("nan"), one.figure, one.low, one.high) for one in asked),
        alarms=None,
        limits=_LIMITS,
    )
