"""Which things are one, when pairs of them are: union–find."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def united(n: int, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each of ``n`` things the least of those that are one with it, given pairs ``(m,)`` that are.

    Each round hooks the larger root of a pair to the smaller and then halves all paths to the end (Shiloach & Vishkin
    1982, doi:10.1016/0196-6774(82)90008-6), so the least of its things is every set's root, whatever the pairs' order.
    """
    root = np.arange(n)
    while len(one):
        low, high = np.minimum(root[one], root[other]), np.maximum(root[one], root[other])
        apart = low != high
        if not apart.any():
            break
        one, other = one[apart], other[apart]
        np.minimum.at(root, high[apart], low[apart])
        while (root[root] != root).any():
            root = root[root]
    return root
