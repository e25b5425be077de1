"""A stage: a hidden folder beside the true one, where things are made before they are seen."""

from __future__ import annotations

import fcntl
import os
import secrets
import shutil
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cjlab.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SUFFIX = ".part"


@contextmanager
def staged(folder: Path) -> Iterator[Path]:
    """Give an empty hidden folder beside ``folder``, gone at the end; sweep those that the dead left."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for leftover in folder.parent.glob(f".{folder.name}.*{_SUFFIX}"):
        _sweep(leftover)
    stage = folder.parent / f".{folder.name}.{secrets.token_hex(4)}{_SUFFIX}"
    stage.mkdir()
    with locked(stage):
        try:
            yield stage
        finally:
            shutil.rmtree(stage, ignore_errors=True)


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


def _sweep(leftover: Path) -> None:
    """Remove what a writer left who is no more."""
    try:
        with locked(leftover):
            shutil.rmtree(leftover)
    except (TableError, FileNotFoundError):  # its writer lives, or another one swept it
        return
