"""What is made of each shard of a log, kept in a folder as it is made."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cjlab.features.reading._pass import Lines
from cjlab.scale import each
from cjlab.tables import Sheaf

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import polars as pl
    import pyarrow as pa

    from cjlab.features.reading._pass import Pass
    from cjlab.tables import Binder, Log


def kept(
    log: Log,
    work: Callable[[Log], pl.DataFrame],
    *,
    folder: str | Path,
    about: Mapping[str, Any],
    threads: int | None,
    engine: str,
) -> Sheaf:
    """Return what work makes of the shards, a sheet each; those that are there already are left as they are."""
    return _bound(log, lambda binder: _Added(binder, work), folder, about, mapped=False, threads=threads, engine=engine)


def mapped(
    log: Log,
    work: Callable[[Log], tuple[pa.Table, Mapping[str, pa.Table | Path]]],
    *,
    folder: str | Path,
    about: Mapping[str, Any],
    threads: int | None,
) -> Sheaf:
    """Return what work makes of the shards, as :func:`kept` does, in sheets that are mapped and what lies beside."""
    return _bound(
        log, lambda binder: _Mapped(binder, work), folder, about, mapped=True, threads=threads, engine="local"
    )


def _bound(
    log: Log,
    added: Callable[[Binder], Callable[[tuple[int, Log]], None]],
    folder: str | Path,
    about: Mapping[str, Any],
    *,
    mapped: bool,
    threads: int | None,
    engine: str = "local",
) -> Sheaf:
    shards = {number_of(shard): shard for shard in log.shards()}
    with Sheaf.making(folder, sheets=shards, about=about, mapped=mapped) as binder:
        missing = [(number, shards[number]) for number in binder.missing]
        each(missing, added(binder), engine=engine, threads=threads)
        binder.finish()
    return Sheaf.read(folder)


def number_of(shard: Log) -> int:
    """Return the number of a shard, by which its sheet is found again when the log has grown."""
    files = [file for table in shard.stored.files.values() for file in table] if shard.stored else []
    return next((file.shard for file in files if file.shard is not None), 0)


def identity(log: Log) -> str:
    """Return what tells a log from others: the files of one that is stored, or else what its rows say."""
    if log.stored is None or not log.stored.holds(log):
        return log.fingerprint()
    files = sorted((file.place, file.footer) for table in log.stored.files.values() for file in table)
    known = [] if log.learned is None else [("learned", str(log.learned))]
    return sha256(json.dumps([*files, *known]).encode()).hexdigest()


@dataclass(frozen=True)
class Tabled:
    """Features of a shard as a table."""

    work: Pass

    def __call__(self, log: Log) -> pl.DataFrame:
        """Return them by date and customer."""
        lines = Lines.joined([self.work(log)])
        return lines.tabled(self.work.dates, log.timezone)


@dataclass(frozen=True)
class _Added:
    """What is done with a shard: the work, and its sheet."""

    binder: Binder
    work: Callable[[Log], pl.DataFrame]

    def __call__(self, shard: tuple[int, Log]) -> None:
        """Work on a shard that has no sheet yet."""
        number, log = shard
        self.binder.add(number, self.work(log))


@dataclass(frozen=True)
class _Mapped:
    """What is done with a shard: the work, its sheet, and what lies beside it."""

    binder: Binder
    work: Callable[[Log], tuple[pa.Table, Mapping[str, pa.Table | Path]]]

    def __call__(self, shard: tuple[int, Log]) -> None:
        """Work on a shard that has no sheet yet."""
        number, log = shard
        lines, beside = self.work(log)
        self.binder.map(number, lines, beside=beside)
