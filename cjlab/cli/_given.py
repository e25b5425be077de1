"""Parameters given on a command line or in a file."""

from __future__ import annotations

import json
import tomllib
from typing import TYPE_CHECKING, Any

import click

from cjlab.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path


def pairs(_: click.Context, __: click.Parameter, texts: Sequence[str]) -> dict[str, str]:
    """Split ``key=value``; the last of a key counts."""
    split = [text.partition("=") for text in texts]
    wrong = next((key for key, sign, _ in split if not sign or not key), None)
    if wrong is not None:
        raise click.BadParameter(f"{wrong!r} is no key=value; write -p key=value")
    return {key: value for key, _, value in split}


def from_file(path: Path) -> dict[str, Any]:
    """Read parameters from a TOML, JSON or YAML file.

    Raises
    ------
    ParameterError
        When the file ends in something else, cannot be read, or does not map names to values.
    """
    read = _READERS.get(path.suffix.lower())
    if read is None:
        raise ParameterError(f"{path} ends in {path.suffix!r}; parameters are read from {', '.join(_READERS)}")
    try:
        found = read(path.read_text(encoding="utf-8"))
    except ValueError as wrong:
        raise ParameterError(f"{path} cannot be read: {wrong}") from None
    if not isinstance(found, dict) or not all(isinstance(name, str) for name in found):
        raise ParameterError(f"{path} holds a {type(found).__name__}; write one `name: value` for each parameter")
    return found


def _yaml(text: str) -> object:
    import yaml

    try:
        return yaml.safe_load(text)
    except yaml.YAMLError as wrong:
        raise ValueError(str(wrong)) from None


_READERS: dict[str, Callable[[str], Any]] = {
    ".toml": tomllib.loads,
    ".json": json.loads,
    ".yaml": _yaml,
    ".yml": _yaml,
}
