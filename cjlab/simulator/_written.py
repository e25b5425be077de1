"""What was written by people who lived some days: rows of what happened, and of contacts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjlab.simulator._records import copied
from cjlab.simulator.kernel import Row, Sent

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_ROWS, NONE = np.zeros(0, Row), np.zeros(0, Sent)


@dataclass(frozen=True, eq=False)
class Written:
    """What people, who rise, did and were sent, in the order in which it was written.

    It lies where the next part will be written: who keeps it copies it.
    """

    rows: NDArray[np.void]
    sent: NDArray[np.void]
    people: NDArray[np.int64]

    def copy(self) -> Written:
        """Return what stays as it is."""
        return Written(copied(self.rows), copied(self.sent), self.people)


NOTHING = Written(NO_ROWS, NONE, np.zeros(0, np.int64))
