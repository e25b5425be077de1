"""The store: a log as a folder of Parquet files that is whole at every moment."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING

import polars as pl

from cjlab._durable import settle
from cjlab.tables._learned import latest
from cjlab.tables._union import fitted
from cjlab.tables._vocabularies import vocabularies
from cjlab.tables.contract._kinds import SPAN
from cjlab.tables.erasing._tombstones import refuse_erased
from cjlab.tables.store import _refusals
from cjlab.tables.store._blame import writable
from cjlab.tables.store._file import TABLES, StoredFile, intact, parsed, placed
from cjlab.tables.store._manifest import Manifest
from cjlab.tables.store._part import BASE, fold_parts, write_part
from cjlab.tables.store._received import brought, remembered
from cjlab.tables.store._scan import scanned, types
from cjlab.tables.store._shards import counted, enough
from cjlab.tables.store._stage import locked, staged

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from cjlab.tables._key import Key
    from cjlab.tables._tables import Tables

_MADE = re.compile(r"base(-\d+)?|(re)?folded|undated(-\d+)?|[+-]?\d{4,}-\d\d-\d\d(-\d+)?")  # parts that a writer makes


def write(log: Tables, folder: Path, *, shards: int | None) -> None:
    """Write a log into a folder of its own, which appears whole or not at all."""
    _refusals.beside_key(log, folder)
    with writable(folder, log.tables):
        _refusals.occupied(folder)
        _refusals.broken(log.tables)
        number = enough(log.tables) if shards is None else counted(shards)
        with staged(folder) as stage:
            files = write_part(log.tables, stage, part=BASE, shards=number)
            mark = log.keyed.mark if log.keyed else None
            made = Manifest(log.timezone, number, (BASE,), files, {}, {}, mark, log.learned, log.erased)
            _settle(stage, files)
            _told(made, stage).commit(stage)
            _appear(stage, folder)


def append(log: Tables, folder: Path, *, again: bool, key: Key | None) -> None:
    """Add the rows of a log to a stored one, as one more part; nothing that was written before is touched."""
    _refusals.beside_key(log, folder)
    with writable(folder, log.tables), tidied(folder) as manifest:
        _add(log, folder, manifest, again=again, key=key)


def extend(folder: Path, make: Callable[[], Tables | None], *, key: Key | None) -> None:
    """Add to a stored log what is made while nobody else writes to it; nothing where nothing is made."""
    with writable(folder), tidied(folder) as manifest:
        made = make()
        if made is not None:
            _refusals.beside_key(made, folder)
            with writable(folder, made.tables):
                _add(made, folder, manifest, again=False, key=key)


def _add(log: Tables, folder: Path, manifest: Manifest, *, again: bool, key: Key | None) -> None:
    """Add the rows of a log to a stored one that is held."""
    _refusals.broken(log.tables)
    _refusals.unlike(log, folder, stored=manifest)
    intact(manifest.files, folder)
    refuse_erased(log.tables, folder, stones=manifest.erased, stored=scanned(folder, manifest), key=key)
    tables = _brought(log, folder, manifest)
    if not tables:
        return
    part = _part_name(tables, log.timezone, {*manifest.parts, *manifest.received})
    with staged(folder / part) as stage:
        files = write_part(tables, stage, part=part, shards=manifest.shards)
        before = manifest if again else remembered(manifest, folder, like=files)
        grown = _told(replace(before, parts=(part,), files=files), stage)
        _refusals.repeated(grown, folder, part=part, again=again)
        move(files, stage, folder)
    kept = [file if file.content else StoredFile.measured(folder, file.place) for file in manifest.files]
    known = latest(manifest.learned, log.learned)
    replace(grown, parts=(*manifest.parts, part), files=(*kept, *files), learned=known).commit(folder)


def compact(folder: Path) -> None:
    """Fold the increments of a stored log into a new base; the old files go once the new ones are committed."""
    with writable(folder), tidied(folder) as manifest:
        if len(manifest.parts) == 1:
            return
        intact(manifest.files, folder, within=True)  # or what is damaged would be sealed as sound
        before = remembered(manifest, folder)
        taken = {*before.parts, *before.received}
        part = next(name for number in count(2) if (name := f"{BASE}-{number}") not in taken)
        with staged(folder / part) as stage:
            files = fold_parts(manifest, folder, stage, part=part)
            move(files, stage, folder)
        replace(before, parts=(part,), files=files).commit(folder)


@contextmanager
def tidied(folder: Path) -> Iterator[Manifest]:
    """Hold a stored log against other writers, and leave no file in it that a dead one left."""
    Manifest.read(folder)
    with locked(folder):
        manifest = Manifest.read(folder)
        try:
            yield manifest
        finally:
            _sweep(folder, {file.place for file in Manifest.read(folder).files})


def _sweep(folder: Path, kept: Collection[str]) -> None:
    leftovers = [folder / place for place in placed(folder) if place not in kept and _MADE.fullmatch(parsed(place)[2])]
    for file in leftovers:
        file.unlink()
    for shard in {file.parent for file in leftovers}:
        settle(shard)  # what is gone is not to come back with the power
        if not any(shard.iterdir()):
            shard.rmdir()


def _told(manifest: Manifest, folder: Path) -> Manifest:
    """Add to a manifest of one part the words that it brings, and the fingerprint of its rows."""
    words = vocabularies(scanned(folder, manifest), manifest.vocabularies)
    filled = any(file.rows for file in manifest.files)
    received = {**manifest.received, **({manifest.parts[0]: brought(manifest, folder)} if filled else {})}
    return replace(manifest, vocabularies=words, received=received)


def _appear(stage: Path, folder: Path) -> None:
    """Give a stage its true name."""
    try:
        stage.rename(folder)
    except OSError:
        _refusals.occupied(folder)  # by another writer, meanwhile
        raise
    settle(folder.parent)


def move(files: Iterable[StoredFile], stage: Path, folder: Path) -> None:
    """Move the files of a part to their places, unseen until the manifest names them."""
    moved = list(files)
    for file in moved:
        (folder / file.place).parent.mkdir(parents=True, exist_ok=True)
        (stage / file.place).rename(folder / file.place)
    _settle(folder, moved)


def _settle(folder: Path, files: Iterable[StoredFile]) -> None:
    inside = {parent for file in files for parent in (folder / file.place).parents if folder in parent.parents}
    for one in (*inside, folder):
        settle(one)


def _brought(log: Tables, folder: Path, manifest: Manifest) -> dict[str, pl.LazyFrame]:
    """Return the tables that bring rows or are new, their types those of the stored rows."""
    stored = {name: manifest.of(name) for name in TABLES}
    known = {name: files for name, files in stored.items() if any(file.rows for file in files)}
    rows = _with_rows(log.tables)
    tables = {
        name: fitted(name, frame, types(folder, known[name]) if name in known else {})
        for name, frame in log.tables.items()
        if name in rows or not stored[name]
    }
    _refusals.broken({name: frame for name, frame in scanned(folder, manifest).items() if name in known} | tables)
    return tables


def _with_rows(tables: Mapping[str, pl.LazyFrame]) -> set[str]:
    counts = pl.collect_all([frame.select(pl.len()) for frame in tables.values()], engine="streaming")
    return {name for name, rows in zip(tables, counts, strict=True) if rows.item()}


def _part_name(tables: Mapping[str, pl.LazyFrame], timezone: str, taken: Collection[str]) -> str:
    """Name a part by the last local day on which something in it happened."""
    day = _last_day(tables, timezone)
    return next(name for number in count(1) if (name := day if number == 1 else f"{day}-{number}") not in taken)


def _last_day(tables: Mapping[str, pl.LazyFrame], timezone: str) -> str:
    dated = [frame for frame in tables.values() if "at" in frame.collect_schema()]
    at = pl.col("at")
    local = at.filter(at.is_between(*SPAN)).max().dt.convert_time_zone(timezone).dt.date()
    days = pl.collect_all([frame.select(local) for frame in dated], engine="streaming") if dated else []
    return max((f"{day.item():%Y-%m-%d}" for day in days if day.item() is not None), default="undated")
