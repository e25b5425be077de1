"""An experiment in a TOML file: read, and every fault said with the file's name and the place in it."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from cjlab._checks import shown, text
from cjlab._declared import declared
from cjlab.errors import SpecError
from cjlab.experiments._arm import Arm
from cjlab.experiments._metric import Metric
from cjlab.experiments._segment import Segment
from cjlab.experiments._value import Value

if TYPE_CHECKING:
    from cjlab.experiments._declaration import Declaration

    D = TypeVar("D", bound=Declaration)

_LARGEST = 1_000_000  # bytes; a declaration is written by hand
_NAMED = {"arms": Arm, "metrics": Metric, "segments": Segment}
_OWN = "experiment: "


def table_of(path: object) -> dict[str, Any]:
    """Return the table that a TOML file holds."""
    if not isinstance(path, str | PathLike):
        raise SpecError(f"the experiment file is {shown(path)}; give the path of a TOML file")
    try:
        with Path(path).open("rb") as file:
            content = file.read(_LARGEST + 1)
    except FileNotFoundError:
        raise SpecError(f"there is no experiment file {path}; give the path of a TOML file") from None
    except (OSError, ValueError) as refused:  # a folder, no right to read it, a path that no system has
        raise SpecError(f"{path} cannot be read ({refused}); give the path of a TOML file") from None
    if len(content) > _LARGEST:
        raise SpecError(f"{path} is larger than 1 MB, which no experiment file is; give the path of a TOML file")
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as broken:  # no UTF-8, no TOML, a number or a nesting without end
        raise SpecError(f"{path} is not TOML in UTF-8: {broken}") from None


def experiment_of(kind: type[D], table: object, *, where: str) -> D:
    """Make an experiment from such a table; ``where`` begins every message."""
    try:
        return _experiment(kind, table)
    except SpecError as refused:
        raise SpecError(f"{where}: {str(refused).removeprefix(_OWN)}") from None


def _experiment(kind: type[D], table: object) -> D:
    if not isinstance(table, Mapping):
        raise SpecError(f"the table is {shown(table)}; give names and values, as a TOML file holds them")
    parts: dict[str, Any] = dict(table)
    for place, part in _NAMED.items():
        if place in parts:
            parts[place] = _named(part, parts[place], place)
    if "value" in parts:
        parts["value"] = declared(Value, parts["value"], where="[value]")
    return declared(kind, parts, where="the file")


def _named(kind: type[Any], tables: object, place: str) -> tuple[Any, ...]:
    if not isinstance(tables, Mapping):
        raise SpecError(f"{place} is {shown(tables)}; give one table a name, such as [{place}.NAME]")
    return tuple(
        declared(kind, table, where=f"[{place}.{name}]", known={"name": text(name, name=f"a name in {place}")})
        for name, table in tables.items()
    )
