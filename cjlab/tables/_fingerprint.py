"""The fingerprint: what a log says, in 64 hexadecimal digits."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab._random import mix
from cjlab.tables._bits import salt, salted

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import polars as pl
    from numpy.typing import NDArray

_BATCH = 250_000  # rows: small enough for the cache, large enough to digest few texts twice
_LANES = ("a", "b")  # two sums of 64 bits each


class _Sums(NamedTuple):
    """The number of a table's rows and the two sums of their bits."""

    rows: int
    first: int
    second: int


def fingerprint(frames: Mapping[str, pl.LazyFrame], *, timezone: str, learned: dt.datetime | None = None) -> str:
    """Return the SHA-256 of what the tables say: sums of their rows' bits, the zone, and when persons were known."""
    tables = {name: _sums(frame, name) for name, frame in frames.items()}
    said = {name: [str(one.rows), f"{one.first:016x}", f"{one.second:016x}"] for name, one in tables.items()}
    known = {} if learned is None else {"learned": str(learned)}
    return sha256(json.dumps({"timezone": timezone, "tables": said, **known}, sort_keys=True).encode()).hexdigest()


def _sums(frame: pl.LazyFrame, table: str) -> _Sums:
    """Add up the rows' bits, which no order of rows, split into files or chunk can change."""
    salts = {name: np.array([[salt(table, name, lane)] for lane in _LANES]) for name in frame.collect_schema()}
    rows, total = 0, np.zeros(len(_LANES), np.uint64)
    for batch in frame.collect_batches(chunk_size=_BATCH, maintain_order=False, engine="streaming"):
        rows += batch.height
        total += _lanes(batch, salts)
    return _Sums(rows, *total.tolist())


def _lanes(batch: pl.DataFrame, salts: Mapping[str, NDArray[np.uint64]]) -> NDArray[np.uint64]:
    rows = np.zeros((len(_LANES), batch.height), np.uint64)
    for values in batch.get_columns():
        rows += salted(values, salts[values.name])
    sums: NDArray[np.uint64] = mix(rows).sum(axis=1, dtype=np.uint64)
    return sums
