"""The engagement audit as a table: what share of those we write to is silent, and what they cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.features._logged import logged
from cjlab.features._recipe import Recipe
from cjlab.features.listening._audit import Audit, audited
from cjlab.features.listening._heard import acts, completed
from cjlab.tables import later

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from cjlab.tables import Log


def engagement_audit(
    log: Log, as_of: str | dt.date, *, window: str = "365D", purpose: str = "marketing", confidence: float = 0.95
) -> pd.DataFrame:
    """Return what share of those we write to is silent, in four nested states, and what was spent on them.

    A silence is there where the log has a row of its act in the window: of a log without opens nobody can say who
    opened nothing. What else the log does not have is told in ``lacking``: without "machine" every open is taken for a
    person's, so that some of those who opened nothing are not seen; without "purpose" every message is taken for one
    of the purpose; without "cost" there are no costs.

    Parameters
    ----------
    log : Log
        The log.
    as_of : date or text
        The moment; a bare date is the local midnight with which it begins.
    window : str
        How far back.
    purpose : str
        Of which messages.
    confidence : float
        Of the intervals of Wilson (1927, doi:10.1080/01621459.1927.10502953).

    Returns
    -------
    pandas.DataFrame
        Indexed by ``silence``: ``targeted`` (everybody written to), then those of ``no_open``, ``no_click``,
        ``no_visit`` and ``no_purchase`` that can be told, as :class:`Audit` defines them; ``customers``, ``share``,
        ``low``, ``high`` (NaN where nobody was written to), ``cost`` (what their messages cost), ``cost_share``,
        ``cost_low`` and ``cost_high`` (by the delta method), and ``lacking``: the columns that the log does not have.

    Raises
    ------
    SpecError
        When the log is none, or a date, a length of time or the confidence is out of range.

    Examples
    --------
    >>> import cjlab as cj
    >>> world = cj.simulator.World.retail(n_customers=50)
    >>> log = cj.simulator.simulate(world, policy=cj.simulator.RandomContacts(rate=0.2), days=60).log
    >>> cj.features.engagement_audit(log, "2024-02-20", window="30D").index.tolist()
    ['targeted', 'no_open', 'no_click', 'no_visit', 'no_purchase']
    """
    end = logged(log).moment(as_of)
    start = later(end, window, log.timezone, name="window", back=True)
    whole, lacking = completed(log, purpose)
    built = Recipe(Audit(window, purpose)).build(whole, end)
    written = built[built["targeted"] > 0]
    made = audited(written, acts(log, start, end), everybody="targeted", confidence=confidence)
    if "cost" in lacking:
        made[[name for name in made.columns if name.startswith("cost")]] = np.nan
    return made.assign(lacking=", ".join(lacking))
