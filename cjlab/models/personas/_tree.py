"""Groups by splits that a person can read: each splits one group in two, at a number that is easily said."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Codes = NDArray[np.int64]

_MOVED = 0.005  # of the customers that a rounder number may put on the other side
_DIGITS = 6


@dataclass(frozen=True, eq=False)
class Tree:
    """Splits, each of a group in two.

    ``column`` is (nodes,): which column is asked, −1 for a group that is not split; ``cut`` what it is compared with:
    up to it goes to ``low``, above it to ``high``.
    """

    column: Codes
    cut: Floats
    low: Codes
    high: Codes

    @classmethod
    def grown(cls, asked: Floats, told: Floats, *, groups: int, least: float, rounded: bool = True) -> Tree:
        """Grow groups within which what is told differs least, split by what is asked, ``(n, d)`` each.

        The next split is always the one that takes most of the squared differences away.
        """
        from sklearn.tree import DecisionTreeRegressor

        smallest = max(int(np.ceil(least * len(asked))), 1)
        made = DecisionTreeRegressor(max_leaf_nodes=groups, min_samples_leaf=smallest, random_state=0)
        grown = made.fit(asked, told).tree_
        column = np.where(grown.children_left < 0, -1, grown.feature).astype(np.int64)
        cut = grown.threshold.astype(np.float64)
        if rounded:
            cut = np.array([_round(asked[:, one], at) if one >= 0 else at for one, at in zip(column, cut, strict=True)])
        low, high = (one.astype(np.int64) for one in (grown.children_left, grown.children_right))
        return cls(column, cut, low, high)

    def groups(self, asked: Floats) -> Codes:
        """Return the group of each customer, ``(n,)``, from 0 in the order of the tree."""
        node = np.zeros(len(asked), dtype=np.int64)
        for _ in range(len(self.column)):
            split = self.column[node]
            inner = split >= 0
            if not inner.any():
                break
            values = asked[np.arange(len(asked)), np.maximum(split, 0)]
            further = np.where(values <= self.cut[node], self.low[node], self.high[node])
            node = np.where(inner, further, node)
        return np.searchsorted(self.leaves, node)

    @property
    def leaves(self) -> Codes:
        """The nodes that are not split, rising."""
        return np.flatnonzero(self.column < 0)

    def bounds(self, leaf: int) -> dict[int, tuple[float, float]]:
        """Return between what each column that is asked lies in a group: above the first, up to the second."""
        found: dict[int, tuple[float, float]] = {}
        node = leaf
        while node != 0:
            parent = int(np.flatnonzero((self.low == node) | (self.high == node))[0])
            column, cut = int(self.column[parent]), float(self.cut[parent])
            low, high = found.get(column, (-np.inf, np.inf))
            found[column] = (low, min(high, cut)) if self.low[parent] == node else (max(low, cut), high)
            node = parent
        return dict(reversed(found.items()))

    def _parts(self) -> Mapping[str, Any]:
        return {"column": self.column, "cut": self.cut, "low": self.low, "high": self.high}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Tree:
        return cls(**parts)


def _round(values: Floats, cut: float) -> float:
    """Return the roundest number that puts nearly everybody on the same side; of whole numbers, a whole one."""
    if (values == np.floor(values)).all():
        return float(np.floor(cut))
    below = values <= cut
    for digits in range(1, _DIGITS):
        near = float(f"{cut:.{digits}g}")
        if np.mean(below != (values <= near)) <= _MOVED:
            return near
    return cut
