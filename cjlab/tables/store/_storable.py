"""Tables that can be stored in a folder, and read from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab.tables._tables import Tables
from cjlab.tables.making._making import writing
from cjlab.tables.store import _reading, _store
from cjlab.tables.store._folder import absolute
from cjlab.tables.store._shares import parted

if TYPE_CHECKING:
    from contextlib import AbstractContextManager
    from pathlib import Path
    from typing import Self

    from cjlab.tables.making._writer import Writer


@dataclass(frozen=True, repr=False, eq=False)
class Storable(Tables):
    """Tables with a folder of Parquet files as their other form."""

    @classmethod
    def read(cls, folder: str | Path) -> Self:
        """Open a stored log; its rows are read when they are needed.

        Rows come shard by shard, and within a shard part by part: the base, then each increment. After
        :meth:`compact` a shard's rows stand in their total order: customer, time, then the remaining columns.
        A log that was read before a :meth:`compact` must be read again.

        Each file that ``log.json`` names must be there, with the size and the footer that it was written with; files
        that it does not name are left aside. What a disk changed within a file is for :meth:`verify` to find.

        Parameters
        ----------
        folder : str or pathlib.Path
            Where :meth:`write` stored it.

        Returns
        -------
        Log
            The log.

        Raises
        ------
        TableError
            When the folder holds no whole log, or one of a schema version that this cjlab does not know; when a file
            is missing, cannot be read, or is not the one that was written: the message names it.

        Examples
        --------
        >>> from cjlab.tables import Log
        >>> Log.read("nowhere")
        Traceback (most recent call last):
        cjlab.errors.TableError: ...nowhere holds no log: it has no log.json; write one there with Log.write
        """
        return cls(**_reading.read(absolute(folder)))

    @classmethod
    def verify(cls, folder: str | Path) -> Self:
        """Open a stored log after every byte and row of it was looked at.

        Each file must have the SHA-256 that ``log.json`` states, each row must lie in the shard of its customer and
        behind the rows that it follows, and each event, channel and device must have its code.

        Parameters
        ----------
        folder : str or pathlib.Path
            Where :meth:`write` stored it.

        Returns
        -------
        Log
            The log, as :meth:`read` opens it.

        Raises
        ------
        TableError
            When something is not as it was written; the message names the files.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> from cjlab.tables import Log
        >>> with TemporaryDirectory() as folder:
        ...     _ = Log.of().write(f"{folder}/log", shards=2)
        ...     Log.verify(f"{folder}/log").check().ok
        True
        """
        return cls(**_reading.verify(absolute(folder)))

    def write(self, folder: str | Path, *, shards: int | None = None) -> Self:
        """Store the log in a folder, which appears whole or not at all.

        Customers are split by a hash of their identifier into shards, ``events/shard=0042/base.parquet``, whose rows
        stand in a total order: customer, time, then the remaining columns. Rows stream; no more than a shard is sorted
        at a time.

        Parameters
        ----------
        folder : str or pathlib.Path
            Where to store it; it must not exist, or be empty.
        shards : int or None
            How many shards, 1 to 9,999; by default one for each 500,000 rows of the largest table of customers.

        Returns
        -------
        Log
            The log as it is read from the folder.

        Raises
        ------
        TableError
            When the folder holds something or cannot be written, when a table cannot be read, or a column is absent
            or of a wrong type. Wrong values are stored as they are: ``check`` finds them.
        KeyMaterialError
            When the key of its pseudonyms lies in the folder, or beside it.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> import polars as pl
        >>> from cjlab.tables import Log
        >>> log = Log.of(items=pl.DataFrame({"item": ["shoe", "hat"]}))
        >>> with TemporaryDirectory() as folder:
        ...     log.write(f"{folder}/log").items.collect()["item"].to_list()
        ['hat', 'shoe']
        """
        _store.write(self, absolute(folder), shards=shards)
        return self.read(folder)

    @classmethod
    def writer(
        cls, folder: str | Path, *, shards: int, timezone: str = "UTC", about: str = ""
    ) -> AbstractContextManager[Writer]:
        """Open a log in the making, which is written shard by shard, and can be gone on with if it was interrupted.

        Parameters
        ----------
        folder : str or pathlib.Path
            Where the log will be; it must not exist, or be empty.
        shards : int
            How many shards, 1 to 9,999.
        timezone : str
            The brand's zone.
        about : str
            What is written: only a writer that says the same goes on with what another one left.

        Returns
        -------
        context manager of Writer
            Holds the log in the making against every other process.

        Raises
        ------
        SpecError
            When the zone is unknown or the number of shards is out of range.
        TableError
            When the folder holds something or cannot be written, when another process is writing to it, or when what
            was left unfinished there is about something else.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> from cjlab.tables import Log
        >>> with TemporaryDirectory() as home, Log.writer(f"{home}/log", shards=2) as writer:
        ...     writer.missing
        (0, 1)
        """
        return writing(absolute(folder), shards=shards, timezone=timezone, about=about)

    def shards(self) -> tuple[Self, ...]:
        """Return one log a shard of customers, for work that goes through a large log shard by shard.

        A shard has all rows of its customers and visitors, those of increments among them; tables that are not split
        by customers, such as ``items``, are in every one.

        Returns
        -------
        tuple of Log
            The log itself, alone, where it was not read from a folder, has one shard, or is no longer what was read.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> import polars as pl
        >>> from cjlab.tables import Log
        >>> people = pl.DataFrame({"customer_id": range(8)}).with_columns(joined=pl.datetime(2025, 5, 1))
        >>> with TemporaryDirectory() as folder:
        ...     log = Log.of(customers=people, assume="UTC").write(f"{folder}/log", shards=2)
        ...     [shard.customers.collect().height for shard in log.shards()]
        [6, 2]
        """
        return tuple(type(self)(**one) for one in parted(self)) or (self,)
