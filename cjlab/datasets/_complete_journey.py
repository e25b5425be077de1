"""A year of grocery receipts, campaigns and coupons of households, as a log."""

from __future__ import annotations

import datetime as dt

import polars as pl

from cjlab.datasets._files import opened
from cjlab.tables import Log

_ZONE = "America/New_York"
_STUDY_BEGINS = dt.date(2016, 11, 14)
_SECOND_WEEK = dt.date(2017, 1, 2)


def complete_journey() -> Log:
    """Return the log of a year of grocery receipts, campaigns and coupons of households.

    Returns
    -------
    Log
        - events: "purchase" (75,000 receipt lines, a sample: ``quantity``, ``amount`` = what the retailer received in
          US dollars, ``discount`` = what its loyalty card and coupon match took off, ``manufacturer_coupon`` = what a
          manufacturer reimbursed, ``order_id`` = basket, ``place`` = store) and "redeemed" (2,102 coupons, ``offer``
          = coupon, ``contact_id`` = the campaign's contact with the household); channel "store"
        - contacts (6,589): one a campaign and household at the campaign's start, ``campaign`` "1" to "27", ``arm``
          its type ("Type A": 16 coupons chosen for the household, "Type B", "Type C": the same for all), channel
          "mail", propensity null
        - customers (2,379): every household that occurs, ``joined`` at its first purchase or contact
        - items (92,331): product, category, brand ("National", "Private"), attributes department, type, size,
          manufacturer
        - profiles (5,237): age, income, home_ownership, marital_status, household_size, household_comp and kids_count
          of 801 households, where known
        - item_states (360,535): products on ``display`` or in the ``mailer``, by store and week (a sample of two
          stores); no prices

    Raises
    ------
    DatasetError
        When a file is not at hand (the message says how to make it), or holds other bytes than it should.

    Notes
    -----
    Source: dunnhumby (84.51°) The Complete Journey, in github.com/bradleyboehmke/completejourney (CC0 package;
    dunnhumby's source-file terms), converted from R, values unchanged. Known: 27 campaigns.

    **Nobody was randomised**: who received a campaign was chosen by the retailer in ways not published, so effects
    of campaigns cannot be read off.

    The brand's zone is New York's, for which the source made its times; the files hold them in UTC. Campaigns
    start, and coupons are redeemed, at local midnight of their dates. Demographics are undated: by convention they
    are known at 2016-11-14, when the first campaign starts. 222 receipt lines name products that ``items`` does not
    know. ``coupons.parquet``, the products that each coupon is for, has no table here.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.datasets.complete_journey()
    >>> log.events.group_by("event").len().sort("event").collect().rows()
    [('purchase', 75000), ('redeemed', 2102)]
    """
    purchases, contacts = _purchases(), _contacts()
    return Log.of(
        events=pl.concat([purchases, _redeemed()], how="diagonal"),
        contacts=contacts,
        customers=_customers(purchases, contacts),
        items=_items(),
        profiles=_profiles(),
        item_states=_item_states(),
        timezone=_ZONE,
    )


def _table(name: str) -> pl.DataFrame:
    return pl.read_parquet(opened("complete_journey", f"{name}.parquet"))


def _midnight(day: pl.Expr) -> pl.Expr:
    return day.cast(pl.Datetime("us")).dt.replace_time_zone(_ZONE).dt.convert_time_zone("UTC")


def _purchases() -> pl.DataFrame:
    return _table("transactions_sample").select(
        customer_id="household_id",
        at=pl.col("transaction_timestamp").dt.replace_time_zone("UTC"),
        event=pl.lit("purchase"),
        channel=pl.lit("store"),
        item="product_id",
        quantity="quantity",
        amount="sales_value",
        discount=pl.col("retail_disc") + pl.col("coupon_match_disc"),
        manufacturer_coupon="coupon_disc",
        order_id="basket_id",
        place="store_id",
    )


def _redeemed() -> pl.DataFrame:
    return _table("coupon_redemptions").select(
        customer_id="household_id",
        at=_midnight(pl.col("redemption_date")),
        event=pl.lit("redeemed"),
        channel=pl.lit("store"),
        offer="coupon_upc",
        contact_id=_contact_id(),
    )


def _contact_id() -> pl.Expr:
    return pl.format("{}-{}", "campaign_id", "household_id")


def _contacts() -> pl.DataFrame:
    described = _table("campaigns").join(_table("campaign_descriptions"), on="campaign_id", validate="m:1")
    return described.select(
        contact_id=_contact_id(),
        customer_id="household_id",
        at=_midnight(pl.col("start_date")),
        campaign="campaign_id",
        arm="campaign_type",
        channel=pl.lit("mail"),
        sent=pl.lit(value=True),
        propensity=pl.lit(None, pl.Float64),
        purpose=pl.lit("marketing"),
    )


def _customers(*tables: pl.DataFrame) -> pl.DataFrame:
    seen = pl.concat([table.select("customer_id", "at") for table in tables])
    return seen.group_by("customer_id").agg(joined=pl.col("at").min()).sort("customer_id")


def _items() -> pl.DataFrame:
    products = _table("products").rename(
        {"product_type": "type", "package_size": "size", "manufacturer_id": "manufacturer"}
    )
    attributes = pl.struct("department", "type", "size", "manufacturer")
    return products.select("brand", item="product_id", category="product_category", attributes=attributes)


def _profiles() -> pl.DataFrame:
    fields = _table("demographics").cast(pl.String).rename({"household_id": "customer_id"})
    known = fields.unpivot(index="customer_id", variable_name="field").drop_nulls("value")
    return known.with_columns(at=_midnight(pl.lit(_STUDY_BEGINS)))


def _item_states() -> pl.DataFrame:
    weeks = pl.duration(weeks=pl.col("week") - 2)
    begins = pl.max_horizontal(pl.lit(_SECOND_WEEK) + weeks, pl.lit(dt.date(2017, 1, 1)))
    return _table("promotions_sample").select(
        item="product_id",
        at=_midnight(begins),
        place="store_id",
        display=pl.col("display_location").cast(pl.String),
        mailer=pl.col("mailer_location").cast(pl.String),
    )
