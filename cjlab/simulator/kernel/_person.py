"""A person as one plain record: without references, so that nothing is counted when it is handed on.

A record of fixed size can be handed to a small function for the price of a pointer; an array costs a reference count
at every call, several times the work of a customer's quiet day.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from cjlab.simulator.kernel._sizes import ACTIONS, CHANNELS
from cjlab.simulator.kernel._vocabulary import SEEN

Person: Final = np.dtype(
    [
        # what he is
        ("key", "u8"),
        ("future", "u8"),  # the key of his days: his own, or that of a replicate
        ("customer", "i8"),
        ("joined", "i4"),
        ("birth", "i4"),
        ("circle", "i8"),  # the lowest id of those who hear from each other
        ("persona", "i8"),
        ("interest", "i8"),
        ("place", "i8"),
        ("home", "i8"),
        ("device", "i8"),
        ("indifferent", "u1"),
        ("hairpin", "u1"),
        ("proxied", "u1"),
        ("captive", "u1"),
        ("occasions", "f4"),
        ("gap", "f4"),
        ("breaks", "i4"),
        ("break_factor", "f4"),
        ("scale", "f4"),
        ("lines", "f4"),  # further lines of his orders, beside the mean
        ("loyalty", "f4"),
        ("price", "f4"),
        ("content", "f4"),
        ("response", "f4"),
        ("opens", "f4", (CHANNELS,)),
        ("channels", "f4", (CHANNELS,)),
        # where he stands
        ("gone", "i4"),
        ("reason", "i8"),
        ("stage", "i8"),
        ("since", "i4"),
        ("granted", "u4"),
        ("consent", "u4"),
        ("agreed", "u4"),  # what he said last, which holds from the day after
        ("agreed_day", "i4"),
        ("ground", "i4"),  # from which day he may be written to about what he bought
        ("came", "i4", (CHANNELS,)),  # the day on which he last came by each channel
        ("satisfaction", "f4"),
        ("settled", "i4"),
        ("strain", "f4"),
        ("desire", "f4"),
        ("attention", "f4"),
        ("fading", "f4"),
        ("stirred", "i4"),
        ("stirred_until", "i4"),
        ("later", "f4"),
        ("later_day", "i4"),
        ("fatigue", "f4", (CHANNELS,)),
        ("tired", "i4"),
        ("exposures", "f4", (ACTIONS,)),
        ("exposed", "i4", (ACTIONS,)),
        ("last_channel", "i8"),
        ("last_action", "i8"),
        ("last_sent", "i4"),
        ("offer", "i8"),
        ("offer_until", "i4"),
        ("offer_day", "i4"),  # when he read of it
        ("offer_second", "i4"),
        ("offer_contact", "i4"),
        ("rival", "i4"),
        # what awaits him
        ("due", "i4"),
        ("told", "i4", (2,)),  # the days on which he hears from others: an even one, and an odd one
        ("praise", "i4", (2,)),  # by whom he was told on them, a bit for each place in his circle
        ("warning", "i4", (2,)),
        ("need", "f8"),
        ("needs", "i4"),
        ("asked", "f8"),  # when the need that is slept on arose
        ("laps", "i4"),
        ("delivery", "i4"),
        ("late", "u1"),
        ("delivery_order", "i4"),
        ("back", "i4"),
        ("back_amount", "f8"),
        ("back_item", "i2"),
        ("back_margin", "f8"),
        ("back_quantity", "i4"),
        ("back_order", "i4"),
        ("survey", "i4"),
        ("problem", "i4"),
        ("solved", "i4"),
        ("topic", "i8"),
        ("promise", "i4"),
        ("promise_kept", "u1"),
        ("promise_case", "i4"),
        ("bill", "i4"),
        ("pays", "i4"),
        ("dunned", "i4"),
        ("ends", "i4"),
        ("parting", "i8"),  # the reason of a termination that was asked for
        ("errand", "i4"),
        ("errands", "i4"),
        ("planning", "u1"),
        ("country", "i8"),  # the category that he has in mind; −1 for none
        ("bound_for", "i8"),
        ("transport", "i8"),
        ("departure", "i4"),
        ("trip", "i4"),
        ("trip_order", "i4"),
        ("cover", "i4"),
        ("life", "i4"),
        ("life_kind", "i8"),
        ("life_until", "i4"),
        ("use", "i4"),
        ("using", "i2"),
        # what was counted
        ("orders", "i4"),
        ("sessions", "i4"),
        ("cases", "i4"),
        ("contacts", "i4"),
        ("praised", "i4"),
        ("warned", "i4"),
        ("contract", "i4"),
        ("under", "u1"),
        ("started", "i4"),
        ("committed", "i4"),
        ("arrears", "i2"),
        ("lifes", "i4"),
        ("points", "f4"),
        ("tier", "i2"),
        ("recent", "i4", (8,)),  # the days of his last eight contacts, a ring
        ("seen", "f4", (len(SEEN),)),
    ],
    align=True,
)
