"""Versions of a cycle's model: registered with a card that says what they learnt from, and what they were asked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from cjlab.loop.cycle._serving import opened
from cjlab.models import card

if TYPE_CHECKING:
    from cjlab.loop._challenge import Challenge
    from cjlab.loop.cycle._case import Case
    from cjlab.loop.cycle._turn import Learnt
    from cjlab.models import Uplift

_TIMED: Final = "fast"  # differs from one measurement to the next, and a version is what it is made of
_NAMED: Final = 400  # turns, as many as a fact of a version has room for
_LIMITS: Final = (
    "An effect is that of one contact on what came within the aim's time; what it does to later contacts is not in it",
    "It learnt from customers who could have received every action; for others it is a guess",
)


def registered(case: Case, model: Uplift, found: Challenge, learnt: Learnt) -> int:
    """Register a version, and return its number; the same again is the version that is there."""
    cycle = case.cycle
    trained_on = {
        "as_of": case.turn.day,
        "turns": ", ".join(learnt.turns[-_NAMED:]),
        "rows": str(learnt.rows),
        "recipe": case.turn.recipe,
        "cycle": case.turn.cycle,
    }
    what = cycle.aim.column or cycle.aim.event
    about = card(
        model,
        replace(found, gates=tuple(gate for gate in found.gates if gate.name != _TIMED)),
        question=f"What does each of {', '.join(cycle.rules.names)} change in {what!r} within {cycle.aim.within}?",
        purpose=cycle.rules.actions[0].purpose,
        limits=_LIMITS,
    )
    return opened(case.home).register(cycle.name, model, about, trained_on=trained_on).number
