"""Page events of a synthetic online shop, as a log."""

from __future__ import annotations

import polars as pl

from cjlab.datasets._files import opened
from cjlab.tables import Log

_COLUMNS = {
    "user_id": pl.String,
    "session_id": pl.String,
    "event": pl.String,
    "timestamp": pl.String,
    "platform": pl.String,
    "acquisition_channel": pl.String,
    "user_cohort": pl.String,
    "user_lifecycle": pl.String,
}


def online_shop() -> Log:
    """Return the log of half a year of page events of a synthetic online shop.

    Returns
    -------
    Log
        - events (31,106 of 600 customers, 3,605 sessions): 19 kinds, from "home" and "search" to "add_to_cart",
          "payment_details" and "purchase", each with ``session`` and ``device`` ("desktop", "mobile", "tablet");
          channel "web", or "chat" for "support_chat"
        - customers (600): ``joined`` at the first instant of the month of the file's cohort, ``source`` the channel
          of acquisition ("organic", "paid_search", "email", "social", "direct")
        - profiles (1,410): field "lifecycle" ("new", "returning", "loyal"), one row where it changes, at the first
          event of that session; observed

    Raises
    ------
    DatasetError
        When the file is not at hand and cannot be downloaded, or holds other bytes than it should.

    Notes
    -----
    Source: the demonstration data of retentioneering 5, github.com/retentioneering/retentioneering-tools (Apache-2.0).
    Known: 470 purchases, 119 payment errors, 44 events "checkout_bug". 30 events stand twice in the file, and here.
    Purchases have no amount.

    The file's times state no zone: by convention they, and the brand's days, are in UTC.

    Examples
    --------
    >>> import cjlab as cj
    >>> events = cj.datasets.online_shop().events.collect()
    >>> events.height, events.filter(event="purchase").height, events["session"].n_unique()
    (31106, 470, 3605)
    """
    at = pl.col("timestamp").str.to_datetime("%Y-%m-%d %H:%M:%S", time_unit="us", time_zone="UTC")
    file = pl.read_csv(opened("online_shop"), schema=_COLUMNS).select(pl.exclude("timestamp"), at=at)
    file = file.rename({"user_id": "customer_id", "session_id": "session", "platform": "device"})
    return Log.of(events=_events(file), customers=_customers(file), profiles=_profiles(file))


def _events(file: pl.DataFrame) -> pl.DataFrame:
    chat = pl.col("event") == "support_chat"
    channel = pl.when(chat).then(pl.lit("chat")).otherwise(pl.lit("web"))
    return file.select("customer_id", "at", "event", "device", "session", channel=channel)


def _customers(file: pl.DataFrame) -> pl.DataFrame:
    joined = pl.col("user_cohort").str.to_datetime("%Y-%m", time_unit="us", time_zone="UTC")
    return file.select("customer_id", joined=joined, source="acquisition_channel").unique().sort("customer_id")


def _profiles(file: pl.DataFrame) -> pl.DataFrame:
    sessions = file.group_by("customer_id", "session").agg(pl.col("at").min(), value=pl.col("user_lifecycle").first())
    changed = pl.col("value").ne_missing(pl.col("value").shift().over("customer_id"))
    changes = sessions.sort("customer_id", "at", "session").filter(changed)
    return changes.select("customer_id", "at", "value", field=pl.lit("lifecycle"), source=pl.lit("observed"))
