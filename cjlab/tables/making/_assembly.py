"""The end of a log in the making: what was kept aside is laid in, and everything takes its place."""

from __future__ import annotations

import shutil
from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

import polars as pl

from cjlab._durable import settle
from cjlab.errors import TableError
from cjlab.tables._vocabularies import heard
from cjlab.tables.making._receipt import Receipt, columns_of, spoken
from cjlab.tables.making._sharding import ASIDE
from cjlab.tables.making._slices import lay_slices
from cjlab.tables.store._file import StoredFile, intact, placed
from cjlab.tables.store._manifest import Manifest
from cjlab.tables.store._part import BASE, GATHERED, owners, write_part
from cjlab.tables.store._stage import staged

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cjlab.tables._tables import Tables

_REST = "rest"


def stage_of(folder: Path) -> Path:
    """Return the hidden folder in which a log is made."""
    return folder.parent / f".{folder.name}.unfinished"


def place_of(number: int) -> str:
    """Return where a shard waits until all are there."""
    return f"shard={number:04d}"


def pieces(stage: Path, table: str, *, shards: int) -> list[Path]:
    """Return the files that hold rows of a table, as long as the log is not whole."""
    found = []
    for folder in (stage / place_of(number) for number in range(shards)):
        receipt = Receipt.read(folder)
        if receipt:
            places = [file.place for file in receipt.files if file.table == table and file.rows]
            found += [next(one / place for one in (folder, stage) if (one / place).exists()) for place in places]
            found += [folder / ASIDE / f"{table}.parquet"] if table in receipt.aside else []
    return found


def assembled(stage: Path, rest: Tables, *, shards: int) -> None:
    """Make one log of all shards and the rest: every file in its place, and ``log.json`` at last."""
    folders = [stage / place_of(number) for number in range(shards)]
    receipts = [receipt for receipt in map(Receipt.read, folders) if receipt]
    _alike(receipts)
    if Receipt.read(stage / _REST) is None:
        _gather(stage, receipts, rest, shards=shards)
    last = Receipt.read(stage / _REST)
    every = [*receipts, *([last] if last else [])]
    files = _kept(every)
    known = set(files)
    for folder, receipt in zip([*folders, stage / _REST], every, strict=True):
        _move([file for file in receipt.files if file in known], folder, stage)
    intact(files, stage)
    parts = tuple(part for part in (BASE, GATHERED) if any(file.part == part for file in files))
    Manifest(rest.timezone, shards, parts, files, spoken(every), {}).commit(stage)


def cleared(stage: Path, *, shards: int) -> None:
    """Remove what a log needs no more once it is made."""
    for folder in [*(stage / place_of(number) for number in range(shards)), stage / _REST]:
        shutil.rmtree(folder, ignore_errors=True)


def _alike(receipts: Iterable[Receipt]) -> None:
    """Refuse shards whose tables have different columns."""
    known: dict[str, tuple[int, Mapping[str, str]]] = {}
    for number, receipt in enumerate(receipts):
        for name, columns in receipt.columns.items():
            other, before = known.setdefault(name, (number, columns))
            differ = sorted({column for column, _ in {*columns.items()} ^ {*before.items()}})
            if differ:
                raise TableError(
                    f"{name}.{differ[0]} is {before.get(differ[0], 'absent')} in shard {other}"
                    f" and {columns.get(differ[0], 'absent')} in shard {number}; write both with the same columns"
                )


def _gather(stage: Path, receipts: Iterable[Receipt], rest: Tables, *, shards: int) -> None:
    """Write what belongs to no shard, or was written with another one."""
    waiting: dict[str, list[Path]] = {}
    for number, receipt in enumerate(receipts):
        for name in receipt.aside:
            waiting.setdefault(name, []).append(stage / place_of(number) / ASIDE / f"{name}.parquet")
    strays = {name: pl.scan_parquet(pieces, hive_partitioning=False, glob=False) for name, pieces in waiting.items()}
    nobodys = strays.pop("unassigned", rest.unassigned)
    with staged(stage / _REST) as made:
        shared = {name: frame.collect() for name, frame in rest.tables.items() if _ownerless(name, frame)}
        lazy = {name: frame.lazy() for name, frame in shared.items()}
        write_part(strays, made, part=GATHERED, shards=shards)
        write_part(lazy, made, part=BASE, shards=shards)
        (made / "unassigned").mkdir()
        lay_slices(nobodys, made / "unassigned" / f"{BASE}.parquet", table="unassigned")
        files = tuple(StoredFile.measured(made, place) for place in placed(made))
        _refuse_loss(receipts, files)
        Receipt(files, heard(shared), columns_of(shared), {}).write(made)
        made.rename(stage / _REST)
    settle(stage)


def _refuse_loss(receipts: Iterable[Receipt], files: Iterable[StoredFile]) -> None:
    """Refuse to go on when not all rows that were kept aside came to their places."""
    kept, came = Counter[str](), Counter[str]()
    for receipt in receipts:
        kept.update(receipt.aside)
    for file in files:
        came[file.table] += file.rows
    for name, rows in kept.items():
        if came[name] != rows:
            raise TableError(
                f"{name} has {rows:,} rows kept aside, of which {came[name]:,} came to their places; "
                "nothing was finished: write the log again"
            )


def _ownerless(name: str, frame: pl.LazyFrame) -> bool:
    """Tell whether a table is not split by customers; rows of one that is belong to their shard."""
    if name == "unassigned" or not owners(frame.collect_schema(), name):
        return name != "unassigned"
    rows = int(frame.select(pl.len()).collect().item())
    if rows:
        raise TableError(f"{name} has {rows:,} rows of customers; give them to Writer.add with their shard")
    return False


def _kept(receipts: Iterable[Receipt]) -> tuple[StoredFile, ...]:
    """Return the files that have rows, and one of each table that has none."""
    files: dict[str, list[StoredFile]] = {}
    for file in chain.from_iterable(receipt.files for receipt in receipts):
        files.setdefault(file.table, []).append(file)
    kept = [[file for file in those if file.rows] or those[:1] for those in files.values()]
    return tuple(sorted(chain.from_iterable(kept), key=lambda file: file.place))


def _move(files: Iterable[StoredFile], source: Path, stage: Path) -> None:
    """Move files to their places; those that are there already were moved by one who was stopped."""
    parents = set()
    for file in files:
        target = stage / file.place
        target.parent.mkdir(parents=True, exist_ok=True)
        if (source / file.place).exists():
            (source / file.place).rename(target)
        parents |= {target.parent, target.parent.parent}
    for parent in parents:
        settle(parent)
