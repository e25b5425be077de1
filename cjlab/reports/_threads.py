"""How many threads a kernel may use: one setting, for all libraries that count their own."""

from __future__ import annotations

import os

from cjlab.errors import ReportError

THREADS = "CJLAB_THREADS"


def threads() -> int:
    """Return how many threads a kernel may use: ``CJLAB_THREADS``, or as many as there are processors.

    Returns
    -------
    int
        At least 1.

    Raises
    ------
    ReportError
        When ``CJLAB_THREADS`` is not a whole number above 0.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.reports.threads() >= 1
    True
    """
    given = os.environ.get(THREADS, "")
    if not given:
        return os.cpu_count() or 1
    if not given.isdecimal() or int(given) < 1:
        raise ReportError(f"{THREADS} is {given!r}; give a whole number above 0, or unset it")
    return int(given)
