"""Folders that exist while a run lasts. A run that is killed leaves one behind; the next run of any notebook sweeps it.

The name of the folder is its marker: host, process and start of that process stand in it from the moment it exists.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from platform import node
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = re.compile(r"\.?cjlab-([0-9a-f]{6})-(\d+)-(\d+)-.*")
_SHORT = ("/tmp", "/var/tmp")  # noqa: S108 - a folder in them is made by mkdtemp, for its owner alone
_TOLERANCE = 2  # seconds: the system's clock may be set while a process runs


@contextmanager
def folder(parent: Path | None = None) -> Iterator[Path]:
    """Make a folder (in ``parent``, or where temporary files go), and remove it when it is left."""
    import psutil

    process = psutil.Process()
    marker = f"cjlab-{_host()}-{process.pid}-{int(process.create_time())}-"
    made = Path(tempfile.mkdtemp(prefix=marker if parent is None else f".{marker}", dir=parent))
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def sweep(place: Path) -> None:
    """Remove what runs on this host whose process is gone left among the records in ``place``, and where they ran."""
    shelves = [path for path in _inside(place) if path.is_dir() and not path.name.startswith(".")]
    for left in (left for parent in (*shelves, *temporary()) for left in _inside(parent)):
        marker = _NAME.fullmatch(left.name)
        if marker and marker[1] == _host() and not _alive(int(marker[2]), int(marker[3])):
            shutil.rmtree(left, ignore_errors=True)


def temporary() -> list[Path]:
    """List the folders in which a run may have worked: where temporary files go, else where paths are short."""
    with suppress(OSError):  # on a full disk there is none
        return list(dict.fromkeys([Path(tempfile.gettempdir()), *map(Path, _SHORT)]))
    return list(map(Path, _SHORT))


def _inside(place: Path) -> list[Path]:
    try:
        return list(place.iterdir())
    except OSError:  # not there, or not ours to look into
        return []


def _alive(pid: int, started: int) -> bool:
    import psutil

    try:
        return bool(abs(psutil.Process(pid).create_time() - started) <= _TOLERANCE)
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return True


def _host() -> str:
    return sha256(node().encode()).hexdigest()[:6]
