"""Publishing: a finished folder takes its place by one rename, or not at all."""

from __future__ import annotations

import errno
from contextlib import suppress
from typing import TYPE_CHECKING

from cjlab.reports import _scratch
from cjlab.reports._record import INCOMPLETE, PUBLISHED, Record

if TYPE_CHECKING:
    from pathlib import Path

_TAKEN = (errno.EEXIST, errno.ENOTEMPTY)


def published(shelf: Path, key: str) -> list[Record]:
    """Return the complete records with this key among those of one notebook, the first made first."""
    matches = [(PUBLISHED.fullmatch(path.name), path) for path in (shelf.iterdir() if shelf.is_dir() else ())]
    found = [(int(match["again"] or 1), path) for match, path in matches if match and match["key"] == key]
    return [Record(path) for _, path in sorted(found)]


def publish(made: Path, shelf: Path, name: str, *, again: bool) -> Record:
    """Give a finished folder its name among the records of one notebook.

    Where another run has just published the same key, its record is returned and this one is dropped; with ``again``
    the next free number is taken.
    """
    key = name[-8:]
    while True:
        earlier = published(shelf, key)
        if earlier and not again:
            return earlier[0]
        target = shelf / (f"{name}-{_number(earlier[-1]) + 1}" if earlier else name)
        if _moved(made, target):
            _clear(shelf, key)
            return Record(target)


def leave(made: Path, shelf: Path, name: str) -> Record:
    """Leave what a failed run made beside the records, in the place of an earlier failure with the same key."""
    target = shelf / f"{name}-incomplete"
    while True:
        _clear(shelf, name[-8:])
        if _moved(made, target):
            return Record(target)


def _moved(made: Path, target: Path) -> bool:
    try:
        made.rename(target)
    except OSError as taken:
        if taken.errno not in _TAKEN:
            raise
        return False
    return True


def _number(record: Record) -> int:
    match = PUBLISHED.fullmatch(record.folder.name)
    return int(match["again"] or 1) if match else 1


def _clear(shelf: Path, key: str) -> None:
    """Take away what failed runs with this key left: each goes in one rename, then is removed."""
    for path in list(shelf.iterdir()):
        match = INCOMPLETE.fullmatch(path.name)
        if match and match["key"] == key:
            with _scratch.folder(shelf) as bin_, suppress(FileNotFoundError):
                path.rename(bin_ / path.name)
