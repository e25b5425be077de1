"""Tables that can be stored in a folder, and read from it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cjlab.tables import _store
from cjlab.tables._tables import Tables

if TYPE_CHECKING:
    from typing import Self


@dataclass(frozen=True, repr=False, eq=False)
class Storable(Tables):
    """Tables with a folder of Parquet files as their other form."""

    @classmethod
    def read(cls, folder: str | Path) -> Self:
        """Open a stored log; its rows are read when they are needed.

        Rows come shard by shard, and within a shard part by part: the base, then each increment. After
        :meth:`compact` a shard's rows stand in their total order: customer, time, then the remaining columns.
        A log that was read before a :meth:`compact` must be read again.

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
            When the folder holds no whole log, or one of a schema version that this cjlab does not know.

        Examples
        --------
        >>> from cjlab.tables import Log
        >>> Log.read("nowhere")
        Traceback (most recent call last):
        cjlab.errors.TableError: ...nowhere holds no log: it has no log.json; write one there with Log.write
        """
        return cls(**_store.read(_absolute(folder)))

    def write(self, folder: str | Path, *, shards: int | None = None) -> Self:
        """Store the log in a folder, which appears whole or not at all.

        Customers are split by a hash of their identifier into shards, ``events/shard=0042/base.parquet``, whose rows
        stand in a total order: customer, time, then the remaining columns. Rows stream; memory is bounded by a shard.

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
            When the folder holds something, or a column is absent or of a wrong type. Wrong values are stored as they
            are: ``check`` finds them.
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
        _store.write(self, _absolute(folder), shards=shards)
        return self.read(folder)

    def append(self, folder: str | Path) -> Self:
        """Add the rows to a stored log, as an increment; nothing stored before is touched.

        The increment is named after the last local day on which something in it happened, such as
        ``events/shard=0042/2025-06-01.parquet``.

        Parameters
        ----------
        folder : str or pathlib.Path
            Where :meth:`write` stored the log to add to.

        Returns
        -------
        Log
            The stored log, old rows and new.

        Raises
        ------
        TableError
            When the two do not fit: another zone, a column of another type; or another process is writing.
        KeyMaterialError
            When their pseudonyms come from different keys, or the key lies beside the log.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> import polars as pl
        >>> from cjlab.tables import Log
        >>> with TemporaryDirectory() as folder:
        ...     _ = Log.of(items=pl.DataFrame({"item": ["shoe"]})).write(f"{folder}/log")
        ...     Log.of(items=pl.DataFrame({"item": ["glove"]})).append(f"{folder}/log").items.collect().height
        2
        """
        _store.append(self, _absolute(folder), stored=self.read(folder))
        return self.read(folder)

    @classmethod
    def compact(cls, folder: str | Path) -> Self:
        """Fold the increments of a stored log into its base.

        Parameters
        ----------
        folder : str or pathlib.Path
            Where it is stored.

        Returns
        -------
        Log
            The stored log: the same rows, in total order.

        Raises
        ------
        TableError
            When the folder holds no log, or another process is writing to it.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> from cjlab.tables import Log
        >>> with TemporaryDirectory() as folder:
        ...     before = Log.of().write(f"{folder}/log").fingerprint()
        ...     Log.compact(f"{folder}/log").fingerprint() == before
        True
        """
        _store.compact(_absolute(folder))
        return cls.read(folder)


def _absolute(folder: str | Path) -> Path:
    return Path(folder).expanduser().resolve()
