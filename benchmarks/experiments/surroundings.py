"""What else a machine did while something was measured on it."""

from __future__ import annotations

import datetime as dt
import os
import resource
import time
from typing import NamedTuple

import psutil

_IDLE = 0.05  # share of the machine that other work may take without being called shared


class Surroundings(NamedTuple):
    """A moment: date, clock, processor seconds of the whole machine and of this process with its children, and load."""

    date: dt.datetime
    clock: float
    machine: float
    own: float
    load: float

    @classmethod
    def now(cls) -> Surroundings:
        """Look at the machine."""
        times = psutil.cpu_times()
        machine = sum(times) - times.idle - getattr(times, "iowait", 0.0) - getattr(times, "guest", 0.0)
        used = [resource.getrusage(whose) for whose in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        own = sum(one.ru_utime + one.ru_stime for one in used)
        return cls(dt.datetime.now(tz=dt.UTC), time.monotonic(), machine, own, os.getloadavg()[0])

    def others(self, before: Surroundings) -> float:
        """Return how many processors other work took since a moment before."""
        seconds = max(self.clock - before.clock, 1e-9)
        return max(self.machine - before.machine - (self.own - before.own), 0.0) / seconds

    def since(self, before: Surroundings) -> str:
        """Say what else the machine did since a moment before."""
        cores, others = os.cpu_count() or 1, self.others(before)
        shared = "ratios hold, seconds vary" if others > _IDLE * cores else "the machine was otherwise idle"
        return (
            f"Load average {before.load:.1f} at the start, {self.load:.1f} at the end with the benchmark itself; "
            f"other work took {others:.2f} of {cores} processors: {shared}."
        )
