"""To whom offers can be made, and how long ago they bought."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from cjlab._checks import offset
from cjlab.errors import EvidenceError
from cjlab.features import Eligible
from cjlab.models.offers._bought import purchases

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from cjlab.models.offers._next_offer import NextOffer
    from cjlab.tables import Log

SEGMENTS: Final = ("lately", "a while ago", "long ago")
_EDGES: Final = (1, 3)  # horizons since he bought last


def last(log: Log, when: dt.datetime, model: NextOffer) -> pl.DataFrame:
    """Return who had bought before a moment, and when last."""
    rows = purchases(log, of=model.of, per=model.per).filter(pl.col("known") < when)
    return rows.group_by("customer_id").agg(pl.col("at").max()).sort("customer_id")


def allowed(log: Log, when: dt.datetime, last: pl.DataFrame, consent: str) -> pl.DataFrame:
    """Return those who may be contacted."""
    if log.consents is None:
        return last
    allowing = Eligible(consent=consent).among(log, when)
    kept = last.filter(pl.col("customer_id").is_in(allowing.implode()))
    if kept.is_empty():
        raise EvidenceError(
            f"none of {last.height:,} customers who had bought before {when:%Y-%m-%d} granted {consent!r}; name "
            "another purpose of the table of consents"
        )
    return kept


def segments(last: pl.DataFrame, when: dt.datetime, within: str) -> NDArray[np.int64]:
    """Return in which segment each customer is."""
    horizon = offset(within, name="within")
    ago = last.select((pl.lit(when) - pl.col("at")).dt.total_microseconds()).to_series().to_numpy()
    edges = [edge * horizon.total_seconds() * 1e6 for edge in _EDGES]
    return np.searchsorted(edges, ago, side="left").astype(np.int64)
