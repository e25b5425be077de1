"""What is in stock, and what a purchase of it brings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cjlab.tables import known, left

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.models.offers._offers import Offers
    from cjlab.tables import Log


def stock(log: Log, when: dt.datetime, *, per: str) -> dict[str, float] | None:
    """Return how many of each kind are in stock at a moment, all places together; None where the log does not say."""
    states = log.item_states
    if states is None or "stock" not in states.collect_schema():
        return None
    last = left(states.filter(pl.col("stock").is_not_null()), when)
    if per == "category":
        last = last.join(log.items.select("item", "category"), on="item").with_columns(item="category")
    made = last.group_by("item").agg(pl.col("stock").clip(0).sum()).drop_nulls().collect()
    return dict(made.iter_rows()) or None


def brought(log: Log, when: dt.datetime, *, of: str, per: str, rate: float) -> tuple[dict[str, float], bool] | None:
    """Return what a purchase of each kind brings, and whether the log tells its margin itself; None without amounts.

    A purchase is all that a customer bought of a kind at one moment; without margins, ``rate`` of the amount is margin.
    """
    names = log.events.collect_schema().names()
    if not {"item", "amount"} <= set(names):
        return None
    rows = log.events.filter(pl.col("event") == of, known(log.events) < when, pl.col("item").is_not_null())
    if per == "category":
        rows = rows.join(log.items.select("item", "category"), on="item").with_columns(item="category")
    amounts = [name for name in ("amount", "margin") if name in names]
    lines = rows.group_by("customer_id", "at", "item").agg(pl.col(amounts).sum(), told=pl.col(amounts[-1]).count())
    made = lines.filter(pl.col("told") > 0).group_by("item").agg(pl.col(amounts).mean()).drop_nulls().collect()
    if made.is_empty():
        return _of_amounts(lines.group_by("item").agg(pl.col("amount").mean()).drop_nulls().collect(), rate)
    if "margin" in amounts:
        return dict(made.select("item", "margin").iter_rows()), True
    return _of_amounts(made, rate)


def _of_amounts(made: pl.DataFrame, rate: float) -> tuple[dict[str, float], bool] | None:
    rows = made.select("item", pl.col("amount") * rate).iter_rows()
    return (dict(rows), False) if made.height else None


def described(log: Log) -> dict[str, str]:
    """Return what items are called, of those that have a description among their attributes."""
    if "attributes" not in log.items.collect_schema().names():
        return {}
    told = log.items.select("item", "attributes").explode("attributes").drop_nulls().unnest("attributes")
    made = told.filter(pl.col("name") == "description").select("item", "value").drop_nulls().collect()
    return dict(made.iter_rows())


def _expected(offers: Offers) -> tuple[NDArray[Any], NDArray[np.float64]]:
    """Return the kinds that are offered, and how many purchases each would be, of one by every customer."""
    whole = np.maximum(offers.chance.sum(axis=1, keepdims=True), 1e-300)
    names, code = np.unique(offers.items, return_inverse=True)
    weights = np.bincount(code.ravel(), (offers.chance / whole).ravel(), len(names))
    return names[names != ""], weights[names != ""]


def covered(
    offers: Offers, held: dict[str, float] | None, brings: dict[str, float] | None, *, taken: float
) -> pd.DataFrame:
    """Return a row a kind that is offered, the most offered first, when a share ``taken`` of customers buys one."""
    import pandas as pd

    names, chances = _expected(offers)
    made = {
        "item": names,
        "customers": [int((offers.items == name).sum()) for name in names],
        "first": [int((offers.items[:, 0] == name).sum()) for name in names],
        "expected": chances * taken,
        "stock": [(held or {}).get(str(name), np.nan) for name in names],
        "brings": [(brings or {}).get(str(name), np.nan) for name in names],
    }
    frame = pd.DataFrame(made)
    return frame.sort_values(["customers", "item"], ascending=[False, True], kind="stable").reset_index(drop=True)
