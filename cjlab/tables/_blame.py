"""Whose fault it is when reading or writing fails: a table that cannot be read, or the folder."""

from __future__ import annotations

import errno
import os
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import polars as pl

from cjlab.errors import CjlabError, TableError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_OF_DISKS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}  # no source of rows answers so
_NUMBERED = re.compile(r"\(os error (\d+)\)")  # how Polars words what the system said


@contextmanager
def readable(tables: Mapping[str, pl.LazyFrame]) -> Iterator[None]:
    """Name the table that cannot be read, if reading fails."""
    try:
        yield
    except CjlabError:
        raise
    except (OSError, pl.exceptions.PolarsError) as error:
        _accuse(tables, error)
        raise


@contextmanager
def writable(folder: Path, tables: Mapping[str, pl.LazyFrame] | None = None) -> Iterator[None]:
    """Name the folder if it cannot be written, or the table that should be and cannot be read."""
    try:
        yield
    except CjlabError:
        raise
    except (OSError, pl.exceptions.PolarsError) as error:
        if _number(error) not in _OF_DISKS:
            _accuse(tables or {}, error)
        advice = "nothing was changed there; see to its space and rights, or choose another folder"
        raise TableError(f"{folder} cannot be written ({_said(error)}); {advice}") from error


def _accuse(tables: Mapping[str, pl.LazyFrame], error: Exception) -> None:
    """Raise an error that names the first table whose rows cannot be read, if there is one."""
    for name, frame in tables.items():
        fault = _fault(frame)
        if fault is not None:
            advice = "mend what its frame is made of; a stored log that was changed since must be read again"
            raise TableError(f"{name} cannot be read ({_said(fault)}); {advice}") from error


def _fault(frame: pl.LazyFrame) -> Exception | None:
    try:
        for _ in frame.collect_batches(engine="streaming"):
            pass
    except (OSError, pl.exceptions.PolarsError) as error:
        return error
    return None


def _said(error: Exception) -> str:
    """Return the first line of what the system or Polars said."""
    number = _number(error)
    return os.strerror(number) if number else str(error).strip().partition("\n")[0]


def _number(error: Exception) -> int | None:
    found = _NUMBERED.search(str(error))
    return error.errno if isinstance(error, OSError) and error.errno else int(found[1]) if found else None
