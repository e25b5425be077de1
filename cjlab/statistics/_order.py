"""The rows of a block in the order of their groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cjlab.statistics._samples import Flags, Floats

_FEW = 16  # groups that are faster taken one by one


class Order(NamedTuple):
    """Where each row goes (None: it stays), the rows of each group, and where those start that are there."""

    places: NDArray[np.intp] | None
    rows: NDArray[np.intp]
    present: NDArray[np.intp]
    starts: NDArray[np.intp]
    sizes: NDArray[np.intp]

    @classmethod
    def of(cls, codes: NDArray[np.integer], groups: int) -> Order:
        """Sort rows by the number of their group."""
        places, rows = _sorted(codes, groups)
        present = np.flatnonzero(rows)
        sizes = rows[present]
        return cls(places if len(present) > 1 else None, rows, present, np.cumsum(sizes) - sizes, sizes)

    @property
    def size(self) -> int:
        """Rows of the block."""
        return int(self.sizes.sum())

    def sort(self, values: NDArray[np.generic], *, out: Floats) -> None:
        """Bring values into the order of the groups."""
        if self.places is None:
            out[:] = values
        elif values.dtype == out.dtype:
            np.take(values, self.places, out=out, mode="clip")
        else:
            out[:] = np.take(values, self.places, mode="clip")

    def totals(self, values: Floats) -> Floats:
        """Sum each group along the last axis."""
        return np.asarray(np.add.reduceat(values, self.starts, axis=-1))

    def counts(self, flags: Flags) -> NDArray[np.intp]:
        """Count the flags that are set in each group."""
        if len(self.starts) > _FEW:
            return np.asarray(np.add.reduceat(flags, self.starts, dtype=np.intp))
        return np.asarray([np.count_nonzero(flags[start:end]) for _, start, end in self._spans()])

    def centre(self, lines: Floats, pivot: Floats, *, out: Floats) -> None:
        """Take each group's pivot away from its values."""
        if len(self.starts) > _FEW:
            np.subtract(lines, np.repeat(pivot, self.sizes, axis=1), out=out)
            return
        for group, start, end in self._spans():
            np.subtract(lines[:, start:end], pivot[:, group, None], out=out[:, start:end])

    def _spans(self) -> Iterator[tuple[int, int, int]]:
        ends = np.cumsum(self.sizes)
        return zip(range(len(ends)), self.starts.tolist(), ends.tolist(), strict=True)


def _sorted(codes: NDArray[np.integer], groups: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    if groups > _FEW:
        narrow = codes.astype(np.min_scalar_type(groups))  # two bytes are sorted without comparing
        return np.argsort(narrow, kind="stable"), np.bincount(codes, minlength=groups)
    inside = [np.flatnonzero(codes == group) for group in range(groups)]
    return np.concatenate(inside), np.asarray([len(rows) for rows in inside], dtype=np.intp)
