"""Tables that are stored in a folder, and of which rows are taken out again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cjlab.tables.erasing import _erase, _purge
from cjlab.tables.erasing._his import His
from cjlab.tables.erasing._tombstones import spared
from cjlab.tables.store._blame import readable
from cjlab.tables.store._folder import absolute
from cjlab.tables.store._growing import Growing
from cjlab.tables.store._manifest import Manifest

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable
    from pathlib import Path
    from typing import Self

    from cjlab.tables._key import Key
    from cjlab.tables.erasing._removed import Removed


@dataclass(frozen=True, repr=False, eq=False)
class Lessening(Growing):
    """Tables whose other form, a folder of Parquet files, gives up what it must not keep."""

    @classmethod
    def erase(
        cls, folder: str | Path, customers: Iterable[int | str] | int | str, *, key: Key, dry: bool = False
    ) -> Removed:
        """Take everything of some customers out of a stored log, for ever.

        It goes in one step, the replacement of ``log.json``: files that hold something of theirs are made anew
        without it, and those before are deleted. A call that was stopped left the log before or the log after;
        called again it finishes. What goes:

        - their rows in every table that has a ``customer_id``;
        - rows of nobody, with a visitor, order, contract, case, session or contact that is theirs and nobody else's.
          A visitor is theirs by ``links`` or by rows with both. Rows of nobody under a visitor whom others used too
          stay, since nothing tells any more whose they were; the answer counts such visitors;
        - their mention in rows of others: ``other_customer_id`` becomes null, and a link of kind "merge" to them goes.
          A person who has several ids by such links is erased under those that are given: give them all;
        - events, channels and devices that only they had, from the vocabularies; other words keep their codes.

        A tombstone stays for each customer and for each visitor or other identifier of his: HMAC-SHA256 under a key
        that must be a second one, not that of the pseudonyms. Rows that name one of them are refused from then on by
        :meth:`append` and :meth:`extend`, with :class:`cjlab.errors.ErasedError`; :meth:`spared` takes them out.

        Free text in rows of others, which may name anybody, is not looked into; nor are other copies of the log,
        what was made of it, and the fingerprints of increments that were folded by :meth:`compact`, which are
        digests of all their rows together.

        Parameters
        ----------
        folder : str or pathlib.Path
            Where it is stored.
        customers : iterable of int or str, int or str
            Their identifiers, as the log has them, or one alone.
        key : Key
            The key of the tombstones, which is kept apart from the data.
        dry : bool
            Whether to count only.

        Returns
        -------
        Removed
            How many rows went, by table.

        Raises
        ------
        SpecError
            When no identifier is given, or one is neither a whole number nor text.
        KeyMaterialError
            When the key is another one than that of the tombstones there are, or that of the pseudonyms, or lies
            beside the log.
        TableError
            When the folder holds no whole log, cannot be written, or another process is writing to it.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> import polars as pl
        >>> from cjlab.tables import Key, Log
        >>> people = pl.DataFrame({"customer_id": range(8)}, schema={"customer_id": pl.Int64}).with_columns(joined=None)
        >>> key = Key(b"a second key of at least 32 bytes")
        >>> with TemporaryDirectory() as home:
        ...     log = Log.of(customers=people).write(f"{home}/log", shards=2)
        ...     Log.erase(f"{home}/log", [3, 5], key=key)
        Removed(customers: 2; files made anew: 1)
        """
        return _erase.erase(absolute(folder), customers, key, dry=dry)

    @classmethod
    def purge(cls, folder: str | Path, before: str | dt.date, *, dry: bool = False) -> Removed:
        """Take everything that happened before a date out of a stored log: events and contacts, the whole rows.

        As :meth:`erase` does, in one step. Who customers are, what is known of them and what they allowed stays, since
        it holds on. An event that stays and answers a contact that goes loses its ``contact_id``. Nobody is refused
        later: rows of before the date may come again.

        Parameters
        ----------
        folder : str or pathlib.Path
            Where it is stored.
        before : str, datetime.date or datetime.datetime
            The date: a bare one is the local midnight with which it begins.
        dry : bool
            Whether to count only.

        Returns
        -------
        Removed
            How many rows went, by table.

        Raises
        ------
        SpecError
            When ``before`` is no date.
        TableError
            When the folder holds no whole log, cannot be written, or another process is writing to it.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> import polars as pl
        >>> from cjlab.tables import Log
        >>> at = pl.datetime(2025, pl.Series([4, 5]), 1, time_zone="UTC")
        >>> visits = pl.select(at=at, customer_id=7, event=pl.lit("visit"), channel=pl.lit("web"))
        >>> with TemporaryDirectory() as home:
        ...     _ = Log.of(events=visits).write(f"{home}/log")
        ...     Log.purge(f"{home}/log", "2025-05-01")
        Removed(events: 1; files made anew: 1)
        """
        return _purge.purge(absolute(folder), before, dry=dry)

    def spared(self, folder: str | Path, *, key: Key) -> Self:
        """Return the log without what names customers who were erased from a stored one.

        Parameters
        ----------
        folder : str or pathlib.Path
            Where the log is stored that they were erased from.
        key : Key
            The key of its tombstones.

        Returns
        -------
        Log
            This log, without their rows and without their mention in rows of others; it can be appended there.

        Raises
        ------
        KeyMaterialError
            When it is another key.
        TableError
            When the folder holds no log, or the rows of a table cannot be read.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> import polars as pl
        >>> from cjlab.tables import Key, Log
        >>> key, log = Key(bytes(32)), Log.of(customers=pl.DataFrame({"customer_id": [7, 8], "joined": None}))
        >>> with TemporaryDirectory() as home:
        ...     _ = log.write(f"{home}/log")
        ...     _ = Log.erase(f"{home}/log", [7], key=key)
        ...     log.spared(f"{home}/log", key=key).customers.collect()["customer_id"].to_list()
        [8]
        """
        place = absolute(folder)
        stones = Manifest.read(place).erased
        if stones is None:
            return self
        with readable(self.tables):
            cuts = His.by_name(spared(self.tables, key, stones, folder=place)).cuts(self.tables)
            left: dict[str, Any] = {table: cut.left(self.tables[table]) for table, cut in cuts.items()}
        return replace(self, **left)
