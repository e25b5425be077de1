"""What is written stays written: names that outlive a power cut, files replaced in one step, folders held by one."""

from __future__ import annotations

import errno
import fcntl
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from cjlab.errors import CjlabError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def settle(folder: Path) -> None:
    """Make the names in a folder outlive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace(file: Path, content: bytes) -> None:
    """Put a file in place of the one before in one step; whoever calls holds the folder, as the draft has one name."""
    draft = file.with_name(f".{file.name}.part")
    with draft.open("wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    draft.replace(file)
    settle(file.parent)


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Wait until no other process holds a folder, and hold it; the hold dies with its process."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def writing(place: Path, error: type[CjlabError], *, then: str = "try again") -> Iterator[None]:
    """Turn what the system says while ``place`` is written into an error that names it and the way out."""
    try:
        yield
    except CjlabError:
        raise
    except OSError as wrong:
        advice = "free space on its disk" if wrong.errno in _FULL else "see to its rights"
        raise error(f"{place} cannot be written ({wrong.strerror}); {advice}, and {then}") from wrong
