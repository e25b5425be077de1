"""What may not be stored: broken tables, a log beside its key, a log that does not fit the stored one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab.errors import KeyMaterialError, TableError
from cjlab.tables._findings import Findings
from cjlab.tables._structure import structure

if TYPE_CHECKING:
    from pathlib import Path

    from cjlab.tables._tables import Tables


def occupied(folder: Path) -> None:
    """Refuse a folder that holds something."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise TableError(f"{folder} exists; add to its log with Log.append, or write to another folder")


def broken(log: Tables) -> None:
    """Refuse a log whose columns are not as declared; wrong values are for the check to find."""
    Findings(tuple(structure(log.tables)[1])).require()


def beside_key(log: Tables, folder: Path) -> None:
    """Refuse a log beside the key of its pseudonyms, or around it."""
    key = log.keyed.file if log.keyed else None
    if key is not None and (key.parent == folder.parent or folder in key.parents):
        raise KeyMaterialError(f"the key lies beside the data: {key} and {folder}; move the key to a folder of its own")


def unlike(log: Tables, folder: Path, *, stored: Tables) -> None:
    """Refuse a log of another zone or key than the one stored in the folder."""
    if log.timezone != stored.timezone:
        raise TableError(
            f"the log is local to {log.timezone}, but {folder} to {stored.timezone}; give both one timezone"
        )
    if (log.keyed and log.keyed.mark) != (stored.keyed and stored.keyed.mark):
        raise KeyMaterialError(
            f"the log has {_key(log)}, but {folder} has {_key(stored)}; pseudonymise it under the key of the stored log"
        )


def _key(log: Tables) -> str:
    return f"pseudonyms of the key {log.keyed.mark}" if log.keyed else "no pseudonyms"
