"""A day as one record, with room for the rows that a person leaves on it."""

from __future__ import annotations

from typing import Final

import numpy as np

from cjlab.simulator.kernel._sizes import CONTACTS_A_DAY, FACTORS, PLANS, ROWS_A_DAY

Row: Final = np.dtype(
    [
        ("customer", "i8"),
        ("amount", "f8"),
        ("margin", "f8"),
        ("discount", "f8"),
        ("day", "i4"),
        ("second", "i4"),
        ("due", "i4"),
        ("order", "i4"),
        ("contract", "i4"),
        ("case", "i4"),
        ("contact", "i4"),
        ("session", "i4"),
        ("other", "i8"),
        ("score", "f4"),
        ("duration", "f4"),
        ("item", "i2"),
        ("quantity", "i2"),
        ("offer", "i2"),
        ("reason", "i2"),
        ("text", "i2"),
        ("place", "i2"),
        ("event", "u1"),
        ("channel", "u1"),
        ("device", "i1"),
        ("known", "u1"),
        ("machine", "i1"),
        ("journey", "i1"),
    ],
    align=True,
)

Sent: Final = np.dtype(
    [
        ("customer", "i8"),
        ("day", "i4"),
        ("number", "i4"),
        ("propensity", "f8"),
        ("cost", "f8"),
        ("action", "i8"),
        ("plan", "i8"),
        ("step", "i8"),
        ("slice", "i8"),
        ("second", "i8"),
        ("channel", "u1"),
        ("sent", "u1"),
    ],
    align=True,
)

Today: Final = np.dtype(
    [
        ("n", "i8"),
        ("lost", "i8"),  # rows that a day had no room for: refused afterwards, never dropped in silence
        ("contacts", "i8"),
        ("day", "i8"),
        ("key", "u8"),
        ("seed", "u8"),
        ("factor", "f4", (len(FACTORS),)),
        ("weather", "f4"),
        ("lots", "u8", (PLANS,)),  # of the plans, a byte for each of eight days
        ("device", "i8"),  # in hand
        ("session", "i8"),  # open; −1 for none
        ("journey", "i8"),
        ("known", "i8"),  # whether the brand knows who is in the open session
        ("rows", Row, (ROWS_A_DAY,)),
        ("swap", Row, (1,)),
        ("sent", Sent, (CONTACTS_A_DAY,)),
        ("decided", Sent, (CONTACTS_A_DAY,)),
    ],
    align=True,
)
