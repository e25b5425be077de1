"""Rows spread over loose files by a number of theirs, in one streaming pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from polars.io.partition import FileProviderArgs

_ROWS_HELD = 1 << 18  # in memory, of all the files together that rows are spread over
_LEAST, _MOST = 1 << 8, 1 << 12  # of one of them


def spread(frame: pl.LazyFrame, loose: Path, key: pl.Expr, *, numbers: int) -> None:
    """Write each row into a file of its number, of so many, at most 1,000,000, in a folder of their own.

    Polars keeps some hundred files open, and goes on with a number in another file when it closed the one before: so
    a number may have several. It also goes on for a while after a write has failed; it is given no more names then.
    """
    names, held = _Names(), min(max(_ROWS_HELD // numbers, _LEAST), _MOST)
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
