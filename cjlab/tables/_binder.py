"""A table in the making: sheets come in any order, each whole or not at all, and the name comes last."""

from __future__ import annotations

import json
import os
import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from cjlab.errors import TableError
from cjlab.tables import _refusals
from cjlab.tables._assembly import stage_of
from cjlab.tables._begun import ABOUT, begun
from cjlab.tables._blame import writable
from cjlab.tables._file import StoredFile
from cjlab.tables._manifest import settle
from cjlab.tables._part import lay
from cjlab.tables._stage import locked
from cjlab.tables._versions import sealed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import polars as pl

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
        return tuple(number for number in self.sheets if not (stage_of(self.folder) / sheet_of(number)).exists())

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
        stage = stage_of(self.folder)
        draft = stage / f".{sheet_of(number)}.{uuid4().hex}"
        with writable(self.folder):
            lay(rows.lazy(), draft)
            draft.replace(stage / sheet_of(number))
            settle(stage)

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
        stage = stage_of(self.folder)
        with writable(self.folder):
            files = [asdict(StoredFile.measured(stage, sheet_of(number))) for number in self.sheets]
            told = sealed({"version": _VERSION, "about": dict(self.about), "files": files})
            _told(stage / NAME, json.dumps(told, indent=2, ensure_ascii=False))
            stage.rename(self.folder)
            settle(self.folder.parent)
            (self.folder / ABOUT).unlink(missing_ok=True)


@contextmanager
def binding(folder: Path, *, sheets: tuple[int, ...], about: Mapping[str, Any]) -> Iterator[Binder]:
    """Hold a table in the making against every other writer; leave nothing where nothing was added."""
    binder = Binder(folder, sheets, json.loads(json.dumps(about)))
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


def sheet_of(number: int) -> str:
    """Return the name of a sheet's file."""
    return f"shard={number:04d}.parquet"


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
