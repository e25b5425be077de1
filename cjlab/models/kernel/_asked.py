"""Trees are asked: the effect of each customer, and how far bags of trees disagree on it."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from cjlab._compiled import kept

_ROWS: Final = 256  # at a time, so that a tree stays in the cache for all of them


@kept
def asked(bins, firsts, feature, low, high, child, means, bag, effect, between, within):
    """Fill in the effect of each row; and its variance between the means of bags, and what of it is the trees' own.

    Parameters
    ----------
    bins : ``(n, p)`` the bin of every value.
    firsts : ``(trees + 1, 2)`` where nodes and leaves of each tree begin.
    feature, low, high, child, means : of the trees, one after the other, as they have grown.
    bag : trees of a bag.
    effect, between, within : ``(n,)`` what is filled; no room in the last two where nobody asks.
    """
    leaf = np.empty((firsts.shape[0] - 1, _ROWS), np.int64)
    for start in range(0, bins.shape[0], _ROWS):
        stop = min(start + _ROWS, bins.shape[0])
        _reached(bins[start:stop], firsts, feature, low, high, child, leaf)
        mean = _averaged(means, leaf[:, : stop - start])
        for row in range(start, stop):
            one = row - start
            w, y = mean[one, 0], mean[one, 1]
            effect[row] = (mean[one, 2] - w * y) / (mean[one, 3] - w * w)
        if between.shape[0]:
            _apart(means, leaf, mean, effect[start:stop], bag, between[start:stop], within[start:stop])


@njit
def _reached(bins, firsts, feature, low, high, child, leaf):
    """Fill in the leaf that each row comes to in each tree."""
    for tree in range(leaf.shape[0]):
        first, leaves = firsts[tree]
        for row in range(bins.shape[0]):
            node = first
            while feature[node] >= 0:
                value = bins[row, feature[node]]
                right = (value < low[node]) | (value > high[node])  # no branch to be mistaken about
                node = first + child[node] + right
            leaf[tree, row] = leaves + child[node]


@njit
def _averaged(means, leaf):
    """Return the means of each row's leaves, over the trees that have anybody in them."""
    total, found = np.zeros((leaf.shape[1], 4)), np.zeros(leaf.shape[1])
    for tree in range(leaf.shape[0]):
        for row in range(leaf.shape[1]):
            one = leaf[tree, row]
            if not np.isnan(means[one, 0]):
                found[row] += 1.0
                for place in range(4):
                    total[row, place] += means[one, place]
    for row in range(leaf.shape[1]):
        total[row] /= found[row]
    return total


@njit
def _apart(means, leaf, mean, effect, bag, between, within):
    """Fill in how far bags are from their mean, and trees from their bag's, as the effect's score of each tree says."""
    n, bags = effect.shape[0], np.zeros(effect.shape[0])
    between[:] = within[:] = 0.0
    for first in range(0, leaf.shape[0], bag):
        total, squares = np.zeros(n), np.zeros(n)
        for tree in range(first, first + bag):
            for row in range(n):
                one, w, y = leaf[tree, row], mean[row, 0], mean[row, 1]
                step = means[one, 2] - w * means[one, 1] - y * means[one, 0] + w * y
                step -= effect[row] * (means[one, 3] - 2.0 * w * means[one, 0] + w * w)
                step /= mean[row, 3] - w * w
                total[row] += step
                squares[row] += step * step
        for row in range(n):
            if not np.isnan(total[row]):
                bags[row] += 1.0
                between[row] += (total[row] / bag) ** 2
                within[row] += (squares[row] - total[row] ** 2 / bag) / (bag - 1) / bag
    for row in range(n):
        between[row] /= max(bags[row], 1.0)
        within[row] /= max(bags[row], 1.0)
