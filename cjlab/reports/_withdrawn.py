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

    A record loses its name first, then the index is rebuilt, then its files go; whoever was stopped calls it again.

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
            for record in found:
                record.folder.rename(record.folder.with_name(f".{record.folder.name}{_GOING}"))
            _cleared(place)
    return Withdrawn(found, len(named) - len(wanted))


def _names(record: Record, wanted: list[str]) -> bool:
    words = re.compile(rb"(?<![\w])(?:" + b"|".join(re.escape(one.encode()) for one in wanted) + rb")(?![\w])")
    files = [file for file in record.folder.rglob("*") if file.is_file()]
    return any(words.search(file.read_bytes()) for file in files)


def _cleared(place: Path) -> None:
    """Remove what lost its name, now or by one who died: the index forgets it first, so that it is never forgotten."""
    going = sorted(place.glob(f"*/.*{_GOING}"))
    if going:
        rebuild(place)
    for one in going:
        shutil.rmtree(one)
