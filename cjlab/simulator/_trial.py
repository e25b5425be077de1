"""One future, lived with a contact to each person and without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjlab.simulator._records import chosen, copied
from cjlab.simulator.kernel import SLICES, Sent

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator._engine import Engine

_NINE = 9 * 3600


@dataclass(frozen=True, eq=False)
class Trial:
    """An action that is sent to each customer on the first of some days, the only contact of them.

    Parameters
    ----------
    engine : Engine
        What lives them.
    action : int
        The action's number.
    first, last : int
        From which day to which.
    """

    engine: Engine
    action: int
    first: int
    last: int

    def changes(self, people: NDArray[np.void]) -> NDArray[np.float64]:
        """Return what it changes for each who has joined, ``(1, 5, n)``; where people talk ``(3, 5, n)``.

        Then each is written to alone in his circle, and his own changes are followed by those of the others, summed
        over them, and by those of all. The records stay as they were.
        """
        joined = people["joined"] <= self.first
        left = self._lived(people, np.zeros(len(people), dtype=bool))
        if not self.engine.world.social:
            return _changed(self._lived(people, joined), left)[np.newaxis]
        found = np.zeros((3, 5, len(people)))
        seats = people["customer"] - people["circle"]
        for seat in np.unique(seats[joined]):
            asked = joined & (seats == seat)
            around = np.isin(people["circle"], people["circle"][asked])
            change = _changed(self._lived(chosen(people, around), asked[around]), left[around])
            found[:, :, asked] = _spread(change, asked[around], people["circle"][around])
        return found[:, :, joined]

    def _lived(self, people: NDArray[np.void], asked: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return what each does in these days, on records of its own."""
        handed = np.zeros(int(asked.sum()), Sent)
        handed["customer"], handed["day"], handed["action"] = people["customer"][asked], self.first, self.action
        handed["sent"], handed["second"], handed["propensity"] = 1, _NINE, np.nan
        handed["slice"] = SLICES.index("policy")
        return self.engine.tally(copied(people), self.first, self.last, handed=handed)


def _changed(given: NDArray[np.float64], left: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return outcomes with the contact less outcomes without, ``(5, n)``."""
    change = (given - left).T
    change[4] = change[2] - change[4]
    change[0] = (given[:, 0] > 0).astype(float) - (left[:, 0] > 0)
    return change


def _spread(change: NDArray[np.float64], asked: NDArray[np.bool_], circles: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the changes of those asked, one in each circle, of the others around each, and of all, ``(3, 5, n)``."""
    own = change[:, asked]
    begins = np.flatnonzero(np.diff(circles, prepend=-1))
    others = np.add.reduceat(np.where(asked, 0.0, change), begins, axis=1)
    return np.stack([own, others, own + others])
