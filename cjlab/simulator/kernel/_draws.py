"""Counter-based randomness: each draw is a pure function of (seed, customer, day, slot)."""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from cjlab._compiled import kept

_ONE = np.uint64(0xBF58476D1CE4E5B9)
_TWO = np.uint64(0x94D049BB133111EB)
_DAY = np.uint64(0x9E3779B97F4A7C15)
_SLOT = np.uint64(0xD1342543DE82EF95)
_A, _B, _C, _R = np.uint64(30), np.uint64(27), np.uint64(31), np.uint64(11)
_UNIT = 2.0**-53
_EIGHTS = np.uint64(1_500_000_000)  # the "days" of draws that eight days share
_BYTE, _LOWEST, _THREE = np.uint64(255), np.uint64(7), np.uint64(3)
_STEPS = 256.0


@njit(inline="always")
def mix(bits):
    """Spread 64 bits over all of them: the finaliser of SplitMix64 (doi:10.1145/2714064.2660195)."""
    bits = (bits ^ (bits >> _A)) * _ONE
    bits = (bits ^ (bits >> _B)) * _TWO
    return bits ^ (bits >> _C)


@njit
def key_of(seed, customer):
    """Return the key of a customer: two roundings of the mixer, the seed between them."""
    return mix(mix(np.uint64(customer) * _SLOT + _DAY) ^ mix(np.uint64(seed) + _SLOT))


@njit(inline="always")
def key_at(key, day):
    """Return the key of a customer's day."""
    return mix(key + np.uint64(day) * _DAY)


@njit(inline="always")
def draw(day_key, slot):
    """Draw a uniform number in [0, 1) for a purpose."""
    return np.float64(mix(day_key + np.uint64(slot + 1) * _SLOT) >> _R) * _UNIT


@njit(inline="always")
def eight_days(key, day, slot):
    """Return a word with a byte for each of the eight days among which this one lies."""
    return mix(mix(key + (_EIGHTS + (np.uint64(day) >> _THREE)) * _DAY) + np.uint64(slot + 1) * _SLOT)


@njit(inline="always")
def coarse(word, day):
    """Return the day's byte of the word of its eight days: the first eight bits of its draw."""
    return np.float64((word >> ((np.uint64(day) & _LOWEST) << _THREE)) & _BYTE)


@njit(inline="always")
def below(word, day, key, slot, share):
    """Tell whether a day's draw lies below a share; most days its first byte is enough to know that it does not."""
    first = coarse(word, day)
    return first < share * _STEPS and first + draw(key_at(key, day), slot) < share * _STEPS


@njit
def draw_often(key, day, slot):
    """Draw a uniform number in [0, 1) for a purpose that is drawn every day: a byte that costs little, and the rest."""
    return (coarse(eight_days(key, day, slot), day) + draw(key_at(key, day), slot)) / _STEPS


@njit
def draw_whole(day_key, slot, n):
    """Draw a whole number from 0 to n − 1."""
    return min(int(draw(day_key, slot) * n), n - 1)


@njit
def draw_exponential(day_key, slot):
    """Draw an exponential number of mean 1."""
    return -math.log1p(-draw(day_key, slot))


@njit
def draw_within(day_key, slot, mean, most):
    """Draw an exponential number of this mean, given that it lies below ``most``."""
    return -mean * math.log1p(-draw(day_key, slot) * (1.0 - math.exp(-most / mean)))


@njit
def draw_normal(day_key, slot):
    """Draw a standard normal number from this slot and the next (Box and Muller, doi:10.1214/aoms/1177706645)."""
    radius = math.sqrt(-2.0 * math.log1p(-draw(day_key, slot)))
    return radius * math.cos(2.0 * math.pi * draw(day_key, slot + 1))


@njit
def daytime(day_key, slot):
    """Draw a second between 9 and 20 h."""
    return int((9.0 + 11.0 * draw(day_key, slot)) * 3600)


@njit
def draw_erlang(day_key, slot, shape):
    """Draw an Erlang number of mean 1 from ``shape`` slots: a gamma law whose shape is whole."""
    total = 0.0
    for stage in range(shape):
        total += draw_exponential(day_key, slot + stage)
    return total / shape


@njit
def draw_among(day_key, slot, edges, n):
    """Draw an index under cumulated shares ``edges[:n]``, whose last is 1."""
    if n == 1:
        return 0
    number = draw(day_key, slot)
    for index in range(n - 1):
        if number < edges[index]:
            return index
    return n - 1


@kept
def draw_each(keys, day, slot, drawn):
    """Fill ``drawn`` with one number in [0, 1) for each key, on a day and for a purpose."""
    for place in range(keys.shape[0]):
        drawn[place] = draw(key_at(keys[place], day), slot)


@kept
def draw_often_each(keys, day, slot, drawn):
    """Fill ``drawn`` with one number in [0, 1) for each key, on a day and for a purpose that is drawn every day."""
    for place in range(keys.shape[0]):
        drawn[place] = draw_often(keys[place], day, slot)


@kept
def keys_each(seed, customers, keys):
    """Fill ``keys`` with the key of each customer under a seed."""
    for place in range(customers.shape[0]):
        keys[place] = key_of(seed, customers[place])
