"""Segments of customers: what a field of the profiles said of each when it was decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from cjlab._checks import columns, listed
from cjlab.errors import TableError
from cjlab.tables import known

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.tables import Log

UNKNOWN: Final = "unknown"
_ASKED: Final = ("customer_id", "field", "at", "value")


def told(log: Log, field: str) -> pl.LazyFrame:
    """Return what the profiles say of a field, values that are not known left out."""
    if log.profiles is None:
        raise TableError(
            f"the log has no profiles, and the cycle's segment is their field {field!r}; give Log.of(profiles=…), or "
            "a cycle without a segment"
        )
    frame = columns(log.profiles, _ASKED, table="profiles")
    found = frame.filter(pl.col("field").cast(pl.String) == field, pl.col("value").is_not_null())
    if found.head(1).collect().is_empty():
        there = frame.select(pl.col("field").cast(pl.String).unique()).collect()["field"].drop_nulls().sort()
        raise TableError(
            f"profiles: field never is {field!r}, the cycle's segment; it has {listed(there.to_list()) or 'none'}"
        )
    return found


def segments(log: Log, field: str, rows: pd.DataFrame) -> NDArray[np.str_]:
    """Return the segment of each decision, ``(n,)``: what was told last of its customer and known before it.

    Parameters
    ----------
    log
        The log.
    field
        Which field of the profiles.
    rows
        Decisions: ``customer_id`` and ``at``.
    """
    frame = told(log, field)
    said = frame.select("customer_id", "at", pl.col("value").cast(pl.String), known=known(frame))
    found = np.full(len(rows), UNKNOWN, dtype=object)
    for when in rows["at"].drop_duplicates().dt.to_pydatetime():
        places = (rows["at"] == when).to_numpy()
        past = said.filter(pl.col("known") < when, pl.col("at") < when).sort("customer_id", "at", "value")
        last = past.group_by("customer_id").agg(pl.col("value").last())
        asked = pl.LazyFrame({"customer_id": rows["customer_id"].to_numpy()[places]})
        both = asked.join(last, on="customer_id", how="left", maintain_order="left").collect()
        found[places] = both["value"].fill_null(UNKNOWN).to_numpy()
    return found.astype(str)
