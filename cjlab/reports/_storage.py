"""Folders that records are written to: named at the door, and named again where they cannot be written."""

from __future__ import annotations

import errno
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from cjlab.errors import CjlabError, ReportError

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDER = Path("reports")
_FULL = (errno.ENOSPC, errno.EDQUOT)
_CLOSED = (errno.EACCES, errno.EPERM, errno.EROFS)


def folder(reports: Path | str | None) -> Path:
    """Return the folder of the records, absolute; ``./reports`` where none is given.

    Raises
    ------
    ReportError
        When no folder can be called so.
    """
    if reports is not None and "\0" in str(reports):
        raise ReportError(f"the folder of reports is {str(reports)!r}, which holds a NUL; name one without")
    return Path(reports if reports is not None else FOLDER).absolute()


@contextmanager
def writing(place: Path, *, otherwise: str = "name another folder of reports") -> Iterator[None]:
    """Turn what the system says while ``place`` is written into an error that names it and the way out.

    Raises
    ------
    ReportError
        When something in it cannot be made, written or moved.
    """
    try:
        yield
    except OSError as wrong:
        if isinstance(wrong, CjlabError):
            raise
        way_out = f"{_mended(wrong)}{otherwise}"
        raise ReportError(f"nothing can be written to {place}: {wrong.strerror or wrong}; {way_out}") from wrong


def _mended(wrong: OSError) -> str:
    if wrong.errno in _FULL:
        return "free space on its disk, or "
    return "ask for the right to write there, or " if wrong.errno in _CLOSED else ""
