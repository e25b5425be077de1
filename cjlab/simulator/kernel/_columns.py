"""From rows to columns: one pass writes every value where it is known, and leaves the rest as untouched memory."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from cjlab._compiled import kept
from cjlab.simulator.kernel._draws import mix
from cjlab.simulator.kernel._vocabulary import CONTROL, FIRST_ERRAND, SEARCH, TRIP_PLANNED, TRIP_TAKEN, VIEW

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

_OWN = np.uint64(20)  # bits of a person's own numbering below his id: orders, sessions, contacts
_DAY, _SECOND = 86_400, 1_000_000
_PERSON = 2**31  # seconds of a run lie below it, a person's number above
_TWO, _THREE = 7_200, 10_800  # between these hours clocks are changed
_UNIT = 2.0**-53
_ONE, _ELEVEN = np.uint64(1), np.uint64(11)


@kept
def in_order(rows):
    """Tell whether rows stand in the order of people and time."""
    before = -1
    for place in range(rows.shape[0]):
        now = _behind(rows[place])
        if now < before:
            return False
        before = now
    return True


@kept
def latest(rows):
    """Return the last day that any row is of or awaits."""
    last = 0
    for place in range(rows.shape[0]):
        row = rows[place]
        last = max(last, max(row.day, row.due))
    return last


@kept
def arranged(rows, people, order):
    """Fill ``order`` with the places of rows by people, who rise, and time; what is equal stays as it was written.

    Rows are those of several stretches of days, in each of which people rise: counted, then put where they belong.
    """
    ends = np.zeros(people.shape[0] + 1, np.int64)
    for place in range(rows.shape[0]):
        ends[_found(people, rows[place].customer) + 1] += 1
    for place in range(1, ends.shape[0]):
        ends[place] += ends[place - 1]
    begins, latest_of = ends.copy(), np.full(people.shape[0], -1, np.int64)
    for place in range(rows.shape[0]):
        who, now = _found(people, rows[place].customer), _behind(rows[place])
        at = ends[who]
        ends[who] += 1
        order[at] = place
        if now >= latest_of[who]:
            latest_of[who] = now
            continue
        while at > begins[who] and _behind(rows[order[at - 1]]) > now:  # an answer to a day that was over
            order[at] = order[at - 1]
            at -= 1
            order[at] = place


@njit(inline="always")
def _found(people, customer):
    """Return where a customer stands; ids most often follow each other."""
    near = customer - people[0]
    if near < people.shape[0] and people[near] == customer:
        return near
    return np.searchsorted(people, customer)


@njit(inline="always")
def _behind(row):
    return row.customer * _PERSON + row.day * _DAY + row.second


@njit(inline="always")
def _own(customer, number):
    """Return an id that ties a person's rows together and tells nothing of who he is."""
    return np.int64(mix((np.uint64(customer) << _OWN) | np.uint64(number)) >> _ONE)


@njit(inline="always")
def _moment(calendar, longer, day, second):
    """Return a moment in UTC; on days on which clocks are changed, what follows three o'clock is moved."""
    if longer[day] != 0:
        if second >= _THREE:
            second += longer[day]
        elif longer[day] < 0:
            second = min(second, _TWO)
    return calendar[day] + second * _SECOND


@njit
def household(facts, customer):
    """Return a customer's household: the lower id of the two who share one, or his own."""
    pair = customer // 2
    bits = mix(mix(np.uint64(pair) + facts.household[0]) + facts.household[1])
    return pair * 2 if np.float64(bits >> _ELEVEN) * _UNIT < facts.shared else customer


@njit
def _cookie(facts, customer, device, day):
    """Return the cookie of the device in hand, −1 where it takes none."""
    owner = household(facts, customer) if device > 0 else customer
    machine = mix(np.uint64(owner * 64 + device + 1) + facts.seed)
    age = (np.uint64(day) + machine % facts.cookie_days) // facts.cookie_days
    cookie = mix(machine + age)
    if np.float64(cookie >> _ELEVEN) * _UNIT < facts.cookies:
        return np.int64(mix(cookie) >> _ONE)
    return np.int64(-1)


