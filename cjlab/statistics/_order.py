"""The rows of a block in the order of their groups."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.statistics._samples import Floats

_FEW = 16  # groups that are faster centred one by one


class Order(NamedTuple):
    """Where each row goes, how many rows each group has, and where the rows of each group that is there start."""

    places: NDArray[np.intp]
    rows: NDArray[np.intp]
    present: NDArray[np.intp]
    starts: NDArray[np.intp]
    sizes: NDArray[np.intp]

    @classmethod
    def of(cls, codes: NDArray[np.unsignedinteger], groups: int) -> Order:
        """Sort rows by the number of their group."""
        rows = np.bincount(codes, minlength=groups)
        present = np.flatnonzero(rows)
        sizes = rows[present]
        return cls(np.argsort(codes, kind="stable"), rows, present, np.cumsum(sizes) - sizes, sizes)

    @property
    def size(self) -> int:
        """Rows of the block."""
        return len(self.places)

    def sort(self, values: NDArray[np.generic], *, out: Floats) -> None:
        """Bring values into the order of the groups."""
        if values.dtype == out.dtype:
            np.take(values, self.places, out=out, mode="clip")
        else:
            out[:] = values[self.places]

    def totals(self, values: Floats) -> Floats:
        """Sum each group along the last axis."""
        return np.asarray(np.add.reduceat(values, self.starts, axis=-1))

    def counts(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """Count how many of some sorted rows lie in each group."""
        return np.diff(np.searchsorted(rows, np.append(self.starts, self.size)))

    def centre(self, lines: Floats, pivot: Floats, *, out: Floats) -> None:
        """Take each group's pivot away from its values."""
        if len(self.starts) > _FEW:
            np.subtract(lines, np.repeat(pivot, self.sizes, axis=1), out=out)
            return
        for group, (start, size) in enumerate(zip(self.starts, self.sizes, strict=True)):
            inside = np.s_[:, start : start + size]
            np.subtract(lines[inside], pivot[:, group, None], out=out[inside])
