"""What a cycle may say: every value is checked before a turn is taken by it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab._checks import finite, instance, listed, offset, text, whole, within
from cjlab.decisions import Rules, Terms
from cjlab.errors import SpecError
from cjlab.features import Recipe
from cjlab.loop._aim import Aim
from cjlab.loop._gates import Limits
from cjlab.loop.registry._reader import NAME
from cjlab.models import Uplift

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cjlab.loop.cycle._cycle import Cycle

_MOST = 10**9
_KINDS = {"rules": Rules, "terms": Terms, "recipe": Recipe, "aim": Aim, "learner": Uplift, "limits": Limits}


def checked(cycle: Cycle) -> None:
    """Refuse a value that is not allowed, by its name."""
    if not NAME.fullmatch(text(cycle.name, name="cycle: name")):
        raise SpecError(f"cycle: name is {cycle.name!r}; give letters, digits, '_', '-' and '.', at most 100 in all")
    for name, kind in _KINDS.items():
        instance(getattr(cycle, name), kind, name=f"cycle: {name}")
    offset(cycle.every, name="cycle: every")
    for name, fewest in {"enough": 1, "held": 1, "folds": 1, "memory": 1, "patience": 1}.items():
        if getattr(cycle, name) is not None:
            whole(getattr(cycle, name), name=f"cycle: {name}", least=fewest, most=_MOST)
    for name in ("value", "margin", "least"):
        finite(getattr(cycle, name), name=f"cycle: {name}")
    within(cycle.pilot, 0.0, 0.5, name="cycle: pilot")
    for name in ("confidence", "ramp", "unsubscribed"):
        if getattr(cycle, name) is not None:
            within(getattr(cycle, name), 0.0, 1.0, name=f"cycle: {name}", open_ends=True)
    if cycle.segment is not None:
        text(cycle.segment, name="cycle: segment")
    _reached(cycle)
    if cycle.pilot == 0 and cycle.terms.explore == 0:
        raise SpecError("cycle: pilot and terms.explore are 0, and so nothing can ever be learnt; give one of them")


def _reached(cycle: Cycle) -> None:
    """Refuse a limit of what no action goes through or promises: misspelt, it would limit nothing."""
    actions, terms = cycle.rules.actions, cycle.terms
    there: dict[str, tuple[Mapping[str, float], set[str], str]] = {
        "capacity": (terms.capacity, {one.channel for one in actions}, "through which no action goes"),
        "stock": (terms.stock, {str(one.item) for one in actions if one.item is not None}, "which no action promises"),
    }
    for name, (limits, known, why) in there.items():
        if strange := sorted(set(limits) - known):
            allowed = listed(sorted(known)) or "none"
            raise SpecError(f"cycle: terms: {name} names {strange[0]!r}, {why}; allowed: {allowed}")
