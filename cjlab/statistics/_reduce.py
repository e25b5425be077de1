"""The pass over the rows: threads take parts from the source and reduce them batch by batch."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from cjlab.errors import TableError
from cjlab.statistics._block import Blocks
from cjlab.statistics._grouped import Grouped, combined
from cjlab.statistics._groups import encode
from cjlab.statistics._numbers import numbers
from cjlab.statistics._source import opened
from cjlab.statistics._tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cjlab.statistics._source import Part

_TOGETHER = 16
_LABELS = (
    pa.types.is_integer, pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_boolean,
    pa.types.is_date, pa.types.is_timestamp, pa.types.is_null,
)  # fmt: skip
_NUMBERS = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean, pa.types.is_decimal, pa.types.is_null)


@dataclass(slots=True)
class _Reducer:
    """What is reduced and, as the work goes on, what is left to do."""

    by: tuple[str, ...]
    columns: tuple[str, ...]
    pairs: tuple[tuple[str, str], ...]
    parts: Iterator[Part]
    lock: Lock = field(default_factory=Lock)

    def work(self, _thread: int) -> Grouped:
        """Take parts until none is left."""
        blocks, done = Blocks(self.columns, self.pairs), [self.empty()]
        while (part := self._next()) is not None:
            done += [self._grouped(batch, blocks) for batch in part() if batch.num_rows]
            if len(done) > _TOGETHER:
                done = [combined(done)]
        return combined(done)

    def empty(self) -> Grouped:
        width = 1 + 5 * (len(self.columns) + 2 * len(self.pairs)) + 2 * len(self.pairs)
        return Grouped((), Tally(np.zeros((0, width)), len(self.columns), len(self.pairs)))

    def _next(self) -> Part | None:
        with self.lock:
            return next(self.parts, None)

    def _grouped(self, batch: pa.RecordBatch, blocks: Blocks) -> Grouped:
        codes, labels = encode(batch, self.by)
        columns = [numbers(batch.column(name), name=name) for name in self.columns]
        return Grouped(tuple(labels), blocks.tally(codes, len(labels), columns))


def reduced(
    rows: Any,  # noqa: ANN401 - a frame of any kind, or paths
    *,
    by: tuple[str, ...],
    columns: tuple[str, ...],
    pairs: tuple[tuple[str, str], ...],
    threads: int,
) -> Grouped:
    """Read the rows once and reduce them."""
    source = opened(rows, list(dict.fromkeys([*by, *columns])))
    for name in by:
        _require(
            name, source.schema[name], _LABELS, "groups are made by whole numbers, strings, booleans, dates or times"
        )
    for name in columns:
        _require(name, source.schema[name], _NUMBERS, "moments are taken of numbers and booleans")
    reducer = _Reducer(by, columns, pairs, source.parts)
    with ThreadPoolExecutor(threads) as pool:
        found = combined(list(pool.map(reducer.work, range(threads))))
    return found.taken(np.flatnonzero(found.tally.rows).tolist())


def _require(name: str, kind: pa.DataType, allowed: Sequence[Any], says: str) -> None:
    inner = kind.value_type if pa.types.is_dictionary(kind) and allowed is _LABELS else kind
    if not any(test(inner) for test in allowed):
        raise TableError(f"column {name!r} is of type {kind}; {says}: convert it first")
