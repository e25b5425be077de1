"""What each part of a stored log brought: the fingerprint of its rows, by which rows that come twice are noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cjlab.tables._fingerprint import fingerprint
from cjlab.tables.store._file import intact
from cjlab.tables.store._part import BASE, GATHERED
from cjlab.tables.store._scan import scanned

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cjlab.tables.store._file import StoredFile
    from cjlab.tables.store._manifest import Manifest


def brought(manifest: Manifest, folder: Path) -> str:
    """Return the fingerprint of all rows that a manifest names; a table without rows does not count."""
    filled = {file.table for file in manifest.files if file.rows}
    tables = {name: frame for name, frame in scanned(folder, manifest).items() if name in filled}
    return fingerprint(tables, timezone=manifest.timezone)


def remembered(manifest: Manifest, folder: Path, *, like: Iterable[StoredFile] | None = None) -> Manifest:
    """Add the fingerprints of parts that have none yet, of which every byte is verified first.

    The base of a log that was written shard by shard has none: to take it costs as much as to write the rows, and it
    is needed only before the base is folded, or to tell the rows of ``like`` from those of a part that has as many in
    each table.
    """
    wanted = None if like is None else _counts(like)
    unknown = {
        part: files
        for part, files in _parts(manifest).items()
        if part not in manifest.received and _counts(files) and wanted in (None, _counts(files))
    }
    for files in unknown.values():
        intact(files, folder, within=True)  # or what is damaged would be taken for what came
    known = {part: brought(replace(manifest, files=tuple(files)), folder) for part, files in unknown.items()}
    return replace(manifest, received={**known, **manifest.received})


def _parts(manifest: Manifest) -> dict[str, list[StoredFile]]:
    """Return the files of each part; what was gathered from all shards came with the base."""
    found: dict[str, list[StoredFile]] = {}
    for file in manifest.files:
        found.setdefault(BASE if file.part == GATHERED else file.part, []).append(file)
    return found


def _counts(files: Iterable[StoredFile]) -> dict[str, int]:
    """Count the rows of each table that has some."""
    rows: dict[str, int] = {}
    for file in files:
        if file.rows:
            rows[file.table] = rows.get(file.table, 0) + file.rows
    return rows
