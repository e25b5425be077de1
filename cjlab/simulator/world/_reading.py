"""From TOML to a world, and from a fault in it to a message that names the field."""

from __future__ import annotations

import tomllib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from cjlab._checks import listed, shown
from cjlab.errors import SpecError
from cjlab.simulator.world._field import said_of

_World = TypeVar("_World")

if TYPE_CHECKING:
    from collections.abc import Mapping

    _Field = Any  # whatever a field of a world holds

PACKAGED = ("retail", "telecom", "insurance", "travel", "car_brand")


def read(kind: type[_World], path: str | Path, /, **changes: _Field) -> _World:
    """Read a world from a TOML file, or take one of those that come with the package by its name."""
    if isinstance(path, str) and path in PACKAGED and not Path(path).exists():
        return packaged(kind, path, **changes)
    stored = _bytes(path)
    try:
        said = tomllib.loads(stored.decode())
    except (ValueError, RecursionError) as fault:  # no UTF-8, no TOML, numbers or tables without end
        raise SpecError(f"{path} is not TOML: {fault}") from None
    return make(kind, {**said, **changes}, name=str(path))


def _bytes(path: str | Path) -> bytes:
    """Return what a file holds, if there is one and it can be read."""
    advice = f"give the path of a world's TOML file, or {listed(PACKAGED)}"
    try:
        file = Path(path)
        if file.is_file():
            return file.read_bytes()
    except (OSError, TypeError, ValueError) as fault:
        raise SpecError(f"{shown(path)} cannot be read ({fault}); {advice}") from None
    raise SpecError(f"{file} is no file; {advice}")


def packaged(kind: type[_World], name: str, /, **changes: _Field) -> _World:
    """Return a world that comes with the package."""
    said = tomllib.loads((files("cjlab.simulator") / "worlds" / f"{name}.toml").read_text(encoding="utf-8"))
    return make(kind, {**said, **changes}, name=f"world {name!r}")


def make(kind: type[_World], said: Mapping[str, Any], *, name: str) -> _World:
    """Make a world of what was said, or say all that is wrong with it."""
    try:
        return TypeAdapter(kind).validate_python(dict(said))
    except ValidationError as faults:
        raise SpecError(said_of(faults, name)) from None
