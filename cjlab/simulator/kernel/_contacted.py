"""From contacts to columns."""

from __future__ import annotations

import math

from cjlab._compiled import kept
from cjlab.simulator.kernel._telling import moment, own
from cjlab.simulator.kernel._turn import behind_of
from cjlab.simulator.kernel._vocabulary import CONTROL


@kept
def tell_sent(sent, order, actions, calendar, longer, whole, real, byte, word, behind, known):
    """Write contacts as columns, in an order; ``actions`` has a line an action: its purpose, and whether it offers.

    The lowest bit of ``known`` tells whether the propensity is known, the next whether there is an offer, the
    third whether it is a step of a scenario.
    """
    for place in range(order.shape[0]):
        row = sent[order[place]]
        behind[place] = behind_of(row)
        whole[0, place], whole[1, place] = own(row.customer, row.number), row.customer
        whole[2, place] = moment(calendar[row.day], longer[row.day], row.second)
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
