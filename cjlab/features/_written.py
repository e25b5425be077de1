"""A recipe as it is written down: JSON and TOML, and what tells one from another."""

from __future__ import annotations

import json
import tomllib
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from cjlab._checks import shown
from cjlab.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


_NONE: Final = "no-value"
"""The key under which TOML, which has no null, names the fields that are None; no field can be called so."""


def write(said: Mapping[str, Any], file: Path) -> None:
    """Write down what was said: as TOML where the file is called so, else as JSON."""
    told = _toml(said) if file.suffix == ".toml" else json.dumps(said, indent=2, ensure_ascii=False)
    file.write_text(told + "\n", encoding="utf-8")


def _toml(said: Mapping[str, Any]) -> str:
    """Return builders as TOML: a table each, after what is said of all of them."""
    above = ["\n".join(_lines({name: value for name, value in said.items() if name != "builders"}))]
    tables = ["\n".join(["[[builders]]", *_lines(one)]) for one in said["builders"]]
    return "\n\n".join([*filter(None, above), *tables])


def _lines(said: Mapping[str, Any]) -> Iterator[str]:
    for name, value in said.items():
        if value is not None:
            yield f"{name} = {_value(value)}"
    if none := [name for name, value in said.items() if value is None]:
        yield f"{_NONE} = {_value(none)}"


def _value(value: object) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(_lines(value))} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, float):
        return repr(float(value))
    if value is None:
        raise SpecError("TOML cannot say that one of several values is none; write the recipe as .json")
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # which TOML has escaped


def _with_none(said: Any) -> Any:  # noqa: ANN401 - whatever TOML holds
    """Return what TOML said, with the fields that are None."""
    if isinstance(said, list):
        return [_with_none(one) for one in said]
    if not isinstance(said, dict):
        return said
    none = said.get(_NONE, [])
    return {name: _with_none(one) for name, one in said.items() if name != _NONE} | dict.fromkeys(none)


def said_in(file: Path) -> dict[str, Any]:
    """Return what was said in a file of JSON or TOML."""
    toml = file.suffix == ".toml"
    try:
        told = file.read_text(encoding="utf-8")
        said: dict[str, Any] = _with_none(tomllib.loads(told)) if toml else json.loads(told)
    except (OSError, ValueError) as error:
        raise SpecError(f"{file} cannot be read ({error}); give the file of a recipe") from error
    return said


def fingerprint(said: Mapping[str, Any]) -> str:
    """Return the sha256 of what was said, in whatever order."""
    return sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def builders_in(said: object) -> list[Any]:
    """Return the builders of a recipe that was said."""
    known = said.get("builders") if isinstance(said, dict) else None
    if not isinstance(known, list):
        raise SpecError(f"a recipe is a list of builders, and {shown(said)} has none; give what Recipe.said returned")
    return known
