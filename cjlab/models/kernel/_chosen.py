"""Where a node splits: what of it the effects differ most between."""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

_ONE: Final = np.uint64(0xBF58476D1CE4E5B9)
_TWO: Final = np.uint64(0x94D049BB133111EB)
_STEP: Final = np.uint64(0x9E3779B97F4A7C15)
_A, _B, _C = np.uint64(30), np.uint64(27), np.uint64(31)
_LEAST_SHARE: Final = 0.05  # of a node's rows in either of its parts
_BINS: Final = 65


@njit
def chosen(bins, treated, rows, gradient, order, room, fewest, key, node):
    r"""Return the column to split by and the first and last bin that go left; −1 where nothing is gained.

    Among the columns tried, the split whose :math:`\sum_c (\sum_{i \in c} \rho_i)^2 / n_c` over its two parts is the
    greatest. What is missing goes left, goes right, or is a part of its own.
    """
    if not room.shape[0]:
        return -1, 0, 0
    _drawn(order, room.shape[0], key, node)
    _counted(bins, treated, rows, gradient, order, room)
    n, ours = rows.shape[0], 0.0
    for one in range(_BINS):
        ours += room[0, one, 1]
    least = max(_LEAST_SHARE * n, 1.0)
    best, column, low, high = 1e-12, -1, 0, 0
    for place in range(room.shape[0]):
        for first in range(2):
            if first and not room[place, 0, 0]:
                break
            size = told = gain = 0.0
            for last in range(first, _BINS - 1):
                if room[place, last, 0] == 0.0:
                    continue
                size += room[place, last, 0]
                told += room[place, last, 1]
                gain += room[place, last, 2]
                rest, others = n - size, ours - told
                if min(told, size - told, others, rest - others) < fewest or min(size, rest) < least:
                    continue
                height = gain * gain * (1.0 / size + 1.0 / rest)  # the node's own gradients add up to 0
                if height > best:
                    best, column, low, high = height, order[place], first, last
    return column, low, high


@njit
def _counted(bins, treated, rows, gradient, order, room):
    """Fill in rows, rows of the arm and gradients of each bin of the columns tried."""
    room[:] = 0.0
    for place in range(rows.shape[0]):
        row, step = rows[place], gradient[place]
        side = np.float64(treated[row])
        for one in range(room.shape[0]):
            value = bins[row, order[one]]
            room[one, value, 0] += 1.0
            room[one, value, 1] += side
            room[one, value, 2] += step


@njit
def _drawn(order, tried, key, node):
    """Put columns drawn at random in front."""
    state = _mixed(key + np.uint64(node + 1) * _STEP)
    for place in range(tried):
        state = _mixed(state + _STEP)
        other = place + np.int64(state % np.uint64(order.shape[0] - place))
        order[place], order[other] = order[other], order[place]


@njit(inline="always")
def _mixed(bits):
    """Spread 64 bits over all of them: the finaliser of SplitMix64 (doi:10.1145/2714064.2660195)."""
    bits = (bits ^ (bits >> _A)) * _ONE
    bits = (bits ^ (bits >> _B)) * _TWO
    return bits ^ (bits >> _C)
