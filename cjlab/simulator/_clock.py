"""From days and seconds of the brand's local time to moments in UTC."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from cjlab.simulator.world import World

_SECOND = 1_000_000
_DAY = 86_400
_BLOCK = 512  # days that are looked up together


class Calendar(NamedTuple):
    """The days of a run from its first: the moment in UTC when each begins, and by how many seconds it is longer."""

    starts: NDArray[np.int64]
    longer: NDArray[np.int64]


def calendar(world: World, days: int) -> Calendar:
    """Return at least so many days."""
    return _calendar(world.start, world.timezone, (days // _BLOCK + 1) * _BLOCK)


@lru_cache(maxsize=8)
def _calendar(start: dt.date, timezone: str, days: int) -> Calendar:
    starts = _midnights(start, timezone, range(days + 1))
    return Calendar(starts[:-1], np.diff(starts) // _SECOND - _DAY)


def midnights(world: World, days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the local midnights at which days of the run begin, ``(n,)`` microseconds since 1970 in UTC."""
    return _midnights(world.start, world.timezone, days)


def _midnights(start: dt.date, timezone: str, days: Iterable[int]) -> NDArray[np.int64]:
    zone = ZoneInfo(timezone)
    dates = (start + dt.timedelta(days=int(day)) for day in days)
    starts = (dt.datetime(date.year, date.month, date.day, tzinfo=zone).timestamp() for date in dates)
    return np.array([int(start) * _SECOND for start in starts], dtype=np.int64)


def moments(world: World, days: NDArray[np.integer]) -> NDArray[np.int64]:
    """Return when days begin, also those before the run, ``(n,)`` microseconds since 1970 in UTC."""
    if len(days) == 0:
        return np.zeros(0, np.int64)
    first, last = int(days.min()), int(days.max())
    if last - first > len(days):
        distinct, place = np.unique(days, return_inverse=True)
        starts: NDArray[np.int64] = midnights(world, distinct)[place]
    else:
        starts = midnights(world, np.arange(first, last + 1))[days - first]
    return starts
