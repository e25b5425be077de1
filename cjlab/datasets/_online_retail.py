"""Invoice lines of a British gift shop without stores, as a log."""

from __future__ import annotations

import polars as pl

from cjlab.datasets._files import opened
from cjlab.tables import Log

_CHARGES = ("AMAZONFEE", "B", "BANK CHARGES", "C2", "CRUK", "D", "DOT", "M", "POST", "S", "m")


def online_retail() -> Log:
    """Return the log of a year of invoice lines of a British gift shop that sells from a distance.

    Returns
    -------
    Log
        - events (406,829 lines of 4,372 customers): "purchase" (397,924) and "return" (8,905: invoices that start
          with C, cancelled in whole or in part, ``quantity`` and ``amount`` negative), ``amount`` = quantity × unit
          price in pounds, ``order_id`` = invoice, ``item`` = stock code, ``place`` = country, channel "web"
        - unassigned (135,080 lines without customer): purchases and returns likewise, and "adjustment" (2,478: stock
          written off or found, at price 0, and three corrections of bad debt), its note in ``reason``
        - customers (4,372): ``joined`` at the first line
        - items (4,070): category "goods", "voucher" or "charge" (postage, fees, discounts, samples, manual entries);
          attribute "description", the most frequent one
        - profiles (4,388): field "country", one row where it changes (8 customers have two); observed

    Raises
    ------
    DatasetError
        When the file is not at hand (the message says how to make it), or holds other bytes than it should.

    Notes
    -----
    Source: UCI Online Retail (Chen, Sain & Guo 2012, doi:10.1057/dbm.2012.17; doi:10.24432/C5BW33), CC BY 4.0, put
    together from its daily files in github.com/databricks/Spark-The-Definitive-Guide.
    Known: 541,909 lines, 25,900 invoices, 2010-12-01 to 2011-12-09; many customers are wholesalers. A discount is
    a line of a cancellation with the item "D". 40 lines with a customer cost nothing. 43 invoices bear two times,
    a minute apart. Identical lines of one invoice are kept.

    The file's times state no zone: by convention they are London's, which is the brand's zone. Whether amounts
    contain tax is not known.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.datasets.online_retail()
    >>> log.events.group_by("event").len().sort("event").collect().rows()
    [('purchase', 397924), ('return', 8905)]
    """
    lines = pl.read_parquet(opened("online_retail")).with_columns(event=_event())
    return Log.of(
        events=_events(lines),
        customers=_customers(lines),
        items=_items(lines),
        profiles=_profiles(lines),
        timezone="Europe/London",
        assume="Europe/London",
    )


def _event() -> pl.Expr:
    nobody_pays = pl.col("CustomerID").is_null() & (pl.col("UnitPrice") == 0)
    return (
        pl.when(pl.col("InvoiceNo").str.starts_with("A") | nobody_pays)
        .then(pl.lit("adjustment"))
        .when(pl.col("InvoiceNo").str.starts_with("C"))
        .then(pl.lit("return"))
        .otherwise(pl.lit("purchase"))
    )


def _events(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.select(
        "event",
        customer_id="CustomerID",
        at="InvoiceDate",
        channel=pl.lit("web"),
        item="StockCode",
        quantity="Quantity",
        amount=pl.col("Quantity") * pl.col("UnitPrice"),
        order_id="InvoiceNo",
        place="Country",
        reason=pl.when(event="adjustment").then("Description"),
    )


def _customers(lines: pl.DataFrame) -> pl.DataFrame:
    known = lines.filter(pl.col("CustomerID").is_not_null())
    return known.group_by(customer_id="CustomerID").agg(joined=pl.col("InvoiceDate").min()).sort("customer_id")


def _items(lines: pl.DataFrame) -> pl.DataFrame:
    named = lines.filter(pl.col("event") != "adjustment").group_by(item="StockCode", description="Description").len()
    frequent = named.sort("len", "description", descending=[True, False], nulls_last=True)
    described = frequent.group_by("item").agg(pl.col("description").drop_nulls().first())
    items = lines.select(item="StockCode").unique().join(described, on="item", how="left").sort("item")
    return items.select("item", category=_category(), attributes=pl.struct("description"))


def _category() -> pl.Expr:
    return (
        pl.when(pl.col("item").is_in(_CHARGES))
        .then(pl.lit("charge"))
        .when(pl.col("item").str.starts_with("gift_"))
        .then(pl.lit("voucher"))
        .otherwise(pl.lit("goods"))
    )


def _profiles(lines: pl.DataFrame) -> pl.DataFrame:
    known = lines.filter(pl.col("CustomerID").is_not_null())
    seen = known.select(customer_id="CustomerID", at="InvoiceDate", value="Country").unique().sort(pl.all())
    changed = pl.col("value").ne_missing(pl.col("value").shift().over("customer_id"))
    return seen.filter(changed).with_columns(field=pl.lit("country"), source=pl.lit("observed"))
