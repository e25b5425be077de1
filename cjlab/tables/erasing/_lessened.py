"""Stored files without some of their rows: each that holds one is made anew, and the others stay as they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import polars as pl

from cjlab.tables.store._file import StoredFile, succeeding
from cjlab.tables.store._part import lay, lay_ordered
from cjlab.tables.store._scan import scan, schema_of, types

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from cjlab.tables.store._manifest import Manifest


class Cut(NamedTuple):
    """What is taken out of a table: rows, and single values of rows that stay."""

    gone: pl.Expr
    blank: Mapping[str, pl.Expr]

    @property
    def blanked(self) -> pl.Expr:
        """Tell which rows stay and lose a value."""
        return pl.any_horizontal([pl.lit(value=False), *self.blank.values()]) & ~self.gone

    def left(self, frame: pl.LazyFrame) -> pl.LazyFrame:
        """Return what stays of a table."""
        return frame.filter(~self.gone).with_columns(
            pl.when(~empty).then(pl.col(column)).alias(column) for column, empty in self.blank.items()
        )


@dataclass(frozen=True)
class Lessened:
    """Files made anew without some rows.

    Parameters
    ----------
    anew
        Each new file, by the place of the one that it follows.
    gone, blanked
        How many rows of each table went, and how many stayed and lost a value.
    """

    anew: Mapping[str, StoredFile] = field(default_factory=dict)
    gone: Mapping[str, int] = field(default_factory=dict)
    blanked: Mapping[str, int] = field(default_factory=dict)

    def files(self, before: tuple[StoredFile, ...]) -> tuple[StoredFile, ...]:
        """Return all files: new ones, and those that stay."""
        return tuple(self.anew.get(file.place, file) for file in before)


def lessened(manifest: Manifest, folder: Path, cuts: Mapping[str, Cut], *, stage: Path | None) -> Lessened:
    """Make files anew that hold something that is taken out; without a stage, only count."""
    anew: dict[str, StoredFile] = {}
    gone, blanked = dict.fromkeys(cuts, 0), dict.fromkeys(cuts, 0)
    for table, cut in cuts.items():
        files = manifest.of(table)
        columns = types(folder, files)
        for file in (one for one in files if one.rows):
            frame = scan(folder, [file], columns)
            rows, values = frame.select(cut.gone.sum().alias("gone"), cut.blanked.sum().alias("blank")).collect().row(0)
            gone[table] += rows
            blanked[table] += values
            if stage is not None and (rows or values):
                anew[file.place] = _made(file, folder, stage, cut, frame, ordered=not values)
    return Lessened(anew, gone, blanked)


def _made(file: StoredFile, folder: Path, stage: Path, cut: Cut, frame: pl.LazyFrame, *, ordered: bool) -> StoredFile:
    """Write what stays of a file, in total order: a value that went may have parted rows of one moment."""
    place = succeeding(file.place)
    left = cut.left(frame).select(list(schema_of(folder / file.place)))
    if ordered:
        lay(left, stage / place)
    else:
        lay_ordered(left, stage / place, table=file.table)
    return StoredFile.measured(stage, place)
