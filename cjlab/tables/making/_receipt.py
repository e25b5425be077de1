"""The receipt of a shard: what one shard brought to a log in the making."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from cjlab._durable import settle
from cjlab.tables.store._file import StoredFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

NAME = "receipt.json"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What some rows brought to a log in the making.

    Parameters
    ----------
    files
        The files that hold them, named by the places that they will have in the log.
    words
        The words of the vocabularies.
    columns
        The columns of every table that has rows, and their types.
    aside
        How many rows of each table wait for the end, since they belong to another shard or to none.
    """

    files: tuple[StoredFile, ...]
    words: Mapping[str, tuple[str, ...]]
    columns: Mapping[str, Mapping[str, str]]
    aside: Mapping[str, int]

    @classmethod
    def read(cls, folder: Path) -> Receipt | None:
        """Return the receipt in a folder; none where nothing was finished."""
        try:
            given = json.loads((folder / NAME).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        files = tuple(StoredFile(**file) for file in given.pop("files"))
        words = {name: tuple(said) for name, said in given.pop("words").items()}
        return cls(files=files, words=words, **given)

    def write(self, folder: Path) -> None:
        """Put the receipt into a folder, so that it outlives a power cut."""
        with (folder / NAME).open("w", encoding="utf-8") as file:
            json.dump(asdict(self), file, ensure_ascii=False)
            file.flush()
            os.fsync(file.fileno())
        settle(folder)


def spoken(receipts: Iterable[Receipt]) -> dict[str, tuple[str, ...]]:
    """Return all words, vocabulary by vocabulary, in the order of the alphabet."""
    words: dict[str, set[str]] = {}
    for receipt in receipts:
        for name, said in receipt.words.items():
            words.setdefault(name, set()).update(said)
    return {name: tuple(sorted(said)) for name, said in words.items()}


def columns_of(frames: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    """Return the columns and types of the tables that have rows."""
    return {name: {c: str(t) for c, t in frame.schema.items()} for name, frame in frames.items() if frame.height}
