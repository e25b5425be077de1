"""What can happen, as the kernel counts it: every name is a true constant, frozen into compiled code.

Codes are numpy's whole numbers: for a Python one the compiler would make a copy of every function it is handed to.
"""

from __future__ import annotations

from typing import Final

import numpy as np

STAGES: Final = ("awareness", "consideration", "decision", "loyalty", "advocacy", "lapsed", "gone")
AWARENESS, CONSIDERATION, DECISION, LOYALTY, ADVOCACY, LAPSED, GONE = range(7)

EVENTS: Final = (
    "visit",
    "view",
    "search",
    "favourite",
    "cart",
    "purchase",
    "return",
    "delivery",
    "unavailable",
    "case_opened",
    "case_resolved",
    "complaint",
    "promise_made",
    "promise_kept",
    "promise_broken",
    "survey_answer",
    "tier_reached",
    "contract_started",
    "contract_renewed",
    "contract_ended",
    "invoice",
    "payment",
    "payment_missed",
    "product_started",
    "product_used",
    "product_failed",
    "life_event",
    "recommendation",
    "delivered",
    "bounced",
    "spam_reported",
    "opened",
    "clicked",
    "redeemed",
    "unsubscribed",
    "trip_planned",
    "trip_taken",
    "managed",
    "termination_asked",
    "subscribed",
)
(
    VISIT,
    VIEW,
    SEARCH,
    FAVOURITE,
    CART,
    PURCHASE,
    RETURN,
    DELIVERY,
    UNAVAILABLE,
    CASE_OPENED,
    CASE_RESOLVED,
    COMPLAINT,
    PROMISE_MADE,
    PROMISE_KEPT,
    PROMISE_BROKEN,
    SURVEY_ANSWER,
    TIER_REACHED,
    CONTRACT_STARTED,
    CONTRACT_RENEWED,
    CONTRACT_ENDED,
    INVOICE,
    PAYMENT,
    PAYMENT_MISSED,
    PRODUCT_STARTED,
    PRODUCT_USED,
    PRODUCT_FAILED,
    LIFE_EVENT,
    RECOMMENDATION,
    DELIVERED,
    BOUNCED,
    SPAM_REPORTED,
    OPENED,
    CLICKED,
    REDEEMED,
    UNSUBSCRIBED,
    TRIP_PLANNED,
    TRIP_TAKEN,
    MANAGED,
    TERMINATION_ASKED,
    SUBSCRIBED,
) = np.arange(40)
MOMENTS: Final = np.int64(40)  # a world's own moments are counted from here

JOURNEYS: Final = ("purchase", "assistance", "management", "payment", "complaint", "termination")
BUYING, ASSISTANCE, MANAGEMENT, PAYING, COMPLAINING, TERMINATION = np.arange(6)

PURPOSES: Final = ("marketing", "service", "dunning", "survey")

SLICES: Final = ("policy", "random", "control", "holdout")
POLICY, RANDOM, CONTROL, HOLDOUT = np.arange(4)

REASONS: Final = ("left", "unpaid", "moved", "died", "competitor")
LEFT, UNPAID, MOVED, DIED, COMPETITOR = np.arange(5)

# What the brand can see of a person; every other number of him is hidden from policies.
SEEN: Final = (
    "joined",
    "orders",
    "last_order",
    "spent",
    "visits",
    "last_visit",
    "cart_since",
    "contacts",
    "last_contact",
    "opens",
    "last_open",
    "clicks",
    "last_click",
    "complaints",
    "last_complaint",
    "case_since",
    "contract_since",
    "committed_until",
    "arrears",
    "tier",
    "points",
    "last_score",
    "last_answer",
    "unsubscribed",
    "notice_since",
)
(
    S_JOINED,
    S_ORDERS,
    S_LAST_ORDER,
    S_SPENT,
    S_VISITS,
    S_LAST_VISIT,
    S_CART_SINCE,
    S_CONTACTS,
    S_LAST_CONTACT,
    S_OPENS,
    S_LAST_OPEN,
    S_CLICKS,
    S_LAST_CLICK,
    S_COMPLAINTS,
    S_LAST_COMPLAINT,
    S_CASE_SINCE,
    S_CONTRACT_SINCE,
    S_COMMITTED_UNTIL,
    S_ARREARS,
    S_TIER,
    S_POINTS,
    S_LAST_SCORE,
    S_LAST_ANSWER,
    S_UNSUBSCRIBED,
    S_NOTICE_SINCE,
) = np.arange(25)
DATED: Final = frozenset(name for name in SEEN if name.startswith("last_") or name.endswith(("_since", "_until"))) - {
    "last_score"
} | {"joined", "unsubscribed"}
LAST_SECOND: Final = 86_399  # of a day
FIRST_TOPIC, FIRST_LIFE, FIRST_ERRAND, FIRST_TRANSPORT = 20, 60, 80, 100  # reasons of each kind are counted from here
NEVER: Final = -100_000.0  # the day of what has not happened
FAR: Final = 2_000_000_000  # the day of what is not due

# Slots of draws within one customer's day. A range once given is never moved; new purposes take new ranges.
BIRTH_DAY: Final = 1_000_000_007  # the "day" of draws about what a person is
AT_PROVIDER: Final = np.int64(120)  # of the day of birth, plus the channel
AT_BLOCK: Final = np.int64(140)  # of the day of birth, plus the block
NEED_DAY: Final = 1_100_000_000  # plus a need's number: draws about his rhythm do not depend on when it fell due
CASE_DAY: Final = 1_200_000_000
LIFE_DAY: Final = 1_300_000_000
ERRAND_DAY: Final = 1_400_000_000
REPLICATE_STEP: Final = 0x632BE59BD9B4E019  # tells replicates of one future apart

AT_OCCASION: Final = np.int64(0)
AT_SESSION: Final = np.int64(100)
AT_NEED: Final = np.int64(300)
AT_ORDER: Final = np.int64(400)
AT_DELIVERY: Final = np.int64(500)
AT_SURVEY: Final = np.int64(520)
AT_CASE: Final = np.int64(540)
AT_PROMISE: Final = np.int64(580)
AT_BILL: Final = np.int64(600)
AT_LIFE: Final = np.int64(640)
AT_PRODUCT: Final = np.int64(660)
AT_MOVE: Final = np.int64(1_000)  # plus the event
AT_MOMENT: Final = np.int64(2_000)  # plus 4 × the moment
AT_KNOWN: Final = np.int64(3_000)  # plus the row's place in the day
AT_POLICY: Final = np.int64(4_000)  # plus 8 × the plan
AT_CONTACT: Final = np.int64(5_000)  # plus 32 × the action
AT_PLACE: Final = np.int64(90)
AT_ERRAND: Final = np.int64(680)
AT_SOCIAL: Final = np.int64(700)
AT_NOTICE: Final = np.int64(780)
AT_LAP: Final = np.int64(6_000)  # a visit of somebody who sleeps on a need
AT_FETCH: Final = np.int64(6_200)  # the visit on which a need is met
AT_TRIP: Final = np.int64(6_400)
AT_CONSENT: Final = np.int64(8_000)  # plus 32 × the event
AT_LINES: Final = np.int64(6_600)  # plus 8 × the line of a long order, plus 400 where nothing was needed
