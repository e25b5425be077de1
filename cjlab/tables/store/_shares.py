"""A stored log parted into its shards, each a log of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import polars as pl

from cjlab.tables.store._scan import scan, types

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cjlab.tables._tables import Tables
    from cjlab.tables.store._file import StoredFile


@dataclass(frozen=True, eq=False)
class Stored:
    """Where the rows of a log lie.

    Parameters
    ----------
    folder : pathlib.Path
        The folder.
    files : mapping
        The files of each table, in the order of shards and parts: those of the whole log, or of one shard.
    frames : mapping
        The tables as they were read from there; a table that is not the very same has other rows.
    spoken : mapping
        The words of the whole log: its events, channels and devices.
    """

    folder: Path
    files: Mapping[str, Sequence[StoredFile]]
    frames: Mapping[str, pl.LazyFrame]
    spoken: Mapping[str, tuple[str, ...]]

    def holds(self, tables: Tables) -> bool:
        """Tell whether tables are those that were read from here."""
        given = tables.tables
        return given.keys() == self.frames.keys() and all(given[name] is frame for name, frame in self.frames.items())


def parted(tables: Tables) -> list[dict[str, Any]]:
    """Return what the log of each shard is made of; nothing where a log is not stored, or is one shard."""
    stored = tables.stored
    if stored is None or not stored.holds(tables):
        return []
    shards: dict[int | None, dict[str, list[StoredFile]]] = {}
    for name, files in stored.files.items():
        for file in files:
            shards.setdefault(file.shard, {}).setdefault(name, []).append(file)
    unsplit = shards.pop(None, {})
    if len(shards) <= 1:
        return []
    columns = {name: types(stored.folder, files) for name, files in stored.files.items() if name not in unsplit}
    given = {"timezone": tables.timezone, "keyed": tables.keyed, "learned": tables.learned, "erased": tables.erased}
    return [{**given, **_share(stored, columns, {**shards[number], **unsplit})} for number in sorted(shards)]  # type: ignore[type-var] # None was taken out


def _share(
    stored: Stored, columns: Mapping[str, Mapping[str, pl.DataType]], files: Mapping[str, Sequence[StoredFile]]
) -> dict[str, Any]:
    """Return the tables of one shard; those that are not split by customers are everybody's."""
    mine = {name: tuple(files.get(name, ())) for name in stored.frames}
    frames = {
        name: _scanned(stored.folder, mine[name], columns[name]) if name in columns else frame
        for name, frame in stored.frames.items()
    }
    return {**frames, "stored": Stored(stored.folder, mine, frames, stored.spoken)}


def _scanned(folder: Path, files: Sequence[StoredFile], columns: Mapping[str, pl.DataType]) -> pl.LazyFrame:
    return scan(folder, files, columns) if files else pl.LazyFrame(schema=dict(columns))
