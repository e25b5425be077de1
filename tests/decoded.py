"""Looking for values in every file of a folder: in its bytes, and in all that its bytes say."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
import struct
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def found(folder: Path, wanted: Mapping[str, object]) -> dict[str, list[str]]:
    """Return where each value stands: files by what was looked for, for all that stand anywhere."""
    told = {name: _said(value) for name, value in wanted.items()}
    raw = {name: _laid(value) for name, value in wanted.items()}
    places: dict[str, list[str]] = {}
    for file in sorted(one for one in folder.rglob("*") if one.is_file()):
        content, said = file.read_bytes(), set(map(_said, _values(file)))
        text = "\0".join(said)
        for name, value in told.items():
            inside = len(value) > 8 and value in text  # a short one stands in many by chance
            if value in said or inside or raw[name] in content or value in file.name:
                places.setdefault(name, []).append(str(file.relative_to(folder)))
    return places


def _said(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).isoformat()
    if isinstance(value, bytes):
        return value.decode("latin-1")
    return repr(float(value)) if isinstance(value, float) else str(value)


def _laid(value: object) -> bytes:
    """Return the bytes by which a value stands in a file that is not packed."""
    if isinstance(value, dt.datetime):
        return struct.pack("<q", (value - _EPOCH) // dt.timedelta(microseconds=1))
    if isinstance(value, dt.date):
        return str(value).encode()
    if isinstance(value, float):
        return struct.pack("<d", value)
    return struct.pack("<q", value) if isinstance(value, int) else str(value).encode()


def _values(file: Path) -> Iterator[Any]:
    """Go through all that a file says, whatever its kind."""
    with file.open("rb") as opened:
        head = opened.read(16)
    if head.startswith(b"PAR1"):
        yield from _of_parquet(file)
    elif head.startswith(b"ARROW1"):
        with pa.memory_map(str(file)) as mapped, pa.ipc.open_file(mapped) as opened:
            yield from _flat(opened.read_all().to_pydict())
    elif head.startswith(b"SQLite format 3"):
        with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as base:
            yield from base.iterdump()
    elif head.startswith(b"PK") and file.suffix == ".npz":
        with np.load(file) as arrays:
            yield from _flat({name: arrays[name].tolist() for name in arrays.files})
    elif file.suffix in (".json", ".ipynb"):
        yield from _flat(json.loads(file.read_text()))


def _of_parquet(file: Path) -> Iterator[Any]:
    with pq.ParquetFile(file) as opened:
        for number in range(opened.metadata.num_row_groups):
            group = opened.metadata.row_group(number)
            for place in range(group.num_columns):
                statistics = group.column(place).statistics
                if statistics is not None and statistics.has_min_max:
                    yield from (statistics.min, statistics.max)
        yield from (opened.metadata.metadata or {}).values()
        yield from _flat(opened.read().to_pydict())


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        for name, one in value.items():
            yield name
            yield from _flat(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _flat(one)
    elif value is not None:
        yield value
