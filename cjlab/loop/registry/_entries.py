"""How versions and moves stand in MLflow: as tags of a registered model's versions."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from cjlab.errors import RegistryError
from cjlab.loop.registry._moves import History, Move
from cjlab.loop.registry._shelf import content
from cjlab.loop.registry._version import Version

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cjlab.loop.registry._mlflow import Row

MOVES = ".moves"  # the registered model whose versions are the moves of another
_FORMAT, _VERSION = "cjlab.format", "1"
_MODEL, _QUESTION, _CONTENT = "cjlab.model", "cjlab.question", "cjlab.content"
_FILE, _TRAINED = "cjlab.sha256.", "cjlab.trained_on."
ERASED = "cjlab.erased"  # set later, unlike all others: whether it learnt from somebody who was erased
_MOVE = ("alias", "kind", "before", "after", "by", "why", "follows", "id")
LONGEST = 5_000  # characters of a tag that every database keeps


def version_tags(
    files: Mapping[str, str], *, model: str, question: str, trained_on: Mapping[str, str]
) -> dict[str, str]:
    """Write what a version is made of."""
    facts = {_FORMAT: _VERSION, _MODEL: model, _QUESTION: question[:LONGEST], _CONTENT: content(files)}
    digests = {f"{_FILE}{name}": digest for name, digest in files.items()}
    return facts | digests | {f"{_TRAINED}{key}": value for key, value in trained_on.items()}


def is_version(row: Row) -> bool:
    """Tell whether a version is of ours; others may register with MLflow what they like."""
    return _CONTENT in row.tags


def version(name: str, row: Row, *, aliases: Sequence[str]) -> Version:
    """Read what a version is made of."""
    if not is_version(row) or row.tags.get(_FORMAT) != _VERSION:
        what = f"format {row.tags[_FORMAT]}" if _FORMAT in row.tags else "no digests: something else registered it"
        raise RegistryError(f"version {row.number} of {name!r} has {what}; give one that this version of cjlab made")
    return Version(
        name,
        row.number,
        row.tags.get(_MODEL, ""),
        row.tags.get(_QUESTION, ""),
        row.tags[_CONTENT],
        _under(_FILE, row.tags),
        _under(_TRAINED, row.tags),
        row.at,
        tuple(aliases),
        dt.datetime.now(tz=dt.UTC),
        erased=row.tags.get(ERASED, ""),
    )


def _under(prefix: str, tags: Mapping[str, str]) -> dict[str, str]:
    return {key.removeprefix(prefix): value for key, value in sorted(tags.items()) if key.startswith(prefix)}


def move_tags(move: Move, *, follows: int, mark: str) -> dict[str, str]:
    """Write a move, the number of the one it follows, and a mark to know it by."""
    values = {name: getattr(move, name) for name in ("alias", "kind", "before", "after", "by", "why")}
    values |= {"follows": follows, "id": mark}
    return {f"cjlab.{name}": "" if value is None else str(value) for name, value in values.items()}


def mark_of(row: Row) -> str:
    """Return the mark of a move."""
    return row.tags.get("cjlab.id", "")


def history(name: str, rows: Sequence[Row]) -> History:
    """Read the moves that count: those that follow the one before them."""
    return History(name, tuple(_move(row) for row in sorted(rows) if counts(row)))


def counts(row: Row) -> bool:
    """Tell whether a move was made by one who knew of all moves before it."""
    return {f"cjlab.{name}" for name in _MOVE} <= row.tags.keys() and row.tags["cjlab.follows"] == str(row.number - 1)


def _move(row: Row) -> Move:
    said = {name: row.tags[f"cjlab.{name}"] for name in _MOVE}
    before, after = (int(said[name]) if said[name] else None for name in ("before", "after"))
    return Move(row.number, row.at, said["alias"], said["kind"], before, after, said["by"], said["why"])
