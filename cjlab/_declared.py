"""From a table of names and values to a declared value, with every unknown or missing name said."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, TypeVar

from cjlab._checks import shown
from cjlab.errors import SpecError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    D = TypeVar("D", bound=DataclassInstance)


def declared(kind: type[D], table: object, *, where: str, known: Mapping[str, object] | None = None) -> D:
    """Make a ``kind`` from a table and from what is ``known`` beside it; ``where`` names the table in messages."""
    beside = dict(known or {})
    names = [one.name for one in fields(kind) if one.name not in beside]
    if not isinstance(table, Mapping):
        raise SpecError(f"{where} is {shown(table)}; give a table of {', '.join(names)}")
    for key in table:
        if key not in names:
            raise SpecError(f"{where} has an unknown name {shown(key)}{_nearest(str(key), names)}")
    needed = [one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]
    absent = [name for name in needed if name not in table and name not in beside]
    if absent:
        raise SpecError(f"{where} does not say {', '.join(absent)}; it must")
    return kind(**beside, **dict[str, Any](table))


def keep(value: DataclassInstance, **checked: object) -> None:
    """Set fields of a frozen value to what a check at its door returned."""
    for name, one in checked.items():
        object.__setattr__(value, name, one)


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; known names: {', '.join(known)}"
