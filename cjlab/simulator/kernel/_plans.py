"""A compiled policy as one record of plans."""

from __future__ import annotations

from typing import Final

import numpy as np

from cjlab.simulator.kernel._sizes import ACTIONS, CONDITIONS, PLANS

Plan: Final = np.dtype(
    [
        ("first", "i8"),
        ("last", "i8"),
        ("every", "i8"),
        ("on_event", "i8"),
        ("share", "f8"),  # who enters the lottery
        ("control", "f8"),  # of those, who is withheld
        ("n", "i8"),
        ("actions", "i8", (ACTIONS,)),
        ("randomised", "u1"),
        ("second", "i8"),
        ("slice", "i8"),
        ("consent", "u1"),
        ("cap", "i8"),
        ("cap_days", "i8"),
        ("step", "i8"),
        ("n_conditions", "i8"),
        ("field", "i8", (CONDITIONS,)),
        ("since", "u1", (CONDITIONS,)),
        ("low", "f8", (CONDITIONS,)),
        ("high", "f8", (CONDITIONS,)),
    ],
    align=True,
)

Plans: Final = np.dtype([("n", "i8"), ("holdout", "f8"), ("holdout_salt", "u8"), ("plan", Plan, (PLANS,))], align=True)
