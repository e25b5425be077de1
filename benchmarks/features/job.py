"""The job of every contender: 49 features of customers as of a date, and how it is measured."""

from __future__ import annotations

import json
import resource
import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

WINDOWS = {"30D": 30, "90D": 90, "365D": 365}
COUNTED = ("purchase", "visit", "view", "opened", "clicked", "delivered", "search")
RECENT = ("purchase", "visit", "view", "opened", "search")
CHANNELS = ("web", "app", "store", "email")
ZONE = "Europe/Paris"
AS_OF, AFTER = "2025-10-01", "2025-10-02"
LEARNED = "2024-06-01"  # what the default recipe learns of is before
MONTHS = tuple(f"2025-{month:02d}-01" for month in range(1, 13))
COLUMNS = ("customer_id", "at", "known_at", "event", "channel", "amount")
N_FEATURES = 49


def answer(job: Callable[..., Any], folder: str, small: str) -> None:
    """Do the job, on a small log first, which is what starting up takes; print seconds, lines and what was found.

    A job that returns a function has prepared it; that function is what is measured.
    """
    began = processor()
    _done(job(small))
    start = processor() - began
    before, clock = processor(), time.perf_counter()
    made = job(folder)
    if callable(made):
        before, clock = processor(), time.perf_counter()
    made = _done(made)
    took = processor() - before
    found = {"start": start, "cpu": took, "inside": time.perf_counter() - clock}
    if getattr(made, "columns", None) is None:
        found["lines"], found["events"] = len(made), sum(made)
    else:
        found["lines"], found["features"] = len(made), len(made.columns)
        found["total"] = float(made.sum(numeric_only=True).sum())
        found["sums"] = {name: float(made[name].sum()) for name in made.columns}
    json.dump(found, sys.stdout)


def _done(made: Any) -> Any:  # noqa: ANN401 - a table of any library
    return made() if callable(made) else made


def processor() -> float:
    """Return the processor seconds of this process."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
