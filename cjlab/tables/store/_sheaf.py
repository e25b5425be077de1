"""A table in sheets: one Parquet file a shard of customers, in a folder that is there whole or not at all."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Any

import polars as pl

from cjlab.errors import TableError
from cjlab.tables.store._binder import NAME, binding, sheet_of
from cjlab.tables.store._file import StoredFile
from cjlab.tables.store._folder import absolute
from cjlab.tables.store._mapped import SUFFIX, mapped
from cjlab.tables.store._versions import sealed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    import pyarrow as pa

    from cjlab.tables.store._binder import Binder

_ADVICE = "restore it from a copy, or make it anew"


@dataclass(frozen=True, repr=False)
class Sheaf:
    """A table of results that lies in sheets, one a shard of customers.

    Parameters
    ----------
    folder : pathlib.Path
        Where it lies.
    about : mapping
        What it is, as whoever made it said.
    files : tuple of StoredFile
        Its sheets, by which the loss or change of one is noticed.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import polars as pl
    >>> from cjlab.tables import Sheaf
    >>> with TemporaryDirectory() as home:
    ...     with Sheaf.making(f"{home}/points", sheets=[0, 3], about={"of": "points"}) as binder:
    ...         for number in binder.missing:
    ...             binder.add(number, pl.DataFrame({"customer_id": [number], "points": [5.0]}))
    ...         binder.finish()
    ...     Sheaf.read(f"{home}/points").rows.collect()["customer_id"].to_list()
    [0, 3]
    """

    folder: Path
    about: Mapping[str, Any]
    files: tuple[StoredFile, ...]

    def __repr__(self) -> str:
        """Say where it lies, and how large it is."""
        rows = sum(one.rows for one in self.files if one.place.count(".") == 1)
        return f"Sheaf({rows:,} rows in {len(self.numbers):,} sheets, in {self.folder})"

    @classmethod
    def read(cls, folder: str | Path) -> Sheaf:
        """Open a table in sheets; its rows are read when they are needed.

        Parameters
        ----------
        folder : str or pathlib.Path
            Where it was made.

        Returns
        -------
        Sheaf
            The table.

        Raises
        ------
        TableError
            When the folder holds none, or a sheet is not there as it was written.

        Examples
        --------
        >>> from cjlab.tables import Sheaf
        >>> Sheaf.read("nowhere")
        Traceback (most recent call last):
        cjlab.errors.TableError: ...nowhere holds no table in sheets: it has no sheaf.json; make it first
        """
        place = absolute(folder)
        try:
            said = json.loads((place / NAME).read_text(encoding="utf-8"))
            whole = said["digest"] == sealed(said)["digest"]
            files = tuple(StoredFile(**one) for one in said["files"])
        except (FileNotFoundError, NotADirectoryError) as error:
            raise TableError(f"{place} holds no table in sheets: it has no {NAME}; make it first") from error
        except (OSError, ValueError, TypeError, KeyError) as error:
            raise TableError(f"{place / NAME} cannot be read ({error}); {_ADVICE}") from error
        faults = [] if whole else [f"{NAME} is not as it was written"]
        faults += [fault for file in files if (fault := file.fault(place)) is not None]
        if faults:
            raise TableError(f"{place} is damaged: {'; '.join(faults[:5])}; {_ADVICE}")
        return cls(place, said["about"], files)

    @classmethod
    def making(
        cls, folder: str | Path, *, sheets: Iterable[int], about: Mapping[str, Any], mapped: bool = False
    ) -> AbstractContextManager[Binder]:
        """Begin a table, or go on with one that was interrupted.

        Parameters
        ----------
        folder : str or pathlib.Path
            Where it will be; it must not exist, or be empty.
        sheets : iterable of int
            The numbers of its sheets.
        about : mapping
            What it is, in plain values; who goes on with it must say the same.
        mapped : bool
            Whether sheets are Arrow, which :meth:`mapped` reads, and not Parquet.

        Returns
        -------
        context manager of Binder
            What takes the sheets. What was added stays when the process ends; nothing stays where nothing was added.

        Raises
        ------
        TableError
            When the folder holds something, cannot be written, is being written by another process, or something
            else was begun there.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> from cjlab.tables import Sheaf
        >>> with TemporaryDirectory() as home, Sheaf.making(f"{home}/points", sheets=[0, 3], about={}) as binder:
        ...     binder.missing
        (0, 3)
        """
        return binding(absolute(folder), sheets=tuple(sheets), about=about, mapped=mapped)

    @cached_property
    def numbers(self) -> tuple[int, ...]:
        """The numbers of its sheets, rising.

        Examples
        --------
        >>> from pathlib import Path
        >>> from cjlab.tables import Sheaf
        >>> Sheaf(Path("points"), {}, ()).numbers
        ()
        """
        return tuple(sorted({int(file.place.split(".")[0].split("=")[1]) for file in self.files}))

    @property
    def rows(self) -> pl.LazyFrame:
        """All rows, sheet by sheet; they are read when they are needed.

        Examples
        --------
        >>> from pathlib import Path
        >>> from cjlab.tables import Sheaf
        >>> Sheaf(Path("points"), {}, ()).rows.collect().height
        0
        """
        found = [self.folder / sheet_of(number, mapped=bool(self._mapped)) for number in self.numbers]
        if self._mapped:
            return pl.scan_ipc(found, hive_partitioning=False, glob=False)
        return pl.scan_parquet(found, hive_partitioning=False, glob=False) if found else pl.LazyFrame()

    @cached_property
    def _mapped(self) -> Collection[str]:
        return dict.fromkeys(file.place for file in self.files if file.place.endswith(SUFFIX))

    def sheet(self, number: int) -> pl.DataFrame:
        """Read one sheet.

        Parameters
        ----------
        number : int
            Which.

        Returns
        -------
        polars.DataFrame
            Its rows.

        Raises
        ------
        TableError
            When there is no such sheet.

        Examples
        --------
        >>> from pathlib import Path
        >>> from cjlab.tables import Sheaf
        >>> Sheaf(Path("points"), {}, ()).sheet(2)
        Traceback (most recent call last):
        cjlab.errors.TableError: points has no sheet 2; it has ()
        """
        if number not in self.numbers:
            raise TableError(f"{self.folder} has no sheet {number}; it has {self.numbers}")
        if self._mapped:
            return pl.DataFrame(self.mapped(number))
        return pl.read_parquet(self.folder / sheet_of(number), hive_partitioning=False, glob=False)

    def mapped(self, number: int, beside: str = "") -> pa.Table:
        """Map a sheet that is Arrow into memory, or what lies beside it.

        Parameters
        ----------
        number : int
            Which.
        beside : str
            The name of what lies beside it; the sheet itself unless given.

        Returns
        -------
        pyarrow.Table
            Its rows, which are read when they are asked for.

        Raises
        ------
        TableError
            When there is none.

        Examples
        --------
        >>> from pathlib import Path
        >>> from cjlab.tables import Sheaf
        >>> Sheaf(Path("points"), {}, ()).mapped(2)
        Traceback (most recent call last):
        cjlab.errors.TableError: points has no shard=0002.arrow; it has nothing that is mapped
        """
        return mapped(self.place(number, beside))

    def place(self, number: int, beside: str = "") -> Path:
        """Return where a sheet lies that is Arrow, or what is beside it.

        Parameters
        ----------
        number : int
            Which.
        beside : str
            The name of what lies beside it.

        Returns
        -------
        pathlib.Path
            The file, which is never written again.

        Raises
        ------
        TableError
            When there is none.

        Examples
        --------
        >>> from pathlib import Path
        >>> from cjlab.tables import Sheaf
        >>> Sheaf(Path("points"), {}, ()).place(2)
        Traceback (most recent call last):
        cjlab.errors.TableError: points has no shard=0002.arrow; it has nothing that is mapped
        """
        name = sheet_of(number, beside, mapped=True)
        if name not in self._mapped:
            known = ", ".join(islice(self._mapped, 5)) or "nothing that is mapped"
            raise TableError(f"{self.folder} has no {name}; it has {known}")
        return self.folder / name
