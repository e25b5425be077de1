"""One honest tree of effects: half of its customers say where it splits, the others what is in its leaves."""

from __future__ import annotations

import numpy as np
from numba import njit

from cjlab._compiled import kept
from cjlab.models.kernel._chosen import chosen


@kept
def grown(bins, treated, arm, outcome, tellers, payers, tried, fewest, key, feature, low, high, child, means):
    """Fill the arrays of a tree, and return how many nodes and how many leaves it has.

    Parameters
    ----------
    bins : ``(n, p)`` the bin of every value, 0 where it is missing.
    treated : ``(n,)`` whether each customer is of the arm.
    arm, outcome : ``(n,)`` what is left of the arm and of the outcome once what is expected has been taken off.
    tellers, payers : rows that say where to split, and rows that fill the leaves; they are put in order.
    tried : columns looked at for a split.
    fewest : rows of either side that a part has at least, among those that tell.
    key : of the draws.
    feature, low, high, child : of each node its column, −1 for a leaf; the bins that go left, from ``low`` to ``high``;
        where its left part stands, the right one behind it, or which leaf it is.
    means : ``(leaves, 4)`` of the customers of each leaf: of arm, outcome, their product, and the square of the arm.
    """
    spans = np.zeros((feature.shape[0], 4), np.int64)
    spans[0, 1], spans[0, 3] = tellers.shape[0], payers.shape[0]
    gradient = np.empty(tellers.shape[0])
    order = np.arange(bins.shape[1])
    room = np.empty((tried, 65, 3))
    spare = np.empty(max(tellers.shape[0], payers.shape[0]), np.int64)
    nodes, leaves, node = 1, 0, 0
    while node < nodes:
        start, stop, begin, end = spans[node]
        column = -1
        if _steps(treated, arm, outcome, tellers[start:stop], gradient[start:stop], fewest):
            some = tellers[start:stop]
            column, low[node], high[node] = chosen(
                bins, treated, some, gradient[start:stop], order, room, fewest, key, node
            )
        if column >= 0:
            middle = start + _parted(bins, column, low[node], high[node], tellers[start:stop], spare)
            centre = begin + _parted(bins, column, low[node], high[node], payers[begin:end], spare)
            if not (_both(treated, payers[begin:centre]) and _both(treated, payers[centre:end])):
                column = -1
        feature[node] = column
        if column >= 0:
            child[node] = nodes
            spans[nodes] = start, middle, begin, centre
            spans[nodes + 1] = middle, stop, centre, end
            nodes += 2
        else:
            child[node], low[node], high[node] = leaves, 0, 0
            _filled(arm, outcome, payers[begin:end], means[leaves])
            leaves += 1
        node += 1
    return nodes, leaves


@njit
def _steps(treated, arm, outcome, rows, gradient, fewest):
    """Fill in how much each row would have the effect of its node change; False where a node is too small for two."""
    n, ours = rows.shape[0], 0
    w = y = 0.0
    for row in rows:
        ours += treated[row]
        w += arm[row]
        y += outcome[row]
    if ours < 2 * fewest or n - ours < 2 * fewest:
        return False
    w, y, both, square = w / n, y / n, 0.0, 0.0
    for row in rows:
        both += (arm[row] - w) * (outcome[row] - y)
        square += (arm[row] - w) ** 2
    effect = both / square
    for place in range(n):
        apart = arm[rows[place]] - w
        gradient[place] = apart * (outcome[rows[place]] - y - apart * effect) / square
    return True


@njit
def _parted(bins, column, low, high, rows, spare):
    """Put rows that go left in front, and return how many they are; either part stays in its order."""
    left = right = 0
    for row in rows:
        if low <= bins[row, column] <= high:
            rows[left] = row
            left += 1
        else:
            spare[right] = row
            right += 1
    rows[left:] = spare[:right]
    return left


@njit
def _both(treated, rows):
    """Return whether rows are of both sides."""
    ours = 0
    for row in rows:
        ours += treated[row]
    return 0 < ours < rows.shape[0]


@njit
def _filled(arm, outcome, rows, means):
    """Fill in the means of a leaf; NaN where it has nobody."""
    means[:] = 0.0
    for row in rows:
        w, y = arm[row], outcome[row]
        means[0] += w
        means[1] += y
        means[2] += w * y
        means[3] += w * w
    means /= rows.shape[0]
