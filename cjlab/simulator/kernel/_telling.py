"""How what is numbered and dated within a run is told: ids that tell nothing of a person, moments in UTC."""

from __future__ import annotations

import numpy as np
from numba import njit

from cjlab.simulator.kernel._draws import mix

_OWN = np.uint64(20)  # bits of a person's own numbering below his id: orders, sessions, contacts
_SECOND = 1_000_000
_TWO, _THREE = 7_200, 10_800  # between these hours clocks are changed
_ONE = np.uint64(1)


@njit(inline="always")
def own(customer, number):
    """Return an id that ties a person's rows together and tells nothing of who he is."""
    return np.int64(mix((np.uint64(customer) << _OWN) | np.uint64(number)) >> _ONE)


@njit(inline="always")
def moment(midnight, longer, second):
    """Return a moment in UTC of a day by its midnight; where clocks are changed, what follows three o'clock is moved.

    Both are numbers: an array that is handed on costs a count of references, row by row.
    """
    if longer != 0:
        if second >= _THREE:
            second += longer
        elif longer < 0:
            second = min(second, _TWO)
    return midnight + second * _SECOND
