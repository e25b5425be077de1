"""A cycle as plain values, and a cycle of plain values: what ``cycle.toml`` holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, Final

from cjlab._checks import shown
from cjlab._declared import declared
from cjlab.decisions import Rules, Terms
from cjlab.errors import SpecError
from cjlab.features import Recipe
from cjlab.loop._aim import Aim
from cjlab.loop._gates import Limits
from cjlab.models import Uplift

if TYPE_CHECKING:
    from cjlab.loop.cycle._cycle import Cycle

_RULES: Final = ("actions", "caps", "coolings", "fresh", "holdouts")
_RECIPE: Final = ("hindsight", "builders")
_TABLES: Final[dict[str, type[Any]]] = {"terms": Terms, "aim": Aim, "limits": Limits}


def said_of(cycle: Cycle) -> dict[str, Any]:
    """Return what was said, tables behind single values; what is as it would be anyway is left out."""
    plain = {one.name: getattr(cycle, one.name) for one in fields(cycle)}
    own = {name: value for name, value in plain.items() if name not in {*_TABLES, "rules", "recipe", "learner"}}
    made = {name: value for name, value in own.items() if value != _usual(cycle, name)}
    learner = {name: value for name, value in cycle.learner.get_params().items() if value != _UPLIFT[name]}
    parts = {"learner": learner, "aim": _different(cycle.aim), "limits": _different(cycle.limits)}
    return {
        **made,
        "terms": cycle.terms.said,
        **{name: part for name, part in parts.items() if part},
        **cycle.rules.said,
        **cycle.recipe.said,
    }


def given_in(said: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a cycle that plain values say; names that are none of a cycle's stay among them."""
    if not isinstance(said, Mapping):
        raise SpecError(f"a cycle is {shown(said)}; give names and values, as Cycle.said returns them")
    given = dict(said)
    rules: dict[str, Any] = {name: given.pop(name) for name in _RULES if name in given}
    recipe: dict[str, Any] = {name: given.pop(name) for name in _RECIPE if name in given}
    for name, kind in _TABLES.items():
        if name in given:
            given[name] = declared(kind, given[name], where=name)
    if "learner" in given:
        given["learner"] = _learner(given["learner"])
    return {**given, "rules": Rules.of(rules), "recipe": Recipe.of(recipe)}


_UPLIFT: Final = Uplift().get_params()


def _learner(said: object) -> Uplift:
    if not isinstance(said, Mapping):
        raise SpecError(f'learner is {shown(said)}; give a table of Uplift\'s parameters, such as learner = "r"')
    unknown = [name for name in said if name not in _UPLIFT]
    if unknown:
        raise SpecError(f"learner has an unknown name {shown(unknown[0])}; known names: {', '.join(_UPLIFT)}")
    return Uplift(**said)


def _usual(cycle: Cycle, name: str) -> object:
    """Return what a field of a cycle is unless it is given."""
    found = next(one for one in fields(cycle) if one.name == name)
    return found.default


def _different(part: Any) -> dict[str, Any]:  # noqa: ANN401 - a frozen value with defaults
    """Return what of a part is not as it would be anyway."""
    told = {one.name: getattr(part, one.name) for one in fields(part)}
    usual = {one.name: _default(one) for one in fields(part)}
    return {
        name: dict(value) if isinstance(value, Mapping) else value
        for name, value in told.items()
        if value != usual[name]
    }


def _default(field: Any) -> object:  # noqa: ANN401 - a dataclass's field
    return field.default if field.default_factory is MISSING else field.default_factory()
