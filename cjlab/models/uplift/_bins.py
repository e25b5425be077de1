"""Features as trees take them: each value's bin of equally many customers, what is missing in one of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from cjlab.models._kinds import Part

    Floats = NDArray[np.float64]

_CUTS = 63  # of a column: 64 bins, and one for what is missing


@dataclass(frozen=True, eq=False)
class Bins:
    """Where the bins of each column end.

    ``cuts`` is ``(columns, 63)``, rising, the last value of each bin but the highest, infinite where a column has
    fewer; ``places`` is ``(2, columns)``: where each lies in the design, and where the column that says whether it is
    missing, −1 for none.
    """

    cuts: Floats
    places: NDArray[np.int64]

    @classmethod
    def learn(cls, design: Floats, blanks: Sequence[int]) -> Bins:
        """Learn from a design; ``blanks`` says for each of its columns which one says whether it is missing."""
        known = np.asarray(blanks, dtype=np.int64)
        own = np.setdiff1d(np.arange(design.shape[1]), known)
        cuts = np.full((len(own), _CUTS), np.inf)
        for line, place in zip(cuts, own, strict=True):
            found = _cut(design[_there(design, known[place]), place])
            line[: len(found)] = found
        return cls(cuts, np.stack([own, known[own]]))

    def of(self, design: Floats) -> NDArray[np.uint8]:
        """Return the bin of every value, ``(n, columns)``, from 1; 0 for what is missing."""
        found = np.zeros((len(design), len(self.cuts)), dtype=np.uint8)
        for column, (place, blank) in enumerate(self.places.T):
            there = _there(design, int(blank))
            found[there, column] = 1 + np.searchsorted(self.cuts[column], design[there, place])
        return found

    def _parts(self) -> Mapping[str, Part]:
        return {"cuts": self.cuts, "places": self.places}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Bins:
        return cls(parts["cuts"], parts["places"])


def _there(design: Floats, blank: int) -> slice | NDArray[np.bool_]:
    """Return the rows whose value is known; the column that says so is above its mean of 0 where it is not."""
    return slice(None) if blank < 0 else design[:, blank] <= 0


def _cut(values: Floats) -> Floats:
    """Return the last value of each bin but the highest."""
    ordered = np.sort(values)
    distinct: Floats = ordered[:-1][ordered[1:] > ordered[:-1]]
    if len(distinct) <= _CUTS:
        return distinct
    even: Floats = np.unique(ordered[np.arange(1, _CUTS + 1) * len(ordered) // (_CUTS + 1)])
    found: Floats = even[even < ordered[-1]]
    return found
