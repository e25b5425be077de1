"""What may not be stored: broken tables, a log beside its key, a log that does not fit the stored one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab.errors import KeyMaterialError, TableError
from cjlab.tables.contract._findings import Findings
from cjlab.tables.contract._structure import structure

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import polars as pl

    from cjlab.tables._tables import Tables
    from cjlab.tables.store._manifest import Manifest


def occupied(folder: Path, *, advice: str = "add to its log with Log.append, or write to another folder") -> None:
    """Refuse a folder that holds something."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise TableError(f"{folder} exists; {advice}")


def broken(tables: Mapping[str, pl.LazyFrame]) -> None:
    """Refuse tables whose columns are not as declared; wrong values are for the check to find."""
    Findings(tuple(structure(tables)[1])).require()


def beside_key(log: Tables, folder: Path) -> None:
    """Refuse a log beside the key of its pseudonyms, or around it."""
    beside(log.keyed.file if log.keyed else None, folder)


def beside(key: Path | None, folder: Path) -> None:
    """Refuse a key that lies beside a log, or in it."""
    if key is not None and (key.parent == folder.parent or folder in key.parents):
        raise KeyMaterialError(f"the key lies beside the data: {key} and {folder}; move the key to a folder of its own")


def repeated(manifest: Manifest, folder: Path, *, part: str, again: bool) -> None:
    """Refuse a part that brings the very rows of an earlier one, unless they are said to have happened again."""
    rows = manifest.received.get(part)
    before = next((name for name, known in manifest.received.items() if known == rows and name != part), None)
    if rows is not None and before is not None and not again:
        advice = "nothing was added; if they happened once more, say so: append(folder, again=True)"
        raise TableError(f"{folder} holds these very rows already, as its part {before}; {advice}")


def unlike(log: Tables, folder: Path, *, stored: Manifest) -> None:
    """Refuse a log of another zone or key than the one stored in the folder."""
    if log.timezone != stored.timezone:
        raise TableError(
            f"the log is local to {log.timezone}, but {folder} to {stored.timezone}; give both one timezone"
        )
    mark = log.keyed.mark if log.keyed else None
    if mark != stored.pseudonyms:
        raise KeyMaterialError(
            f"the log has {_key(mark)}, but {folder} has {_key(stored.pseudonyms)}; "
            "pseudonymise it under the key of the stored log"
        )


def _key(mark: str | None) -> str:
    return f"pseudonyms of the key {mark}" if mark else "no pseudonyms"
