"""Today's rule: whom a shop would contact first without a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import one_of
from cjlab.features import RFM, Recency, Recipe

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.tables import Log

RULES = ("recency", "rfm")


def today(log: Log, rule: str, as_of: dt.datetime, customers: pd.Index[int]) -> NDArray[np.float64]:
    """Return how early a rule would contact each of some customers as of a date, the highest first, ``(n,)``.

    By recency, who bought last comes first; by RFM, the highest sum of the scores of recency, frequency and money. Who
    never bought comes last.
    """
    if one_of(rule, RULES, name="rule") == "recency":
        found = -Recipe(Recency()).build(log, as_of)["recency_purchase"]
    else:
        found = Recipe(RFM.fitted(log, as_of)).build(log, as_of).iloc[:, :3].sum(axis=1, min_count=3)
    scores = found.reindex(customers).to_numpy(np.float64)
    never = np.isnan(scores)
    return np.where(never, (scores[~never].min() if (~never).any() else 0.0) - 1.0, scores)
