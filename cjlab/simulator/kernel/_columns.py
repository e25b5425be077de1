"""From rows to columns: one pass writes every value where it is known, and leaves the rest as untouched memory.

A row has some values of many: to ask for each of them row by row is faster than to go through the rows column by
column, for then every row would be read again and again.
"""

from __future__ import annotations

import math

import numpy as np

from cjlab._compiled import kept
from cjlab.simulator.kernel._layout import (
    AMOUNT,
    AT,
    CASE_ID,
    CHANNEL,
    CONTACT_ID,
    CONTRACT_ID,
    CUSTOMER_ID,
    DEVICE,
    DISCOUNT,
    DUE_AT,
    DURATION,
    EVENT,
    ITEM,
    JOURNEY,
    KNOWN_AT,
    MACHINE,
    MARGIN,
    OFFER,
    ORDER_ID,
    OTHER_ID,
    PAGE,
    PLACE,
    QUANTITY,
    QUERY,
    REASON,
    SCORE,
    SESSION,
    TEXT,
    VISITOR_ID,
)
from cjlab.simulator.kernel._telling import moment, own
from cjlab.simulator.kernel._turn import behind_of
from cjlab.simulator.kernel._visitor import visitor_of
from cjlab.simulator.kernel._vocabulary import FIRST_ERRAND, SEARCH, TRIP_PLANNED, TRIP_TAKEN, VIEW


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
        behind[place] = behind_of(row)
        now = moment(calendar[row.day], longer[row.day], row.second)
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
                cookie, cookie_of = visitor_of(world, who[0], who[1], who[2]), who
            if cookie >= 0:
                whole[VISITOR_ID, place] = cookie
                bits |= 1 << VISITOR_ID
        if row.session >= 0:
            whole[SESSION, place] = own(row.customer, row.session)
            bits |= 1 << SESSION
        if row.contact >= 0:
            whole[CONTACT_ID, place] = own(row.customer, row.contact)
            bits |= 1 << CONTACT_ID
        if row.order >= 0:
            whole[ORDER_ID, place] = own(row.customer, row.order)
            bits |= 1 << ORDER_ID
        if row.contract >= 0:
            whole[CONTRACT_ID, place] = own(row.customer, row.contract)
            bits |= 1 << CONTRACT_ID
        if row.case >= 0:
            whole[CASE_ID, place] = own(row.customer, row.case)
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
def latest(rows):
    """Return the last day that any row is of or awaits."""
    last = 0
    for place in range(rows.shape[0]):
        row = rows[place]
        last = max(last, max(row.day, row.due))
    return last
