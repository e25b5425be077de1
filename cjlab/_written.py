"""Plain values as they are written down: JSON and TOML, and what tells one from another."""

from __future__ import annotations

import json
import tomllib
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

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
    """Return values as TOML: each of several that have names of their own as a table, behind all others."""
    several = {name: values for name, values in said.items() if _named(values)}
    above = ["\n".join(_lines({name: value for name, value in said.items() if name not in several}))]
    tables = ["\n".join([f"[[{name}]]", *_lines(one)]) for name, values in several.items() for one in values]
    return "\n\n".join([*filter(None, above), *tables])


def _named(values: object) -> bool:
    return isinstance(values, list) and bool(values) and all(isinstance(one, dict) for one in values)


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
        raise SpecError("TOML cannot say that one of several values is none; write it as .json")
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")  # which TOML has escaped


def _with_none(said: Any) -> Any:  # noqa: ANN401 - whatever TOML holds
    """Return what TOML said, with the fields that are None."""
    if isinstance(said, list):
        return [_with_none(one) for one in said]
    if not isinstance(said, dict):
        return said
    none = said.get(_NONE, [])
    return {name: _with_none(one) for name, one in said.items() if name != _NONE} | dict.fromkeys(none)


def said_in(file: Path, *, kind: str) -> dict[str, Any]:
    """Return what was said in a file of JSON or TOML; ``kind`` says in a message what it is the file of."""
    toml = file.suffix == ".toml"
    try:
        told = file.read_text(encoding="utf-8")
        said: dict[str, Any] = _with_none(tomllib.loads(told)) if toml else json.loads(told)
    except (OSError, ValueError) as error:
        raise SpecError(f"{file} cannot be read ({error}); give the file of {kind}") from error
    return said


def fingerprint(said: Mapping[str, Any]) -> str:
    """Return the sha256 of what was said, in whatever order."""
    return sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
