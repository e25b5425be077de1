"""How many threads may be used: one setting, for kernels and for passes over rows."""

from __future__ import annotations

import os

from cjlab.errors import SpecError

THREADS = "CJLAB_THREADS"


def threads() -> int:
    """Return how many threads may be used: ``CJLAB_THREADS``, or as many as there are processors."""
    given = os.environ.get(THREADS, "")
    if not given:
        return os.cpu_count() or 1
    if not given.isdecimal() or int(given) < 1:
        raise SpecError(f"{THREADS} is {given!r}; give a whole number above 0, or unset it")
    return int(given)
