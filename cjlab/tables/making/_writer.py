"""A log in the making: written shard by shard, in any order, and whole at the end."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from cjlab._checks import one_of, whole
from cjlab._durable import settle
from cjlab.errors import KeyMaterialError, TableError
from cjlab.tables.making._assembly import assembled, cleared, pieces, place_of, stage_of
from cjlab.tables.making._begun import ABOUT
from cjlab.tables.making._receipt import NAME as RECEIPT
from cjlab.tables.making._receipt import Receipt
from cjlab.tables.making._sharding import shard_written
from cjlab.tables.store import _refusals
from cjlab.tables.store._blame import writable
from cjlab.tables.store._file import TABLES
from cjlab.tables.store._stage import staged
from cjlab.tables.store._versions import NAME

if TYPE_CHECKING:
    from pathlib import Path

    from cjlab.tables._tables import Tables

_SCRATCH = "scratch"
_SHOWN = 5


@dataclass(frozen=True)
class Writer:
    """A log in the making, which :meth:`Log.writer` opens: shards come in any order, from any thread or process.

    It lies in a hidden folder beside the true one until :meth:`finish` gives it its name. A shard is there whole or
    not at all, and stays there when the process ends: whoever opens the writer again goes on with those ``missing``.

    Parameters
    ----------
    folder : pathlib.Path
        Where the log will be.
    shards : int
        How many shards it will have.
    timezone : str
        The brand's zone.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> import polars as pl
    >>> from cjlab.tables import Log
    >>> people = pl.DataFrame({"customer_id": range(8)}).with_columns(joined=pl.datetime(2025, 5, 1, time_zone="UTC"))
    >>> with TemporaryDirectory() as home, Log.writer(f"{home}/log", shards=1) as writer:
    ...     writer.add(0, Log.of(customers=people))
    ...     writer.finish()
    ...     Log.read(f"{home}/log").customers.collect().height
    8
    """

    folder: Path
    shards: int
    timezone: str

    @property
    def missing(self) -> tuple[int, ...]:
        """The shards that are not there yet, rising.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> from cjlab.tables import Log
        >>> with TemporaryDirectory() as home, Log.writer(f"{home}/log", shards=3) as writer:
        ...     writer.add(1, Log.of())
        ...     writer.missing
        (0, 2)
        """
        if self.whole:
            return ()
        places = {number: stage_of(self.folder) / place_of(number) / RECEIPT for number in range(self.shards)}
        return tuple(number for number, place in places.items() if not place.exists())

    @property
    def whole(self) -> bool:
        """Whether all that is missing is the name: a writer was stopped when everything was in its place.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> from cjlab.tables import Log
        >>> with TemporaryDirectory() as home, Log.writer(f"{home}/log", shards=3) as writer:
        ...     writer.whole
        False
        """
        return (stage_of(self.folder) / NAME).exists()

    def rows(self, table: str) -> pl.LazyFrame:
        """Return the rows of a table that were written so far, in any order.

        Parameters
        ----------
        table : str
            The table, ``"unassigned"`` among them.

        Returns
        -------
        polars.LazyFrame
            The rows; none once the log is ``whole``.

        Raises
        ------
        SpecError
            When there is no such table.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> from cjlab.tables import Log
        >>> with TemporaryDirectory() as home, Log.writer(f"{home}/log", shards=3) as writer:
        ...     writer.rows("customers").collect_schema().names()
        ['customer_id', 'joined']
        """
        from cjlab.tables._log import Log

        found = pieces(stage_of(self.folder), one_of(table, TABLES, name="table"), shards=self.shards)
        if found:
            return pl.scan_parquet(found, hive_partitioning=False, glob=False)
        return Log.of().tables.get(table, pl.LazyFrame())

    @property
    def scratch(self) -> Path:
        """A folder for whoever makes the rows; it is empty when a writer is opened, and gone with the end.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> from cjlab.tables import Log
        >>> with TemporaryDirectory() as home, Log.writer(f"{home}/log", shards=3) as writer:
        ...     list(writer.scratch.iterdir())
        []
        """
        return stage_of(self.folder) / _SCRATCH

    def add(self, shard: int, log: Tables) -> None:
        """Write the rows of one shard's customers: all of them or, if it fails, none.

        Rows that belong elsewhere, such as those of visitors, are kept and take their places at the end. What was
        written before is left as it is: a shard that is there already is not written again.

        Parameters
        ----------
        shard : int
            Which shard, 0 to ``shards`` − 1.
        log : Log
            The rows; its tables without customers are empty.

        Raises
        ------
        SpecError
            When there is no such shard.
        TableError
            When the folder cannot be written, a column is absent or of a wrong type, the log has another zone or stands
            under persons (:func:`cjlab.features.resolved`), or tables without customers have rows.
        KeyMaterialError
            When the log has pseudonyms.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> from cjlab.tables import Log
        >>> with TemporaryDirectory() as home, Log.writer(f"{home}/log", shards=1) as writer:
        ...     writer.add(0, Log.of(timezone="Europe/Paris"))
        Traceback (most recent call last):
        cjlab.errors.TableError: the log is local to Europe/Paris, but ...log is to be to UTC; give both one timezone
        """
        number = whole(shard, name="shard", least=0, most=self.shards - 1)
        self._fits(log)
        place = stage_of(self.folder) / place_of(number)
        with writable(self.folder, log.tables):
            if (place / RECEIPT).exists() or self.whole:
                return
            _refusals.broken(log.tables)
            with staged(place) as stage:
                shard_written(log.tables, stage, number=number, shards=self.shards).write(stage)
                _appear(stage, place)

    def finish(self, rest: Tables | None = None) -> None:
        """Put everything in its place, and give the log its name.

        Parameters
        ----------
        rest : Log or None
            The tables that are not split by customers, such as ``items``; empty unless given.

        Raises
        ------
        TableError
            When shards are missing, differ in their columns, or the folder cannot be written.

        Examples
        --------
        >>> from tempfile import TemporaryDirectory
        >>> from cjlab.tables import Log
        >>> with TemporaryDirectory() as home, Log.writer(f"{home}/log", shards=2) as writer:
        ...     writer.add(0, Log.of())
        ...     writer.finish()
        Traceback (most recent call last):
        cjlab.errors.TableError: ...log lacks shard 1 of 2; write it with Writer.add
        """
        from cjlab.tables._log import Log

        given = Log.of(timezone=self.timezone) if rest is None else rest
        self._fits(given)
        self._refuse_gaps()
        with writable(self.folder, given.tables):
            if not self.whole:
                assembled(stage_of(self.folder), given, shards=self.shards)
            shutil.rmtree(self.scratch)
            cleared(stage_of(self.folder), shards=self.shards)
            _appear(stage_of(self.folder), self.folder)
            (self.folder / ABOUT).unlink(missing_ok=True)

    def _refuse_gaps(self) -> None:
        gaps = self.missing
        if gaps:
            more = f" and {len(gaps) - _SHOWN} more" if len(gaps) > _SHOWN else ""
            said = f"shard {', '.join(map(str, gaps[:_SHOWN]))}{more} of {self.shards}"
            raise TableError(f"{self.folder} lacks {said}; write it with Writer.add")

    def _fits(self, log: Tables) -> None:
        if log.timezone != self.timezone:
            advice = f"but {self.folder} is to be to {self.timezone}; give both one timezone"
            raise TableError(f"the log is local to {log.timezone}, {advice}")
        if log.keyed is not None:
            raise KeyMaterialError("the log has pseudonyms; write it whole, with Log.write")
        if log.erased is not None:
            raise TableError("the log has tombstones of erased customers; write it whole, with Log.write")
        if log.learned is not None:
            raise TableError("the log stands under persons that links told; write it whole, with Log.write")


def _appear(stage: Path, place: Path) -> None:
    """Give a stage its true name, unless somebody else has given it to the same."""
    try:
        stage.rename(place)
    except OSError:
        if Receipt.read(place) is None:
            raise
    settle(place.parent)
