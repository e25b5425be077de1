"""A recipe as it is written down: JSON and TOML, and what tells one from another."""

from __future__ import annotations

import json
import tomllib
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cjlab._checks import shown
from cjlab.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def write(said: Mapping[str, Any], file: Path) -> None:
    """Write down what was said, as JSON."""
    if file.suffix == ".toml":
        raise SpecError(f"{file} would be read as TOML, and a recipe is written as JSON; name it {file.stem}.json")
    file.write_text(json.dumps(said, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def said_in(file: Path) -> dict[str, Any]:
    """Return what was said in a file of JSON or TOML."""
    read = tomllib.loads if file.suffix == ".toml" else json.loads
    try:
        said: dict[str, Any] = read(file.read_text(encoding="utf-8"))
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
