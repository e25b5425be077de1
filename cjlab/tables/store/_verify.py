"""The full verification of a stored log: every byte as written, every row where it belongs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab._checks import listed
from cjlab.tables._order import behind, ordering
from cjlab.tables._vocabularies import spoken, vocabularies
from cjlab.tables.store._blame import FAILURES
from cjlab.tables.store._file import damage, intact
from cjlab.tables.store._part import owners
from cjlab.tables.store._scan import scanned
from cjlab.tables.store._shards import shard

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cjlab.tables.store._file import StoredFile
    from cjlab.tables.store._manifest import Manifest

_ROWS = 250_000  # looked at together
_SHOWN = 5  # words named in an error


def verified(manifest: Manifest, folder: Path) -> None:
    """Refuse a stored log of which a byte, a row's place or a word is not as it should be."""
    intact(manifest.files, folder, within=True)
    faults = [fault for file in manifest.files for fault in _faults(file, folder, manifest.shards)]
    faults.extend(_unspoken(manifest, folder))
    if faults:
        raise damage(faults, folder)


def _faults(file: StoredFile, folder: Path, shards: int) -> Iterator[str]:
    """Go through the rows of a file: can they be read, do they lie in their shard, and in their order."""
    frame = pl.scan_parquet(folder / file.place, hive_partitioning=False, glob=False)
    try:
        columns = frame.collect_schema().names()
        read, astray, disordered = _counts(frame, file, shards, columns)
    except FAILURES as error:
        yield f"{file.place} cannot be read ({str(error).partition(chr(10))[0]})"
        return
    if read != file.rows:
        yield f"{file.place} has {_rows(read)} where {file.rows:,} were written"
    if astray:
        yield f"{file.place} has {_rows(astray)} of customers who belong to another shard"
    if disordered:
        yield f"{file.place} has {_rows(disordered)} out of order"


def _counts(frame: pl.LazyFrame, file: StoredFile, shards: int, columns: list[str]) -> tuple[int, int, int]:
    """Count the rows, those that lie in a wrong shard, and those that stand behind a row they should precede."""
    order, whose = ordering(columns, file.table), owners(columns, file.table)
    here = -1 if file.shard is None else file.shard
    read, astray, disordered, last = 0, 0, 0, pl.DataFrame()
    for batch in frame.collect_batches(chunk_size=_ROWS, maintain_order=True, engine="streaming"):
        read += batch.height
        astray += batch.select((shard(whose, count=shards) != here).sum()).item() if whose else 0
        rows = pl.concat([last, batch.select(order)]) if last.height else batch.select(order)
        disordered += rows.select(behind(order).sum()).item()
        last = rows.tail(1)
    return read, astray, disordered


def _unspoken(manifest: Manifest, folder: Path) -> Iterator[str]:
    """Go through the words of rows that have no code."""
    for name, words in spoken(vocabularies(scanned(folder, manifest))).items():
        without = sorted(set(words) - set(manifest.vocabularies[name]))
        if without:
            yield f"log.json has no code for {name} {listed(without[:_SHOWN])}"


def _rows(number: int) -> str:
    return "1 row" if number == 1 else f"{number:,} rows"
