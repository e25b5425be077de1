"""What fades by itself: satisfaction, desire, attention, fatigue. Read when needed, never stepped day by day."""

from __future__ import annotations

import math

from numba import njit

from cjlab.simulator.kernel._vocabulary import FAR

_LN2 = math.log(2.0)
_NEGLIGIBLE = 0.01


@njit
def clamp(value, low, high):
    """Keep a number between two ends."""
    return min(max(value, low), high)


@njit
def logistic(z):
    """Turn log-odds into a probability."""
    return 1.0 / (1.0 + math.exp(-z))


@njit
def settle(me, world, day):
    """Bring satisfaction to today: it returns to what the person is usually like."""
    if day > me.settled:
        left = math.exp(-(day - me.settled) / world.recovers_days)
        me.satisfaction = me.content + (me.satisfaction - me.content) * left
        me.settled = day
    return me.satisfaction


@njit
def please(me, world, day, change):
    """Move satisfaction, within 0 and 1."""
    if change == 0.0:
        return
    settle(me, world, day)
    me.satisfaction = clamp(me.satisfaction + change, 0.0, 1.0)


@njit
def stir(me, day, desire, attention, half_life):
    """Add to what contacts have stirred; it fades with the half-life of the latest one that stirs anything."""
    if desire == 0.0 and attention == 0.0:
        return
    left = faded(me, day)
    me.desire = me.desire * left + desire
    me.attention = me.attention * left + attention
    me.fading = _LN2 / half_life
    me.stirred = day
    most = max(abs(me.desire), abs(me.attention))
    me.stirred_until = day if most < _NEGLIGIBLE else day + int(math.log(most / _NEGLIGIBLE) / me.fading) + 1


@njit
def faded(me, day):
    """Return what is left today of what was stirred, as a share."""
    if day > me.stirred_until:
        return 0.0
    return math.exp(-me.fading * (day - me.stirred))


@njit
def rest(me, world, day):
    """Bring fatigue to today."""
    if day > me.tired:
        left = math.exp(-(day - me.tired) / world.fatigue_days)
        for channel in range(world.n_channels):
            me.fatigue[channel] *= left
        me.tired = day


@njit
def hold(me, day):
    """Let what was said of consent on an earlier day hold."""
    if me.agreed_day <= day:
        me.consent, me.agreed_day = me.agreed, FAR


@njit
def schedule(me):
    """Note the earliest of all that awaits the person."""
    due = min(min(me.delivery, me.back), min(me.survey, me.problem))
    due = min(due, min(min(me.solved, me.promise), min(me.bill, me.pays)))
    due = min(due, min(min(me.ends, me.errand), min(me.trip, me.cover)))
    due = min(due, min(min(me.life, me.use), min(me.later_day, int(min(me.need, float(FAR))))))
    me.due = due
