"""Tables that are stored in a folder, and grow there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab.tables.store import _store
from cjlab.tables.store._folder import absolute
from cjlab.tables.store._storable import Storable

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Self

    from cjlab.tables._key import Key


@dataclass(frozen=True, repr=False, eq=False)
class Growing(Storable):
    """Tables to whose other form, a folder of Parquet files, more is added as it comes."""

    def append(self, folder: str | Path, *, again: bool = False, key: Key | None = None) -> Self:
        """Add the rows to a stored log, as an increment; nothing stored before is touched.

        The increment is named after the last local day on which something in it happened, such as
        ``events/shard=0042/2025-06-01.parquet``. It is added whole or not at all, and once: the very rows of an
        earlier part, such as those of a job that ran twice, are refused. Rows may be older than those stored; they
        take their place at the next :meth:`compact`. A row that has the ``contact_id``, ``customer_id`` or ``item``
        of a stored one is added as it is: ``check`` reports both as ``duplicate``.

        Parameters
        ----------
        folder : str or pathlib.Path
            Where :meth:`write` stored the log to add to.
        again : bool
            Whether the very rows of an earlier part are added once more.
        key : Key or None
            The key of the tombstones of a log from which customers were erased; that of the environment variable
            ``CJLAB_ERASURE_KEY`` unless given. Rows of none but customers whom the log has need no key.

        Returns
        -------
        Log
            The stored log, old rows and new.

        Raises
        ------
        TableError
            When the two do not fit: another zone, a column of another type; when the rows are stored already;
            when another process is writing, or the folder cannot be written; an ``ErasedError`` when they name a
            customer who was erased.
        KeyMaterialError
            When their pseudonyms come from different keys, or the key lies beside the log; when the key of the
            tombstones is needed.

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
        _store.append(self, absolute(folder), again=again, key=key)
        return self.read(folder)

    @classmethod
    def extend(cls, folder: str | Path, make: Callable[[Self], Self | None], *, key: Key | None = None) -> Self:
        """Add to a stored log what a function makes of it, while no other process writes to it.

        Parameters
        ----------
        folder : str or pathlib.Path
            Where it is stored.
        make : callable
            Is given the stored log, and returns the rows to add as a log, or None where there is nothing to add.
        key : Key or None
            The key of the tombstones, as :meth:`append` takes it.

        Returns
        -------
        Log
            The stored log, old rows and new.

        Raises
        ------
        TableError
            As :meth:`append` does; what the function raises is raised, and nothing is added.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> from cjlab.tables import Log
        >>> with TemporaryDirectory() as folder:
        ...     _ = Log.of().write(f"{folder}/log")
        ...     Log.extend(f"{folder}/log", lambda stored: None).events.collect().height
        0
        """
        place = absolute(folder)
        _store.extend(place, lambda: make(cls.read(place)), key=key)
        return cls.read(place)

    @classmethod
    def compact(cls, folder: str | Path) -> Self:
        """Fold the increments of a stored log into a new base, such as ``events/shard=0042/base-2.parquet``.

        Every byte is verified before it is folded. The old files go once the new ones are committed.

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
            When the folder holds no whole log, cannot be written, or another process is writing to it.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> from cjlab.tables import Log
        >>> with TemporaryDirectory() as folder:
        ...     before = Log.of().write(f"{folder}/log").fingerprint()
        ...     Log.compact(f"{folder}/log").fingerprint() == before
        True
        """
        _store.compact(absolute(folder))
        return cls.read(folder)
