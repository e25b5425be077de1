"""Records that name a customer are withdrawn whole: what was published is not written over."""

from __future__ import annotations

import re
import shutil
from typing import TYPE_CHECKING, Final, NamedTuple

from cjlab.reports import _storage
from cjlab.reports._index import rebuild
from cjlab.reports._record import Record, records
from cjlab.tables import identifiers

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

_LEAST: Final = 6  # characters: a shorter identifier is any number of a page
_GOING: Final = ".withdrawn"


class Withdrawn(NamedTuple):
    """Records that named a customer.

    Parameters
    ----------
    records : tuple of Record
        Those that were removed, or would be.
    unsearched : int
        How many identifiers were too short to be told from other numbers and words, so that no record was looked
        through for them.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.reports.withdraw("customer-0017", reports="no/such/folder")
    Withdrawn(records=(), unsearched=0)
    """

    records: tuple[Record, ...]
    unsearched: int


def withdraw(
    customers: Iterable[int | str] | int | str, *, reports: Path | str | None = None, dry: bool = False
) -> Withdrawn:
    """Remove every record of which a file names one of some customers, and rebuild the index.

    Pages speak of groups, so that a record names a customer only where a parameter or a text does. An identifier is
    looked for as a whole word in the bytes of every file of a record; one of fewer than six characters is not, since
    numbers of a page look the same.

    Parameters
    ----------
    customers : iterable of int or str, int or str
        Their identifiers.
    reports : Path or str, optional
        Folder of the records; ``./reports`` when not given.
    dry : bool
        Whether to list only.

    Returns
    -------
    Withdrawn
        The records.

    Raises
    ------
    SpecError
        When no identifier is given, or one is neither a whole number nor text.
    ReportError
        When the folder cannot be written.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.reports.withdraw([7, "ada@example.org"], reports="no/such/folder").unsearched
    1
    """
    named = identifiers(customers)
    wanted = sorted(one for one in named if len(one) >= _LEAST)
    place = _storage.folder(reports)
    found = tuple(record for record in records(place) if wanted and _names(record, wanted))
    if place.is_dir() and not dry:
        with _storage.writing(place):
            _sweep(place)
            for record in found:
                _remove(record.folder)
        if found:
            rebuild(place)
    return Withdrawn(found, len(named) - len(wanted))


def _names(record: Record, wanted: list[str]) -> bool:
    words = re.compile(rb"(?<![\w])(?:" + b"|".join(re.escape(one.encode()) for one in wanted) + rb")(?![\w])")
    files = [file for file in record.folder.rglob("*") if file.is_file()]
    return any(words.search(file.read_bytes()) for file in files)


def _remove(folder: Path) -> None:
    """Remove a record: its name goes first, so that no half of it is taken for one."""
    going = folder.with_name(f".{folder.name}{_GOING}")
    folder.rename(going)
    shutil.rmtree(going)


def _sweep(place: Path) -> None:
    """Finish what was left by one who died."""
    for going in place.glob(f"*/.*{_GOING}"):
        shutil.rmtree(going)
