"""A file of a stored log: where it lies, and what it was when it was written."""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import polars as pl

from cjlab.errors import TableError
from cjlab.tables.contract._schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from io import BufferedReader
    from pathlib import Path

TABLES = (*SCHEMA, "unassigned")
_PLACE = re.compile(rf"({'|'.join(TABLES)})(?:/shard=(\d{{4}}))?/([\w-]+)(?:\.(\d+))?\.parquet")
_ENDS = (b"PAR1", b"ARROW1")  # a Parquet or an Arrow file ends in the length of its footer and this word
_SHOWN = 5  # damaged files named in an error


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One Parquet file of a log, by which its loss, exchange or change is noticed.

    Parameters
    ----------
    place
        Where it lies in the folder, such as ``"events/shard=0042/base.parquet"``; ``base.2.parquet``, when rows were
        taken out of it.
    rows
        How many rows it has.
    size
        How many bytes.
    footer
        SHA-256 of its footer, which holds schema, row counts, offsets and extremes: quick to compare.
    content
        SHA-256 of the whole file, as ``sha256sum`` gives it; None in a log of a version that did not keep it.
    """

    place: str
    rows: int
    size: int
    footer: str
    content: str | None

    @property
    def table(self) -> str:
        """The table whose rows it holds."""
        return parsed(self.place)[0]

    @property
    def shard(self) -> int | None:
        """The shard of customers; None for a table that is not split."""
        return parsed(self.place)[1]

    @property
    def part(self) -> str:
        """The part it belongs to: the base or an increment."""
        return parsed(self.place)[2]

    @classmethod
    def measured(cls, folder: Path, place: str, *, rows: int | None = None, content: bool = True) -> StoredFile:
        """Take the measure of a file as it lies there; who has just written it says how many rows it should have."""
        file = folder / place
        if rows is None:
            scan = pl.scan_parquet(file, hive_partitioning=False, glob=False)
            rows = int(scan.select(pl.len()).collect().item())
        with file.open("rb") as opened:
            return cls(place, rows, _size(opened), _footer(opened), _content(opened) if content else None)

    def fault(self, folder: Path) -> str | None:
        """Say what is wrong with the file, as far as its size and its footer tell; None if nothing is."""
        try:
            with (folder / self.place).open("rb") as opened:
                return self._changed(opened)
        except FileNotFoundError:
            return f"{self.place} is missing"
        except OSError as error:
            return f"{self.place} cannot be read ({error.strerror})"

    def fault_within(self, folder: Path) -> str | None:
        """Say what is wrong with the file, every byte considered; None if nothing is."""
        fault = self.fault(folder)
        if fault is not None or self.content is None:
            return fault
        with (folder / self.place).open("rb") as opened:
            return None if _content(opened) == self.content else f"{self.place} is not as it was written"

    def _changed(self, opened: BufferedReader) -> str | None:
        size = _size(opened)
        if size != self.size:
            return f"{self.place} has {size:,} bytes where {self.size:,} were written"
        return None if _footer(opened) == self.footer else f"{self.place} is another file than was written"


@lru_cache(maxsize=1 << 14)
def parsed(place: str) -> tuple[str, int | None, str]:
    """Return the table, shard and part of a place; a ValueError says that no file of a log lies there."""
    found = _PLACE.fullmatch(place)
    if found is None:
        raise ValueError(f"{place!r} is no place of a log")
    return found[1], None if found[2] is None else int(found[2]), found[3]


def generation(place: str) -> int:
    """Return how many times a file was made: once, and once more whenever rows were taken out of it."""
    found = _PLACE.fullmatch(place)
    return 1 if found is None or found[4] is None else int(found[4])


def succeeding(place: str) -> str:
    """Return where a file lies once rows have been taken out of it."""
    stem = place.removesuffix(".parquet").removesuffix(f".{generation(place)}")
    return f"{stem}.{generation(place) + 1}.parquet"


def placed(folder: Path) -> list[str]:
    """List the places below a folder where files of a log lie; what else a person keeps there is his."""
    tables = [folder / name for name in TABLES]
    found = [file for table in tables for file in (*table.glob("*.parquet"), *table.glob("shard=*/*.parquet"))]
    places = [file.relative_to(folder).as_posix() for file in found]
    return sorted(place for place in places if _PLACE.fullmatch(place))


def intact(files: Iterable[StoredFile], folder: Path, *, within: bool = False) -> None:
    """Refuse files that are not as they were written."""
    faults = [file.fault_within(folder) if within else file.fault(folder) for file in files]
    if any(faults):
        raise damage([fault for fault in faults if fault], folder)


def damage(faults: Sequence[str], folder: Path) -> TableError:
    """Say in an error which files are damaged: the first of them."""
    more = f" and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
    said = f"{'; '.join(faults[:_SHOWN])}{more}"
    return TableError(f"{folder} is damaged: {said}; restore it from a copy, or write the log anew")


def _size(opened: BufferedReader) -> int:
    return os.fstat(opened.fileno()).st_size


def _footer(opened: BufferedReader) -> str:
    """Digest the footer; of a file that has none, whatever its end may be."""
    size = _size(opened)
    opened.seek(max(0, size - 10))
    end = opened.read()
    magic = next((word for word in _ENDS if end.endswith(word)), None)
    tail = 8 if magic is None else 4 + len(magic)
    length = int.from_bytes(end[-tail:][:4], "little") if magic else 0
    opened.seek(max(0, size - tail - length))
    return hashlib.sha256(opened.read()).hexdigest()


def _content(opened: BufferedReader) -> str:
    opened.seek(0)
    return hashlib.file_digest(opened, "sha256").hexdigest()
