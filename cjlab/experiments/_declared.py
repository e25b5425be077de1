"""From a table of a TOML file to a declared value, with every unknown or missing name said."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, TypeVar

from cjlab.errors import SpecError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    D = TypeVar("D", bound=DataclassInstance)


def declared(kind: type[D], table: object, *, where: str) -> D:
    """Make a ``kind`` from a table of names and values; ``where`` says in messages what was being read."""
    if not isinstance(table, Mapping):
        raise SpecError(f"{where} is {table!r}; give a table of {', '.join(_names(kind))}")
    for key in table:
        if key not in _names(kind):
            raise SpecError(f"{where} has an unknown name {key!r}{_nearest(str(key), _names(kind))}")
    needed = [one.name for one in fields(kind) if one.default is MISSING and one.default_factory is MISSING]
    absent = [name for name in needed if name not in table]
    if absent:
        raise SpecError(f"{where} does not say {', '.join(absent)}; it must")
    return kind(**dict[str, Any](table))


def _names(kind: type[DataclassInstance]) -> list[str]:
    return [one.name for one in fields(kind)]


def _nearest(word: str, known: list[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    return f"; did you mean {near[0]!r}?" if near else f"; known names: {', '.join(known)}"
