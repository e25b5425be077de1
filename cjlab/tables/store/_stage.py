"""A stage: a hidden folder beside the true one, where things are made before they are seen."""

from __future__ import annotations

import fcntl
import os
import re
import secrets
import shutil
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from cjlab.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_PATIENCE = (0.0, 0.05, 0.1, 1.0, 3.0, 6.0)  # seconds; a write that failed may be opening files for so long

_ANY = re.compile(r"\..+\.[0-9a-f]{8}\.part", re.DOTALL)


@contextmanager
def staged(place: Path) -> Iterator[Path]:
    """Give an empty hidden folder beside ``place``, gone at the end; sweep those that the dead left."""
    place.parent.mkdir(parents=True, exist_ok=True)
    swept_beside(place)
    with ExitStack() as held:
        stage = _raised(place, held)
        held.callback(_remove, stage)
        yield stage


def swept_beside(place: Path) -> None:
    """Remove what dead writers of a place left beside it."""
    for leftover in _stages(place):
        _sweep(leftover)


def swept(folder: Path) -> None:
    """Remove what dead writers left in a folder, whatever it was to become."""
    for one in list(folder.iterdir()):
        if _ANY.fullmatch(one.name):
            _sweep(one)


def _raised(place: Path, held: ExitStack) -> Path:
    """Make a stage and hold it; one that another writer swept before it was held is made again."""
    while True:
        stage = place.parent / f".{place.name}.{secrets.token_hex(4)}.part"
        stage.mkdir()
        try:
            held.enter_context(locked(stage))
        except (TableError, FileNotFoundError):
            continue
        if stage.exists():
            return stage


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a folder against every other writer; the lock dies with its process."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _lock(descriptor, folder)
        yield
    finally:
        os.close(descriptor)


def _lock(descriptor: int, folder: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise TableError(f"another process is writing to {folder}; try again when it has finished") from error


def _remove(stage: Path) -> None:
    """Remove a stage; a write that failed may still be opening files in it, so it must be seen gone a moment later."""
    for seconds in _PATIENCE:
        time.sleep(seconds)
        if not stage.exists():
            return
        shutil.rmtree(stage, ignore_errors=True)


def _stages(place: Path) -> list[Path]:
    """List the stages beside a place; its name may hold any character, so it is no pattern."""
    name = re.compile(rf"\.{re.escape(place.name)}\.[0-9a-f]{{8}}\.part")
    return [one for one in place.parent.iterdir() if name.fullmatch(one.name)]


def _sweep(leftover: Path) -> None:
    """Remove what a writer left who is no more."""
    try:
        with locked(leftover):
            shutil.rmtree(leftover)
    except (TableError, OSError):  # its writer lives, another one swept it, or it is another user's
        return
