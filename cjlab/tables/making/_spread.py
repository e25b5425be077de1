"""Rows spread over loose files by a number of theirs, in streaming passes."""

from __future__ import annotations

import math
import shutil
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from polars.io.partition import FileProviderArgs

_AT_ONCE = 128  # files that one pass writes: each holds rows of its own in memory, so that many cost much
_ROWS_HELD = 1 << 18  # in memory, of all the files of a pass together
_MOST = 1 << 12  # of one of them


def spread(frame: pl.LazyFrame, loose: Path, key: pl.Expr, *, numbers: int, at_once: int = _AT_ONCE) -> None:
    """Write each row into a file of its number, of so many, at most 1,000,000, in a folder of their own.

    A pass writes few files at once, so many numbers take two: over stretches of neighbouring numbers first, then over
    the numbers of each stretch.
    """
    if numbers <= at_once:
        _pass(frame, loose, key, numbers=numbers)
        return
    width = math.isqrt(numbers - 1) + 1
    stretches = loose / f"stretches of {width}"
    stretches.mkdir(parents=True)
    spread(frame, stretches, key // width, numbers=math.ceil(numbers / width), at_once=at_once)
    for _, rows in gathered(stretches):
        spread(rows, loose, key, numbers=width, at_once=at_once)
    shutil.rmtree(stretches)


def _pass(frame: pl.LazyFrame, loose: Path, key: pl.Expr, *, numbers: int) -> None:
    """Write each row into a file of its number.

    Polars may close a number's file and go on in another: so a number may have several. It also goes on for a while
    after a write has failed; it is given no more names then.
    """
    names, held = _Names(), min(_ROWS_HELD // numbers, _MOST)
    pieces = pl.PartitionBy(
        loose,
        key=key.alias(_free(frame.collect_schema())),
        include_key=False,
        file_path_provider=names,
        approximate_bytes_per_file=None,
    )
    try:
        frame.sink_parquet(pieces, compression="lz4", row_group_size=held, maintain_order=False, engine="streaming")
    finally:
        names.told = False


def gathered(loose: Path) -> Iterator[tuple[int, pl.LazyFrame]]:
    """Return each number and its rows, the numbers rising."""
    found: dict[int, list[Path]] = {}
    for file in sorted(loose.glob("*.parquet")):
        found.setdefault(int(file.name.partition(".")[0]), []).append(file)
    for number, files in found.items():
        yield number, pl.scan_parquet(files, hive_partitioning=False, glob=False)


class _Names:
    """Names of files, as long as they are told."""

    told = True

    def __call__(self, piece: FileProviderArgs) -> str:
        """Name the next file of a number."""
        if not self.told:
            raise OSError("what is written has ended")
        return f"{piece.partition_keys.item():06d}.{piece.index_in_partition}.parquet"


def _free(columns: Iterable[str]) -> str:
    """Return a name that no column has."""
    return "".join(columns) + "\0"
