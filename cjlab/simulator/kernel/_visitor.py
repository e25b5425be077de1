"""By what somebody is recognised who does not say who he is: the cookie of a device, which a household may share."""

from __future__ import annotations

import numpy as np
from numba import njit

from cjlab._compiled import kept
from cjlab.simulator.kernel._draws import mix

_UNIT = 2.0**-53
_ONE, _ELEVEN = np.uint64(1), np.uint64(11)


@njit
def household(facts, customer):
    """Return a customer's household: the lower id of the two who share one, or his own."""
    pair = customer // 2
    bits = mix(mix(np.uint64(pair) + facts.household[0]) + facts.household[1])
    return pair * 2 if np.float64(bits >> _ELEVEN) * _UNIT < facts.shared else customer


@njit
def visitor_of(facts, customer, device, day):
    """Return the cookie of the device in hand, −1 where it takes none."""
    owner = household(facts, customer) if device > 0 else customer
    machine = mix(np.uint64(owner * 64 + device + 1) + facts.seed)
    age = (np.uint64(day) + machine % facts.cookie_days) // facts.cookie_days
    cookie = mix(machine + age)
    if np.float64(cookie >> _ELEVEN) * _UNIT < facts.cookies:
        return np.int64(mix(cookie) >> _ONE)
    return np.int64(-1)


@kept
def households_of(facts, customers, found):
    """Fill ``found`` with each customer's household."""
    for place in range(customers.shape[0]):
        found[place] = household(facts[0], customers[place])
