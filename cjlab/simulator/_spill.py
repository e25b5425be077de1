"""Records that wait on disk, each with its shard."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from cjlab.errors import TableError
from cjlab.simulator._records import chosen, joined

if TYPE_CHECKING:
    from io import BufferedReader
    from pathlib import Path

    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Spill:
    """Records of customers in one file, by shard within each portion that was added.

    Parameters
    ----------
    file : pathlib.Path
        Where they lie.
    kind : numpy.dtype
        What they are; a field ``customer`` says whose.
    where : ndarray
        ``(n,)`` the shard of customer 1, 2, ….
    shards : int
        How many shards.
    """

    file: Path
    kind: np.dtype[np.void]
    where: NDArray[np.int16]
    shards: int
    portions: list[NDArray[np.int64]] = field(default_factory=list, init=False)

    def add(self, records: NDArray[np.void]) -> None:
        """Add a portion behind those before it."""
        shard = self.where[records["customer"] - 1]
        counts = np.bincount(shard, minlength=self.shards)
        before = self.portions[-1][-1] if self.portions else 0
        self.portions.append(before + np.concatenate([[0], np.cumsum(counts)]))
        try:
            with self.file.open("ab") as opened:
                opened.write(chosen(records, np.argsort(shard, kind="stable")).view(np.uint8).data)
        except OSError as fault:
            raise TableError(
                f"{self.file.parent} cannot be written ({fault.strerror}); what waits there needs"
                f" {self.kind.itemsize} bytes a record: see to its space, or choose another folder"
            ) from fault

    def of(self, shard: int) -> NDArray[np.void]:
        """Return the records of a shard, in the order in which they were added."""
        with self.file.open("rb") as opened:
            parts = [self._read(opened, *portion[shard : shard + 2]) for portion in self.portions]
        return joined(parts, self.kind)

    def _read(self, opened: BufferedReader, begin: int, end: int) -> NDArray[np.void]:
        opened.seek(int(begin) * self.kind.itemsize)
        records: NDArray[np.void] = np.fromfile(opened, self.kind, int(end - begin))
        return records
