"""What customers bought, order by order: in which month, at which hour, and how long after the first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from cjlab.features._estimates import share
from cjlab.features._span import before

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.tables import Log

PERIOD: Final = 30  # days
EARLY: Final = 90  # days of the log in which first purchases are mostly those of customers of before
_PERIODS: Final = 13


def orders(log: Log, end: dt.datetime) -> pl.DataFrame:
    """Return a line an order: ``customer_id``, ``at`` (local time), ``amount`` where the log has amounts.

    An order is an ``order_id`` of a customer; where the log has none, all he bought on one local day.
    """
    rows = before(log.events, end).filter(pl.col("event").cast(pl.String) == "purchase")
    present = rows.collect_schema().names()
    local = pl.col("at").dt.convert_time_zone(log.timezone)
    day = local.dt.date().cast(pl.String)
    name = pl.coalesce(pl.col("order_id").cast(pl.String), day) if "order_id" in present else day
    amount = pl.col("amount").sum() if "amount" in present else pl.lit(None, pl.Float64)
    made = rows.with_columns(order=name).group_by("customer_id", "order").agg(at=local.min(), amount=amount)
    return made.sort("customer_id", "at", "order").collect()


def months(bought: pl.DataFrame, first: dt.datetime, end: dt.datetime, timezone: str) -> pd.DataFrame:
    """Return, for each whole month of the log, how many bought, and how many of them for the first time in it."""
    start, stop = (moment.astimezone(_zone(timezone)).replace(tzinfo=None) for moment in (first, end))
    month = pl.col("at").dt.truncate("1mo").dt.date()
    firsts = bought.group_by("customer_id").agg(month=month.min())
    counted = bought.group_by(month=month).agg(customers=pl.col("customer_id").n_unique())
    new = firsts.group_by("month").agg(new=pl.len())
    found = counted.join(new, on="month", how="left").with_columns(pl.col("new").fill_null(0)).sort("month")
    whole = found.filter(
        pl.col("month").cast(pl.Datetime("us")) >= start.replace(hour=0, minute=0, second=0, microsecond=0),
        pl.col("month").dt.offset_by("1mo").cast(pl.Datetime("us")) <= stop,
    )
    return whole.to_pandas().set_index("month")


def hours(bought: pl.DataFrame) -> NDArray[np.int64]:
    """Return how many orders were placed on each weekday, from Monday, and hour, ``(7, 24)``, in the brand's time."""
    found = np.zeros((7, 24), np.int64)
    day, hour = bought["at"].dt.weekday().to_numpy() - 1, bought["at"].dt.hour().to_numpy()
    np.add.at(found, (day, hour), 1)
    return found


def comes_back(bought: pl.DataFrame, first: dt.datetime, end: dt.datetime) -> pd.DataFrame:
    """Return what share bought again in each 30 days after the first order, for early and later first orders apart.

    Period 1 are the 30 days from the first order on. Only who was followed for the whole of a period counts in it;
    periods of fewer than 100 customers are left out.
    """
    import pandas as pd

    bought = bought.with_columns(pl.col("at").dt.convert_time_zone("UTC"))
    begun = bought.group_by("customer_id").agg(begun=pl.col("at").min())
    since = bought.join(begun, on="customer_id").with_columns(
        period=(pl.col("at") - pl.col("begun")).dt.total_days() // PERIOD + 1
    )
    again = since.filter(pl.col("at") > pl.col("begun")).select("customer_id", "period").unique()
    early = (begun["begun"] - first).dt.total_days() < EARLY
    lived = (end - begun["begun"]).dt.total_days() // PERIOD
    lines = []
    for name, which in (("early", early), ("later", ~early)):
        for period in range(1, _PERIODS):
            whole = begun.filter(which & (lived >= period))
            if whole.height < 100:  # noqa: PLR2004 - a share of fewer says little
                break
            back = whole["customer_id"].is_in(again.filter(period=period)["customer_id"].implode())
            lines.append([name, period, whole.height, *share(back.to_numpy())])
    return pd.DataFrame(lines, columns=["line", "period", "customers", "share", "low", "high"])


def _zone(timezone: str) -> dt.tzinfo:
    from zoneinfo import ZoneInfo

    return ZoneInfo(timezone)
