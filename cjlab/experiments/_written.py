"""An experiment written as the TOML file that it could have been read from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import TYPE_CHECKING

from cjlab.errors import SpecError
from cjlab.experiments._toml import experiment_of, table_of

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

    from cjlab.experiments._declaration import Declaration

_TABLES = ("fields", "value", "arms", "metrics", "segments")
_BARE = re.compile(r"[A-Za-z0-9_-]+")


def written(experiment: Declaration, path: str | Path) -> Path:
    """Write a declaration beside no other: what was declared before a test is not written over."""
    path = Path(path)
    if path.exists():
        if experiment_of(type(experiment), table_of(path), where=path.name) == experiment:
            return path
        raise SpecError(f"{path} holds another declaration, and it stays as declared; give another path, or remove it")
    try:
        path.write_text(toml(experiment), encoding="utf-8")
    except OSError as refused:
        raise SpecError(f"{path} cannot be written ({refused}); give the path of a TOML file") from None
    return path


def toml(experiment: Declaration) -> str:
    """Return the declaration as TOML, without what is as it would be anyway."""
    blocks = ["\n".join(_lines(experiment, without=_TABLES))]
    if experiment.fields:
        said = [line for name, label in experiment.fields.items() for line in _line(name, label)]
        blocks.append("\n".join(["[fields]", *said]))
    if experiment.value is not None:
        blocks.append("\n".join(["[value]", *_lines(experiment.value)]))
    blocks += [
        "\n".join([f"[{place}.{_key(part.name)}]", *_lines(part, without=("name",))])
        for place in ("arms", "metrics", "segments")
        for part in getattr(experiment, place)
    ]
    return "\n\n".join(blocks) + "\n"


def _lines(part: DataclassInstance, *, without: tuple[str, ...] = ()) -> Iterator[str]:
    for one in fields(part):
        given = getattr(part, one.name)
        default = one.default if one.default_factory is MISSING else one.default_factory()
        if one.name not in without and given != default:
            yield from _line(one.name, given)


def _line(name: str, given: object) -> Iterator[str]:
    """Write a name and its value, one line a language where there are several."""
    if isinstance(given, Mapping):
        yield from (f"{_key(name)}.{_key(language)} = {_value(words)}" for language, words in given.items())
    else:
        yield f"{_key(name)} = {_value(given)}"


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _value(name)


def _value(given: object) -> str:
    """Write a text, a number, a flag or a list of them; TOML's texts are JSON's, but for the delete sign."""
    if isinstance(given, tuple | list):
        return f"[{', '.join(map(_value, given))}]"
    return json.dumps(given, ensure_ascii=False).replace("\x7f", "\\u007f")