@kept
def tell(rows, order, facts, calendar, longer, whole, real, byte, word, behind, known):  # noqa: C901, PLR0912, PLR0915 - an array that is handed on costs more than all the rest of a row
    """Write rows as columns, in an order; ``known`` has a bit a column, for each row: what is known of it.

    Returns
    -------
    tuple of int
        The bits of the columns of which something is known of any row, and of those known of all.
    """
    world, ever, always = facts[0], 0, -1
    cookie, cookie_of = np.int64(-1), (np.int64(-1), np.int64(-1), np.int64(-1))
    for place in range(order.shape[0]):
        row = rows[order[place]]
        behind[place] = _behind(row)
        now = _moment(calendar, longer, row.day, row.second)
        whole[AT, place] = now
        if world.lags:
            whole[KNOWN_AT, place] = now + world.late[row.channel]
        byte[EVENT - EVENT, place], byte[CHANNEL - EVENT, place] = row.event, row.channel
        byte[JOURNEY - EVENT, place] = np.uint8(row.journey)
        bits = 1 << AT | 1 << KNOWN_AT | 1 << EVENT | 1 << CHANNEL
        if row.known == 1:
            whole[CUSTOMER_ID, place] = row.customer
            bits |= 1 << CUSTOMER_ID
        if world.site[row.channel]:
            who = (np.int64(row.customer), np.int64(row.device), np.int64(row.day))
            if who != cookie_of:
                cookie, cookie_of = _cookie(world, who[0], who[1], who[2]), who
            if cookie >= 0:
                whole[VISITOR_ID, place] = cookie
                bits |= 1 << VISITOR_ID
        if row.session >= 0:
            whole[SESSION, place] = _own(row.customer, row.session)
            bits |= 1 << SESSION
        if row.contact >= 0:
            whole[CONTACT_ID, place] = _own(row.customer, row.contact)
            bits |= 1 << CONTACT_ID
        if row.order >= 0:
            whole[ORDER_ID, place] = _own(row.customer, row.order)
            bits |= 1 << ORDER_ID
        if row.contract >= 0:
            whole[CONTRACT_ID, place] = _own(row.customer, row.contract)
            bits |= 1 << CONTRACT_ID
        if row.case >= 0:
            whole[CASE_ID, place] = _own(row.customer, row.case)
            bits |= 1 << CASE_ID
        if row.due >= 0:
            whole[DUE_AT, place] = calendar[row.due]
            bits |= 1 << DUE_AT
        if row.other >= 0:
            whole[OTHER_ID, place] = row.other
            bits |= 1 << OTHER_ID
        if row.quantity != 0:
            real[QUANTITY - DURATION, place] = row.quantity
            bits |= 1 << QUANTITY
        if not math.isnan(row.amount):
            real[AMOUNT - DURATION, place] = row.amount
            bits |= 1 << AMOUNT
        if not math.isnan(row.margin):
            real[MARGIN - DURATION, place] = row.margin
            bits |= 1 << MARGIN
        if not math.isnan(row.discount):
            real[DISCOUNT - DURATION, place] = row.discount
            bits |= 1 << DISCOUNT
        if not math.isnan(row.score):
            real[SCORE - DURATION, place] = row.score
            bits |= 1 << SCORE
        if not math.isnan(row.duration):
            real[DURATION - DURATION, place] = row.duration
            bits |= 1 << DURATION
        if row.device >= 0:
            byte[DEVICE - EVENT, place] = row.device
            bits |= 1 << DEVICE
        if row.offer >= 0:
            byte[OFFER - EVENT, place] = row.offer
            bits |= 1 << OFFER
        if row.place >= 0:
            byte[PLACE - EVENT, place] = row.place
            bits |= 1 << PLACE
        if row.machine >= 0:
            byte[MACHINE - EVENT, place] = row.machine
            bits |= 1 << MACHINE
        if row.reason >= FIRST_ERRAND and row.event == VIEW:
            byte[PAGE - EVENT, place] = row.reason - FIRST_ERRAND
            bits |= 1 << PAGE
        elif row.reason >= 0:
            byte[REASON - EVENT, place] = row.reason
            bits |= 1 << REASON
        if row.item >= 0:
            word[ITEM - ITEM, place] = row.item
            bits |= 1 << ITEM
        if row.text >= 0:
            if row.event == SEARCH or row.event == TRIP_PLANNED or row.event == TRIP_TAKEN:  # noqa: PLR1714 - compiled
                byte[QUERY - EVENT, place] = row.text
                bits |= 1 << QUERY
            else:
                word[TEXT - ITEM, place] = row.text
                bits |= 1 << TEXT
        known[place] = bits
        ever, always = ever | bits, always & bits
    return ever, always


@kept
def known_of(known, column, bits):
    """Fill ``bits`` with what is known of one column, the lowest bit of a byte first; return of how many rows it is."""
    count, whole = 0, known.shape[0] >> 3
    for octet in range(whole):
        value = 0
        for place in range(8):
            bit = (known[8 * octet + place] >> column) & 1
            value |= bit << place
            count += bit
        bits[octet] = value
    for place in range(8 * whole, known.shape[0]):
        bit = (known[place] >> column) & 1
        bits[whole] |= bit << (place & 7)
        count += bit
    return count


@kept
def tell_sent(sent, order, actions, calendar, longer, whole, real, byte, word, behind, known):
    """Write contacts as columns, in an order; ``actions`` has a line an action: its purpose, and whether it offers.

    The lowest bit of ``known`` tells whether the propensity is known, the next whether there is an offer, the
    third whether it is a step of a scenario.
    """
    for place in range(order.shape[0]):
        row = sent[order[place]]
        behind[place] = _behind(row)
        whole[0, place], whole[1, place] = _own(row.customer, row.number), row.customer
        whole[2, place] = _moment(calendar, longer, row.day, row.second)
        real[1, place] = row.cost
        word[0, place] = row.plan
        went = row.sent == 1
        byte[0, place] = row.action if went else actions.shape[0]
        byte[1, place], byte[2, place] = row.channel, went
        byte[3, place] = row.slice if went else CONTROL
        byte[4, place], byte[6, place] = actions[row.action, 0], row.action
        bits = 0
        if not math.isnan(row.propensity):
            real[0, place] = row.propensity
            bits |= 1
        if went and actions[row.action, 1]:
            byte[5, place] = row.action
            bits |= 2
        if row.step > 0:
            whole[3, place], word[1, place] = row.step, row.plan
            bits |= 4
        known[place] = bits


@kept
def households_of(facts, customers, found):
    """Fill ``found`` with each customer's household."""
    for place in range(customers.shape[0]):
        found[place] = household(facts[0], customers[place])
