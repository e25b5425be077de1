"""From days and seconds of the brand's local time to moments in UTC."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator.world import World

_SECOND = 1_000_000
_DAY = 86_400
_TWO, _THREE = 7_200, 10_800  # between these hours clocks are changed


def midnights(world: World, days: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the local midnights at which days of the run begin, ``(n,)`` microseconds since 1970 in UTC."""
    zone = ZoneInfo(world.timezone)
    dates = (world.start + dt.timedelta(days=int(day)) for day in days)
    starts = (dt.datetime(date.year, date.month, date.day, tzinfo=zone).timestamp() for date in dates)
    return np.array([int(start) * _SECOND for start in starts], dtype=np.int64)


def moments(world: World, days: NDArray[np.integer], seconds: NDArray[np.integer] | None = None) -> NDArray[np.int64]:
    """Return moments of days, also of those before the run, ``(n,)`` microseconds since 1970 in UTC.

    Seconds are those of a clock on the wall: on the days on which clocks are changed, what happens after three o'clock
    is moved by the hour that the day is shorter or longer.
    """
    if len(days) == 0:
        return np.zeros(0, np.int64)
    first, last = int(days.min()), int(days.max())
    if last - first > len(days):
        distinct, place = np.unique(days, return_inverse=True)
        starts = midnights(world, distinct)[place]
    else:
        calendar = midnights(world, np.arange(first, last + 2))
        starts = calendar[days - first]
    if seconds is None:
        return starts
    return starts + _SECOND * _on_the_wall(world, days, seconds.astype(np.int64))


def _on_the_wall(world: World, days: NDArray[np.integer], seconds: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return seconds since midnight for what a clock on the wall says."""
    first = int(days.min())
    calendar = midnights(world, np.arange(first, int(days.max()) + 2))
    longer = np.diff(calendar) // _SECOND - _DAY
    for day in np.flatnonzero(longer):
        changed = np.flatnonzero(days == first + day)
        at = seconds[changed]
        seconds[changed] = np.where(at >= _THREE, at + longer[day], np.minimum(at, _TWO) if longer[day] < 0 else at)
    return seconds
