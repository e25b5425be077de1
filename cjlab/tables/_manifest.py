"""The manifest of a stored log: ``log.json``, whose replacement commits every change."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjlab.errors import TableError
from cjlab.tables._shards import HASH

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

VERSION = 1
_NAME = "log.json"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a stored log is made of.

    Parameters
    ----------
    timezone
        The brand's zone.
    shards
        How many shards its customers are split into.
    parts
        The parts that belong to it: the base, then the increments. A file of any other part is a leftover.
    vocabularies
        The words of ``event``, ``channel`` and ``device``; a word's place is its code, which never changes.
    pseudonyms
        The mark of the key that made its pseudonyms, if it has any.
    """

    timezone: str
    shards: int
    parts: tuple[str, ...]
    vocabularies: Mapping[str, tuple[str, ...]]
    pseudonyms: str | None = None

    @classmethod
    def read(cls, folder: Path) -> Manifest:
        """Return the manifest of a stored log, or say why the folder is none."""
        file = folder / _NAME
        try:
            stored = json.loads(file.read_text(encoding="utf-8"))
        except FileNotFoundError as error:
            raise TableError(f"{folder} holds no log: it has no {_NAME}; write one there with Log.write") from error
        except ValueError as error:
            raise TableError(f"{file} is not JSON ({error}); restore it from a copy") from error
        return _of_version(stored, file)

    def commit(self, folder: Path) -> None:
        """Put the manifest in place of the one before, in one step."""
        text = json.dumps(self._stored(), indent=2, ensure_ascii=False)
        draft = folder / f".{_NAME}"
        with draft.open("w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        draft.replace(folder / _NAME)
        settle(folder)

    def _stored(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "timezone": self.timezone,
            "shards": {"count": self.shards, "hash": HASH},
            "parts": list(self.parts),
            "vocabularies": {name: list(words) for name, words in self.vocabularies.items()},
            "pseudonyms": self.pseudonyms,
        }


def settle(folder: Path) -> None:
    """Make the names in a folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _of_version(stored: Any, file: Path) -> Manifest:  # noqa: ANN401 - JSON may hold anything
    version = stored.get("version") if isinstance(stored, dict) else None
    if version not in _READERS:
        known = ", ".join(map(str, _READERS))
        raise TableError(f"{file} has schema version {version!r}; this cjlab reads version {known}: update cjlab")
    try:
        return _READERS[version](stored)
    except (KeyError, TypeError, AttributeError) as error:
        raise TableError(f"{file} lacks or garbles {error}; restore it from a copy") from error


def _version_1(stored: Mapping[str, Any]) -> Manifest:
    if stored["shards"]["hash"] != HASH:
        raise TableError(f"shards are made by {stored['shards']['hash']!r}; this cjlab knows {HASH!r}: update cjlab")
    return Manifest(
        timezone=stored["timezone"],
        shards=int(stored["shards"]["count"]),
        parts=tuple(stored["parts"]),
        vocabularies={name: tuple(words) for name, words in stored["vocabularies"].items()},
        pseudonyms=stored["pseudonyms"],
    )


_READERS = {1: _version_1}  # one for each version that was ever written; a new one keeps the old
