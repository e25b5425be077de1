"""The columns of a block as lines of floats in the order of the groups."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from cjlab.statistics._numbers import zeroed

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjlab.statistics._order import Order
    from cjlab.statistics._samples import Flags, Floats


class Lines(NamedTuple):
    """Lines of values, each of a column: first whole numbers, as many as ``whole``, then fractions.

    ``unknown`` says of each row of a line whether it misses something; there the line holds 0. A side of a pair that
    misses more as a side than as a column has another line for that, after those of the columns. ``pairs`` says which
    two lines make each pair.
    """

    values: Floats
    columns: list[int]
    whole: int
    unknown: dict[int, Flags]
    pairs: list[tuple[int, int]]

    @classmethod
    def of(cls, columns: Sequence[NDArray[np.generic]], whole: Sequence[bool], order: Order, *, room: Floats) -> Lines:
        """Bring columns into order; whether some is unknown is not looked for yet."""
        turn = sorted(range(len(columns)), key=lambda column: not whole[column])
        for column, line in zip(turn, room, strict=False):
            order.sort(columns[column], out=line)
        return cls(room, turn, sum(whole), {}, [])

    def paired(self, pairs: Sequence[tuple[int, int]], *, missing: set[int]) -> Lines:
        """Find what is unknown in the columns that miss some, put 0 there, and pair the lines."""
        place = {column: line for line, column in enumerate(self.columns)}
        self.unknown.update({place[column]: np.isnan(self.values[place[column]]) for column in missing})
        for y, x in pairs:
            self.pairs.append(self._sides(place[y], place[x]))
        for line, unknown in self.unknown.items():
            zeroed(self.values[line], unknown)
        return self._replace(values=self.values[: len(self.columns)])

    def series(self, columns: int) -> list[int]:
        """Say which line is each series: the columns as they were given, then all y sides, then all x sides."""
        places = np.argsort(self.columns[:columns]).tolist()
        return [*places, *(y for y, _ in self.pairs), *(x for _, x in self.pairs)]

    def _sides(self, y: int, x: int) -> tuple[int, int]:
        missed = [self.unknown[side] for side in (y, x) if side in self.unknown]
        if not missed:
            return y, x
        either = reduce(np.logical_or, missed)
        return self._side(y, either), self._side(x, either)

    def _side(self, line: int, unknown: Flags) -> int:
        if line in self.unknown and np.array_equal(self.unknown[line], unknown):
            return line
        another = len(self.columns)
        self.values[another] = self.values[line]
        self.columns.append(self.columns[line])
        self.unknown[another] = unknown
        return another
