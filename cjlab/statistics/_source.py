"""Where rows come from: Parquet by row group, any frame by batch; always Arrow, never all at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import pyarrow as pa
import pyarrow.parquet as pq

from cjlab._checks import lazy, listed
from cjlab.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Callable

Part: TypeAlias = "Callable[[], Iterable[pa.RecordBatch]]"

_ROWS = 131_072
_UNKNOWN_TO_ARROW = ("Int128", "UInt128")
_BUFFER = 1 << 18  # bytes read at once from a column: without it a whole column chunk is held


@dataclass(frozen=True, slots=True)
class Source:
    """Columns by name and type, and parts that can be read side by side."""

    schema: dict[str, pa.DataType]
    parts: Iterator[Part]


def opened(rows: Any, needed: Sequence[str]) -> Source:  # noqa: ANN401 - a frame of any kind, or paths
    """Open a frame, a Parquet file, a folder of them, or several paths."""
    if isinstance(rows, str | os.PathLike):
        return _of_files([Path(rows)], needed)
    if isinstance(rows, Sequence) and rows and all(isinstance(one, str | os.PathLike) for one in rows):
        return _of_files([Path(one) for one in rows], needed)
    return _of_frame(rows, needed)


def _of_files(paths: Sequence[Path], needed: Sequence[str]) -> Source:
    files = [file for path in paths for file in _files(path)]
    opened_files = [(file, pq.read_metadata(file)) for file in files]
    schemas = [metadata.schema.to_arrow_schema() for _, metadata in opened_files]
    for file, schema in zip(files, schemas, strict=True):
        _require(schema.names, needed, of=str(file))
    return Source(
        {name: schemas[0].field(name).type for name in needed},
        (
            partial(_row_group, file, metadata, group, list(needed))
            for file, metadata in opened_files
            for group in range(metadata.num_row_groups)
        ),
    )


def _files(path: Path) -> list[Path]:
    found = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    if not found or not found[0].is_file():
        raise TableError(f"{path} holds no Parquet file; give a file, or a folder that has some")
    return found


def _row_group(path: Path, metadata: pq.FileMetaData, group: int, needed: list[str]) -> Iterator[pa.RecordBatch]:
    strings = [name for name in needed if _is_string(metadata.schema.to_arrow_schema().field(name).type)]
    with pq.ParquetFile(
        path, metadata=metadata, read_dictionary=strings, buffer_size=_BUFFER, pre_buffer=False
    ) as file:
        yield from file.iter_batches(batch_size=_ROWS, row_groups=[group], columns=needed, use_threads=False)


def _is_string(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _of_frame(rows: Any, needed: Sequence[str]) -> Source:  # noqa: ANN401 - a frame of any kind
    frame = lazy(rows, table="the frame")
    schema = frame.collect_schema()
    _require(schema.names(), needed, of="the frame")
    for name in needed:
        if str(schema[name]) in _UNKNOWN_TO_ARROW:
            raise TableError(f"column {name!r} is of type {schema[name]}, which Arrow has not: cast it to Int64 first")
    kept = frame.select(needed)
    empty = kept.clear().collect().to_arrow()
    batches = kept.collect_batches(chunk_size=_ROWS, maintain_order=False, lazy=True)
    return Source(dict(zip(needed, empty.schema.types, strict=True)), (partial(_arrow, batch) for batch in batches))


def _arrow(batch: Any) -> Iterable[pa.RecordBatch]:  # noqa: ANN401 - a Polars frame; polars is not loaded for a file
    return list(batch.to_arrow().to_batches())


def _require(present: Sequence[str], needed: Sequence[str], *, of: str) -> None:
    absent = [name for name in needed if name not in present]
    if absent:
        raise TableError(f"{of} has no column {listed(absent)}; its columns are {', '.join(present) or 'none'}")
