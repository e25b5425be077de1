"""Rows from the highest score to the lowest; equal scores stand together, in no order of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from cjlab.metrics._door import Codes, Floats


@dataclass(frozen=True, slots=True)
class Ranking:
    """The order of the rows by score, and where each block of equal scores ends.

    ``order`` has the rows, best first; ``ends`` the count of rows up to the end of each block; ``scores`` the score of
    each block.
    """

    order: Codes
    ends: Codes
    scores: Floats

    @classmethod
    def of(cls, score: Floats) -> Ranking:
        """Order rows by score."""
        order = np.argsort(-score, kind="stable")
        ordered = score[order]
        last = np.flatnonzero(np.append(ordered[1:] != ordered[:-1], True))
        return cls(order, last + 1, ordered[last])

    @property
    def n(self) -> int:
        """Count of rows."""
        return len(self.order)

    @property
    def sizes(self) -> Codes:
        """Count of rows of each block."""
        return np.diff(self.ends, prepend=0)

    def sums(self, values: Floats) -> Floats:
        """Add up values over the rows before the first block, up to the first, the second, …: ``(blocks + 1,)``."""
        return np.concatenate(([0.0], np.cumsum(values[self.order])[self.ends - 1]))

    def spread(self, values: Floats) -> Floats:
        """Give each row the value of its block."""
        found = np.empty(self.n)
        found[self.order] = np.repeat(values, self.sizes)
        return found

    @property
    def places(self) -> Floats:
        """Share of rows ranked above each row, ties (and itself) counted half; 1/2 where all tie."""
        return self.spread((self.ends - self.sizes / 2) / self.n)
