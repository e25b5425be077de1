"""A randomised e-mail test with three arms, as a log."""

from __future__ import annotations

import datetime as dt

import polars as pl

from cjlab.datasets._files import opened
from cjlab.tables import Log

_COLUMNS = {
    "recency": pl.Int64,
    "history_segment": pl.String,
    "history": pl.Float64,
    "mens": pl.Int64,
    "womens": pl.Int64,
    "zip_code": pl.String,
    "newbie": pl.Int64,
    "channel": pl.String,
    "segment": pl.String,
    "visit": pl.Int64,
    "conversion": pl.Int64,
    "spend": pl.Float64,
}
_PROFILE = ("recency", "history_segment", "history", "mens", "womens", "zip_code", "newbie", "channel")
_CONTROL = "No E-Mail"

_JOINED = dt.datetime(2007, 3, 20, tzinfo=dt.UTC)
_MAILED = dt.datetime(2008, 3, 20, tzinfo=dt.UTC)
_KNOWN = _MAILED - dt.timedelta(days=1)
_ANSWERED = _MAILED + dt.timedelta(days=14) - dt.timedelta(microseconds=1)


def hillstrom() -> Log:
    """Return the log of a randomised e-mail test: two e-mails against none, two weeks of outcomes.

    Returns
    -------
    Log
        - contacts (64,000): one a customer, campaign "hillstrom", arm "Mens E-Mail", "Womens E-Mail" or "No E-Mail"
          (the control, ``sent`` false), channel "email", propensity 1/3, slice "control" or "random"
        - events (9,972): "visit" (of the shop's site, 9,394) and "purchase" (578, ``amount`` = spend in US dollars),
          channel "web"
        - customers (64,000): customer_id is the row's number in the file, from 0
        - profiles (512,000): the file's recency (months since the last purchase), history_segment, history (US
          dollars in the past year), mens and womens (bought such goods, "0" or "1"), zip_code ("Surburban" as in the
          file), newbie (new in the past year), channel (of past purchases); observed

    Raises
    ------
    DatasetError
        When the file is not at hand and cannot be downloaded, or holds other bytes than it should.

    Notes
    -----
    Source: MineThatData e-mail analytics challenge (K. Hillstrom, 2008,
    blog.minethatdata.com/2008/03/minethatdata-e-mail-analytics-and-data.html), public, no licence stated; 64,000
    customers who had bought within twelve months, randomised in equal parts.

    Known, Mens / Womens / none: 21,307 / 21,387 / 21,306 customers; visit 18.28 / 15.14 / 10.62 %; conversion
    1.25 / 0.88 / 0.57 %; spend 1.423 / 1.077 / 0.653 dollars a customer.

    The file has no dates. By convention all mails go out at 2008-03-20 00:00 UTC, the day the challenge was
    published; outcomes happen one microsecond before two weeks have passed, so that ``within="14D"`` counts them all
    and a curve by day shows that there is nothing to show; profiles are known one day before the mail; everybody
    joined a year before it. The brand's zone is taken to be UTC.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.datasets.hillstrom()
    >>> log.contacts.group_by("arm").len().sort("arm").collect().rows()
    [('Mens E-Mail', 21307), ('No E-Mail', 21306), ('Womens E-Mail', 21387)]
    """
    file = (
        pl.read_csv(opened("hillstrom"), schema=_COLUMNS).with_row_index("customer_id").cast({"customer_id": pl.Int64})
    )
    return Log.of(events=_events(file), contacts=_contacts(file), customers=_customers(file), profiles=_profiles(file))


def _contacts(file: pl.DataFrame) -> pl.DataFrame:
    withheld = pl.col("segment") == _CONTROL
    return file.select(
        pl.col("customer_id").alias("contact_id"),
        "customer_id",
        at=pl.lit(_MAILED),
        campaign=pl.lit("hillstrom"),
        arm="segment",
        channel=pl.lit("email"),
        sent=~withheld,
        propensity=pl.lit(1 / 3),
        slice=pl.when(withheld).then(pl.lit("control")).otherwise(pl.lit("random")),
        purpose=pl.lit("marketing"),
    )


def _events(file: pl.DataFrame) -> pl.DataFrame:
    answered = {"at": pl.lit(_ANSWERED), "channel": pl.lit("web")}
    visits = file.filter(pl.col("visit") == 1).select("customer_id", event=pl.lit("visit"), **answered)
    orders = file.filter(pl.col("conversion") == 1)
    purchases = orders.select("customer_id", event=pl.lit("purchase"), amount="spend", **answered)
    return pl.concat([visits, purchases], how="diagonal")


def _customers(file: pl.DataFrame) -> pl.DataFrame:
    return file.select("customer_id", joined=pl.lit(_JOINED))


def _profiles(file: pl.DataFrame) -> pl.DataFrame:
    texts = file.select("customer_id", pl.col(_PROFILE).cast(pl.String))
    return texts.unpivot(index="customer_id", variable_name="field").with_columns(
        at=pl.lit(_KNOWN), source=pl.lit("observed")
    )
