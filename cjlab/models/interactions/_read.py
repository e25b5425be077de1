"""Interactions read from a log, and which of them may be foretold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cjlab._checks import offset, shown
from cjlab._random import uniform
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.models.offers._bought import asked as named

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from cjlab.tables import Log

    Labels = tuple[tuple[str, str], ...]

REST: tuple[str, str] = ("", "")
_LABEL = ("event", "where")
_LEARNERS = 100_000  # customers of whom it is learned; more tell nothing new
_LATE = 0.1  # of a horizon, that a log may be silent at its end


def interactions(log: Log, until: dt.datetime, *, events: tuple[str, ...] | None, where: str) -> pl.LazyFrame:
    """Return ``customer_id``, ``at``, ``event``, ``where`` and from when on it was ``known``, before a moment."""
    schema = log.events.collect_schema()
    if where not in schema:
        raise TableError(f"events have no column {where!r}, which says where; give it, or ask another of them")
    rows = log.events.filter(pl.col("customer_id").is_not_null(), pl.col("at") < until)
    if events is not None:
        rows = rows.filter(pl.col("event").is_in(list(events)))
    known = pl.max_horizontal("at", "known_at") if "known_at" in schema else pl.col("at")
    place = pl.col(where).cast(pl.String).fill_null("")
    return rows.select("customer_id", "at", pl.col("event").cast(pl.String), place.alias("where"), known=known)


def common(rows: pl.DataFrame, when: dt.datetime, *, least: int, most: int) -> Labels:
    """Return what may be foretold: pairs of what and where that enough customers have had, and the rest as one."""
    many = rows.group_by(_LABEL).agg(pl.col("customer_id").n_unique())
    kept = many.filter(pl.col("customer_id") >= least).sort(["customer_id", *_LABEL], descending=[True, False, False])
    if kept.is_empty():
        raise EvidenceError(
            f"nothing was done by {least} customers or more before {when:%Y-%m-%d}; give a longer log, a smaller "
            "least, or events that the log has"
        )
    return (*sorted((str(what), str(where)) for what, where in kept.head(most).select(_LABEL).iter_rows()), REST)


def coded(rows: pl.DataFrame, labels: Labels) -> pl.DataFrame:
    """Return ``customer_id``, ``at``, ``label`` and ``known`` in their order, times in microseconds."""
    names = pl.DataFrame(labels[:-1], schema=dict.fromkeys(_LABEL, pl.String), orient="row")
    made = rows.join(names.with_row_index("label"), on=_LABEL, how="left", maintain_order="left").select(
        "customer_id",
        pl.col("at").to_physical(),
        pl.col("label").fill_null(len(labels) - 1).cast(pl.Int64),
        pl.col("known").to_physical(),
    )
    return made.sort("customer_id", "at", "label", "known")


def asked(customers: Iterable[Any], all_: pl.Series) -> pl.Series:
    """Return for whom is asked, if each is named once, as the log names customers, and has a past."""
    who = pl.Series("customer_id", named(list(customers), all_))
    strange = who.filter(~who.is_in(all_.implode()))
    if len(strange):
        raise SpecError(
            f"customers: of {len(strange):,}, such as {shown(strange[0])}, no interaction was known at that date; name "
            "customers who have had one"
        )
    return who


def require_end(rows: pl.DataFrame, when: dt.datetime, end: dt.datetime, within: str) -> None:
    """Refuse a log that is over long before a horizon: what did not come would not be told from what is missing."""
    last: Any = rows["at"].max()
    if last is None:
        raise EvidenceError(f"the log tells of no such interaction before {end:%Y-%m-%d}; name events that it has")
    if last < end - _LATE * offset(within, name="within"):
        raise EvidenceError(
            f"the log tells of no interaction after {last:%Y-%m-%d}, and what is asked as of {when:%Y-%m-%d} needs it "
            f"up to {end:%Y-%m-%d}; give an earlier as_of"
        )


def taught(rows: pl.LazyFrame, key: str) -> pl.LazyFrame:
    """Return the rows of customers to learn from: of all, or of as many as tell all, drawn by a key."""
    who = rows.select(pl.col("customer_id").unique().sort()).collect()["customer_id"]
    if len(who) <= _LEARNERS:
        return rows
    drawn = np.argsort(uniform(key, who.to_numpy()), kind="stable")[:_LEARNERS]
    return rows.filter(pl.col("customer_id").is_in(who.gather(drawn).implode()))
