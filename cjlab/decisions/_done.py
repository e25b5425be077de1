"""What is done with customers: which action each gets, and by which slice."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

SLICES: Final = ("policy", "random", "control", "holdout")
POLICY, RANDOM, CONTROL, HOLDOUT = range(4)


class Done(NamedTuple):
    """What is done with customers, 0 for none and 1 or more for an action; by which slice; what the policy would do."""

    arms: NDArray[np.int8]
    slices: NDArray[np.int8]
    own: NDArray[np.int8]

    def holding(self, held: NDArray[np.bool_]) -> Done:
        """Return the same with those of the holdout marked, who get none."""
        return self._replace(slices=np.where(held, HOLDOUT, self.slices).astype(np.int8))
