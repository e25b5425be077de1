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

FAILURES = (OSError, pl.exceptions.PolarsError, pl.exceptions.PanicException)
_OF_DISKS = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS}  # no source of rows answers so
_NUMBERED = re.compile(r"\(os error (\d+)\)")  # how Polars words what the system said


@contextmanager
def readable(tables: Mapping[str, pl.LazyFrame]) -> Iterator[None]:
    """Name the table that cannot be read, if reading fails."""
    try:
        yield
    except CjlabError:
        raise
    except FAILURES as error:
        _accuse(tables, error)
        raise


@contextmanager
def writable(folder: Path, tables: Mapping[str, pl.LazyFrame] | None = None) -> Iterator[None]:
    """Name the folder if it cannot be written, or the table that should be and cannot be read."""
    try:
        yield
    except CjlabError:
        raise
    except FAILURES as error:
        if _number(error) not in _OF_DISKS:
            _accuse(tables or {}, error)
        advice = "nothing was changed there; see to its space and rights, or choose another folder"
        raise TableError(f"{folder} cannot be written ({_said(error)}); {advice}") from error


def planned(frame: pl.LazyFrame, table: str) -> pl.LazyFrame:
    """Return a frame whose columns can be told without its rows."""
    try:
        frame.collect_schema()
    except FAILURES as error:
        raise _unreadable(table, error) from error
    return frame


def _accuse(tables: Mapping[str, pl.LazyFrame], error: BaseException) -> None:
    """Raise an error that names the first table whose rows cannot be read, if there is one."""
    for name, frame in tables.items():
        fault = _fault(frame)
        if fault is not None:
            raise _unreadable(name, fault) from error


def _fault(frame: pl.LazyFrame) -> BaseException | None:
    try:
        for _ in frame.collect_batches(engine="streaming"):
            pass
    except FAILURES as error:
        return error
    return None


def _unreadable(table: str, error: BaseException) -> TableError:
    advice = "mend what its frame is made of; a stored log that was changed since must be read again"
    return TableError(f"{table} cannot be read ({_first_line(error)}); {advice}")


def _said(error: BaseException) -> str:
    """Return what the system said, or else the first line of what Polars did."""
    number = _number(error)
    return os.strerror(number) if number else _first_line(error)


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0]


def _number(error: BaseException) -> int | None:
    found = _NUMBERED.search(str(error))
    return error.errno if isinstance(error, OSError) and error.errno else int(found[1]) if found else None
