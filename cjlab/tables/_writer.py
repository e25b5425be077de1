"""A log in the making: written shard by shard, in any order, and whole at the end."""

from __future__ import annotations

import json
import shutil
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._checks import listed, shown, whole
from cjlab.errors import KeyMaterialError, TableError
from cjlab.tables import _refusals
from cjlab.tables._assembly import assembled, cleared, place_of
from cjlab.tables._blame import writable
from cjlab.tables._manifest import settle
from cjlab.tables._moment import zone
from cjlab.tables._receipt import NAME as RECEIPT
from cjlab.tables._receipt import Receipt
from cjlab.tables._sharding import shard_written
from cjlab.tables._shards import counted
from cjlab.tables._stage import locked, staged
from cjlab.tables._versions import NAME, VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cjlab.tables._tables import Tables

_ABOUT = "about.json"
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
        if (self._stage / NAME).exists():
            return ()
        places = {number: self._stage / place_of(number) / RECEIPT for number in range(self.shards)}
        return tuple(number for number, place in places.items() if not place.exists())

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
        return self._stage / _SCRATCH

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
            When the folder cannot be written, a column is absent or of a wrong type, the log has another zone, or
            tables without customers have rows.
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
        place = self._stage / place_of(number)
        with writable(self.folder, log.tables):
            if (place / RECEIPT).exists() or (self._stage / NAME).exists():
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
            if not (self._stage / NAME).exists():
                assembled(self._stage, given, shards=self.shards)
            shutil.rmtree(self.scratch)
            cleared(self._stage, shards=self.shards)
            _appear(self._stage, self.folder)
            (self.folder / _ABOUT).unlink(missing_ok=True)

    @property
    def _stage(self) -> Path:
        return self.folder.parent / f".{self.folder.name}.unfinished"

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


@contextmanager
def writing(folder: Path, *, shards: int, timezone: str, about: str) -> Iterator[Writer]:
    """Hold a log in the making against every other writer; leave nothing where nothing was finished."""
    zone(timezone)
    writer = Writer(folder, counted(shards), timezone)
    stage = writer._stage  # noqa: SLF001 - its own file
    with ExitStack() as held:
        with writable(folder):
            _refusals.occupied(folder)
            stage.mkdir(parents=True, exist_ok=True)
            held.enter_context(locked(stage))
            held.callback(_leave, stage)
            _empty(writer.scratch)
            _begin(stage, {"version": VERSION, "shards": writer.shards, "timezone": timezone, "about": about})
        yield writer


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


def _begin(stage: Path, said: dict[str, object]) -> None:
    """Say what is being written, or refuse to go on with something else."""
    try:
        before = json.loads((stage / _ABOUT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        draft = stage / f".{_ABOUT}"
        draft.write_text(json.dumps(said), encoding="utf-8")
        draft.replace(stage / _ABOUT)
        settle(stage)
        return
    differ = [name for name in said if said[name] != before.get(name)]
    if differ:
        now, then = (listed(shown(one.get(name)) for name in differ) for one in (said, before))
        raise TableError(
            f"{stage} holds an unfinished log of other {listed(differ)} ({then}, now {now});"
            " finish that one with the same call, or remove the folder"
        )


def _leave(stage: Path) -> None:
    """Remove a stage in which nothing was finished."""
    if stage.exists() and not any(stage.glob(f"*/{RECEIPT}")) and not (stage / NAME).exists():
        shutil.rmtree(stage, ignore_errors=True)


def _appear(stage: Path, place: Path) -> None:
    """Give a stage its true name, unless somebody else has given it to the same."""
    try:
        stage.rename(place)
    except OSError:
        if Receipt.read(place) is None:
            raise
    settle(place.parent)
