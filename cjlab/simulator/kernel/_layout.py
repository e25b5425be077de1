"""The columns of a log as the simulator tells them, by what a value of each takes."""

from __future__ import annotations

from typing import Final

import numpy as np

# The columns of what happened, by what a value takes. Of each kind a block has one line a column, and what is known of
# most rows stands first: memory comes in large pages, and a page that is never written costs nothing.
WHOLE: Final = (
    "customer_id",
    "visitor_id",
    "at",
    "session",
    "contact_id",
    "order_id",
    "due_at",
    "case_id",
    "contract_id",
    "other_customer_id",
    "known_at",
)
(
    CUSTOMER_ID,
    VISITOR_ID,
    AT,
    SESSION,
    CONTACT_ID,
    ORDER_ID,
    DUE_AT,
    CASE_ID,
    CONTRACT_ID,
    OTHER_ID,
    KNOWN_AT,
) = range(11)
REAL: Final = ("duration_s", "quantity", "amount", "margin", "discount", "score")
DURATION, QUANTITY, AMOUNT, MARGIN, DISCOUNT, SCORE = range(11, 17)
BYTE: Final = ("event", "channel", "device", "offer", "reason", "page", "place", "query", "machine", "journey")
EVENT, CHANNEL, DEVICE, OFFER, REASON, PAGE, PLACE, QUERY, MACHINE, JOURNEY = range(17, 27)
WORD: Final = ("item", "text")
ITEM, TEXT = range(27, 29)

# The columns of what was sent.
SENT_WHOLE: Final = ("contact_id", "customer_id", "at", "step")
SENT_REAL: Final = ("propensity", "cost")
SENT_BYTE: Final = ("arm", "channel", "sent", "slice", "purpose", "offer", "template")
SENT_WORD: Final = ("campaign", "scenario")

Facts: Final = np.dtype(
    [
        ("seed", "u8"),
        ("cookie_days", "u8"),
        ("cookies", "f8"),  # share of devices that take one
        ("shared", "f8"),  # share of neighbours who share a household
        ("household", "u8", (2,)),  # the key of that draw
        ("site", "u1", (256,)),  # channels on which pages are viewed
        ("lags", "u1"),  # whether there is a channel of which the brand knows late
        ("late", "i8", (256,)),  # after how many microseconds the brand knows what happened on a channel
    ],
    align=True,
)
"""What of a world decides how its rows are told."""
