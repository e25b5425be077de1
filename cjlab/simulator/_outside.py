"""What lies outside and no customer moves: seasons, regimes, weather, and what competitors do."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING

import numpy as np

from cjlab._random import uniform
from cjlab.simulator.kernel import FACTORS, Outside

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator.world import World

_KEPT = 0.7  # correlation of a day's weather with the day before
_WEEK = 7
_MOST = 1e30  # beyond it a factor is as good as endless
_OCTET = 8
_ROUNDED = 1.0001  # more than numbers of four bytes are rounded by


def outside(world: World, days: int) -> NDArray[np.void]:
    """Return the factors and the weather of each day as the kernel reads them."""
    made = np.zeros(1, Outside)
    made["factors"][0, :days] = factors(world, days)
    made["weather"][0, :days, : len(world.places)] = weather(world, days)
    whole = -(-days // _OCTET) * _OCTET
    lively = np.zeros((whole, len(world.places)))
    lively[:days] = made["factors"][0, :days, :1].astype(float) * made["weather"][0, :days, : len(world.places)]
    octets = lively.reshape(-1, _OCTET, len(world.places)).max(axis=1) * _ROUNDED
    made["liveliest"][0, : len(octets), : len(world.places)] = np.minimum(octets, _MOST)
    return made


def factors(world: World, days: int) -> NDArray[np.float32]:
    """Return each day's factors, ``(days, 8)``: season and weekday, regimes, competitors."""
    made = np.ones((days, len(FACTORS)))
    dates = [world.start + dt.timedelta(days=day) for day in range(days)]
    made[:, 0] = [world.weekdays[date.weekday()] * world.months[date.month - 1] for date in dates]
    made[:, FACTORS.index("shopping")] = [world.shopping[date.weekday()] for date in dates]
    for regime in world.regimes:
        changed = made[regime.day : regime.until, FACTORS.index(regime.factor)]
        np.minimum(changed * regime.by, _MOST, out=changed)
    _compete(made, world)
    return np.clip(made, 0, _MOST).astype(np.float32)


def _compete(made: NDArray[np.float64], world: World) -> None:
    """Let competitors take from the pull of needs and add to leaving; the last factor is their share of leavers."""
    pull, leaving, poached = (FACTORS.index(name) for name in ("pull", "leaving", "poached"))
    stays = np.ones(len(made))
    for name, rival in world.competitors.items():
        there = np.zeros(len(made), dtype=bool)
        there[rival.day : rival.until] = True
        promoted = promotions(world, name, len(made))
        made[:, pull] *= np.exp(-rival.pull * there - rival.promotion * promoted)
        made[:, leaving] *= np.exp(rival.leaving * promoted)
        stays *= np.where(there, 1 - rival.poaches, 1.0)
    made[:, poached] = 1 - stays


def promotions(world: World, name: str, days: int) -> NDArray[np.bool_]:
    """Return on which days a competitor has a promotion, ``(days,)``: an outside path keyed by (seed, name, week)."""
    rival = world.competitors[name]
    weeks = np.arange(days) // _WEEK
    promoted = uniform(f"simulator/{world.seed}/competitor/{name}", weeks) < rival.promotions
    promoted[: rival.day] = False
    promoted[rival.until if rival.until is not None else days :] = False
    return promoted


def weather(world: World, days: int) -> NDArray[np.float32]:
    """Return the weather's factor on occasions, ``(days, places)``: an outside path keyed by (seed, place, day)."""
    from scipy.signal import lfilter
    from scipy.special import ndtri

    made = np.ones((days, len(world.places)), np.float32)
    for place, name in enumerate(world.places if world.weather > 0 else ()):
        numbers = np.maximum(uniform(f"simulator/{world.seed}/weather/{name}", np.arange(days)), 2.0**-54)
        path = lfilter([math.sqrt(1 - _KEPT**2)], [1, -_KEPT], ndtri(numbers))
        made[:, place] = np.exp(world.weather * path - world.weather**2 / 2)
    return made
