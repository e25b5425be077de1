"""A table in the making: sheets come in any order, each whole or not at all, and the name comes last."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from cjlab._durable import settle
from cjlab.errors import TableError
from cjlab.tables.making._assembly import stage_of
from cjlab.tables.making._begun import ABOUT, begun
from cjlab.tables.store import _refusals
from cjlab.tables.store._blame import writable
from cjlab.tables.store._file import StoredFile
from cjlab.tables.store._mapped import SUFFIX, again, mapped
from cjlab.tables.store._mapped import lay as lay_mapped
from cjlab.tables.store._part import lay
from cjlab.tables.store._stage import locked
from cjlab.tables.store._versions import sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    import polars as pl
    import pyarrow as pa

NAME = "sheaf.json"
_VERSION = 1


@dataclass(frozen=True)
class Binder:
    """What takes the sheets of a table in the making, from any thread or process.

    Parameters
    ----------
    folder : pathlib.Path
        Where the table will be.
    sheets : tuple of int
        The numbers of its sheets.
    about : mapping
        What it is.
    mapped : bool
        Whether a sheet is Arrow, which is mapped into memory, and may have others beside it.

    Examples
    --------
    >>> from pathlib import Path
    >>> from cjlab.tables import Binder
    >>> Binder(Path("points"), (0, 3), {}).missing
    (0, 3)
    """

    folder: Path
    sheets: tuple[int, ...]
    about: Mapping[str, Any]
    mapped: bool = False

    @cached_property
    def stage(self) -> Path:
        """Where it is made.

        Examples
        --------
        >>> from pathlib import Path
        >>> from cjlab.tables import Binder
        >>> Binder(Path("points"), (0, 3), {}).stage.name
        '.points.unfinished'
        """
        return stage_of(self.folder)

    @property
    def missing(self) -> tuple[int, ...]:
        """The sheets that are not there yet.

        Examples
        --------
        >>> from pathlib import Path
        >>> from cjlab.tables import Binder
        >>> Binder(Path("points"), (0, 3), {}).missing
        (0, 3)
        """
        return tuple(number for number in self.sheets if not (self.stage / self._sheet(number)).exists())

    def add(self, number: int, rows: pl.DataFrame) -> None:
        """Write one sheet: all of it or, if it fails, nothing.

        Parameters
        ----------
        number : int
            Which.
        rows : polars.DataFrame
            Its rows.

        Raises
        ------
        TableError
            When the folder cannot be written.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> import polars as pl
        >>> from cjlab.tables import Sheaf
        >>> with TemporaryDirectory() as home, Sheaf.making(f"{home}/points", sheets=[0, 3], about={}) as binder:
        ...     binder.add(3, pl.DataFrame({"customer_id": [1]}))
        ...     binder.missing
        (0,)
        """
        with writable(self.folder):
            self._put(sheet_of(number), lambda draft: lay(rows.lazy(), draft))
            settle(self.stage)

    def map(self, number: int, rows: pa.Table, *, beside: Mapping[str, pa.Table | Path]) -> None:
        """Write one sheet that is mapped, and what lies beside it: all of it or, if it fails, nothing that counts.

        Parameters
        ----------
        number : int
            Which.
        rows : pyarrow.Table
            Its rows.
        beside : mapping
            Other tables of the same shard, by name, or where one lies already: a file of another sheaf, which is never
            written again, gets a second name here, and is not copied where the disk is the same.

        Raises
        ------
        TableError
            When the folder cannot be written.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> import pyarrow as pa
        >>> from cjlab.tables import Sheaf
        >>> with TemporaryDirectory() as home:
        ...     with Sheaf.making(f"{home}/points", sheets=[0], about={}, mapped=True) as binder:
        ...         binder.map(0, pa.table({"customer_id": [1]}), beside={"why": pa.table({"day": [3, 4]})})
        ...         binder.finish()
        ...     Sheaf.read(f"{home}/points").mapped(0, "why")["day"].to_pylist()
        [3, 4]
        """
        with writable(self.folder):
            for name, one in beside.items():
                self._put(sheet_of(number, name, mapped=True), partial(_laid, one))
            self._put(sheet_of(number, mapped=True), partial(lay_mapped, rows))
            settle(self.stage)

    def _sheet(self, number: int) -> str:
        return sheet_of(number, mapped=self.mapped)

    def _put(self, name: str, write: Callable[[Path], None]) -> None:
        """Write a file under another name first, lest half of it be taken for all."""
        draft = self.stage / f".{name}.{uuid4().hex}"
        write(draft)
        draft.replace(self.stage / name)

    def finish(self) -> None:
        """Give the table its name.

        Raises
        ------
        TableError
            When sheets are missing, or the folder cannot be written.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> from cjlab.tables import Sheaf
        >>> with TemporaryDirectory() as home, Sheaf.making(f"{home}/points", sheets=[0], about={}) as binder:
        ...     binder.finish()
        Traceback (most recent call last):
        cjlab.errors.TableError: ...points lacks the sheets (0,); add them with Binder.add
        """
        if self.missing:
            raise TableError(f"{self.folder} lacks the sheets {self.missing}; add them with Binder.add")
        stage = self.stage
        with writable(self.folder):
            files = [asdict(self._measured(stage, name)) for name in self._named(stage)]
            told = sealed({"version": _VERSION, "about": dict(self.about), "files": files})
            _told(stage / NAME, json.dumps(told, ensure_ascii=False))
            stage.rename(self.folder)
            settle(self.folder.parent)
            (self.folder / ABOUT).unlink(missing_ok=True)

    def _named(self, stage: Path) -> list[str]:
        """Return the sheets and, behind each, what lies beside it."""
        beside = sorted(file.name for file in stage.glob(f"shard=*.*{SUFFIX}")) if self.mapped else []
        return sorted([*(self._sheet(number) for number in self.sheets), *beside])

    def _measured(self, stage: Path, name: str) -> StoredFile:
        """Take the measure of a file; what is mapped is not read for it, since it may be as large as a log."""
        if not self.mapped:
            return StoredFile.measured(stage, name)
        rows = mapped(stage / name).num_rows if name.count(".") == 1 else 0  # what lies beside is no row of the table
        return StoredFile.measured(stage, name, rows=rows, content=False)


@contextmanager
def binding(
    folder: Path, *, sheets: tuple[int, ...], about: Mapping[str, Any], mapped: bool = False
) -> Iterator[Binder]:
    """Hold a table in the making against every other writer; leave nothing where nothing was added."""
    binder = Binder(folder, sheets, json.loads(json.dumps(about)), mapped)
    stage = stage_of(folder)
    with ExitStack() as held:
        with writable(folder):
            _refusals.occupied(folder, advice="choose another folder, or remove it")
            stage.mkdir(parents=True, exist_ok=True)
            held.enter_context(locked(stage))
            held.callback(_leave, binder)
            _swept(stage)
            begun(stage, {"version": _VERSION, "sheets": list(sheets), **binder.about}, kind="table")
        yield binder


def sheet_of(number: int, beside: str = "", *, mapped: bool = False) -> str:
    """Return the name of a sheet's file, or of what lies beside it."""
    return f"shard={number:04d}{'.' if beside else ''}{beside}{SUFFIX if mapped else '.parquet'}"


def _laid(given: pa.Table | Path, draft: Path) -> None:
    if isinstance(given, Path):
        again(given, draft)
    else:
        lay_mapped(given, draft)


def _told(file: Path, text: str) -> None:
    with file.open("w", encoding="utf-8") as opened:
        opened.write(text + "\n")
        opened.flush()
        os.fsync(opened.fileno())
    settle(file.parent)


def _swept(stage: Path) -> None:
    """Remove the drafts that the dead left, and the name of what was almost finished."""
    for draft in stage.glob(".shard=*"):
        draft.unlink(missing_ok=True)
    (stage / NAME).unlink(missing_ok=True)


def _leave(binder: Binder) -> None:
    stage = stage_of(binder.folder)
    if stage.exists() and binder.missing == binder.sheets:
        shutil.rmtree(stage, ignore_errors=True)
