"""What lies outside and no customer moves, as one record: an array that is handed on is counted as a reference."""

from __future__ import annotations

from typing import Final

import numpy as np

from cjlab.simulator.kernel._sizes import DAYS, FACTORS, PLACES

Outside: Final = np.dtype(
    [
        ("factors", "f4", (DAYS, len(FACTORS))),
        ("weather", "f4", (DAYS, PLACES)),
        ("liveliest", "f4", (DAYS // 8 + 1, PLACES)),  # of each eight days, the most that both make of occasions
    ],
    align=True,
)
"""The factors and the weather of each day of a run; days that it does not have are memory that is never touched."""
