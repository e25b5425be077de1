"""A randomised e-mail test with a known truth, made by the package."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab.datasets._acts import behaviour
from cjlab.datasets._market import ARMS, GOODS, HOUSEHOLDS, REGIONS, SOURCES, WINDOW, Market
from cjlab.errors import SpecError
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from cjlab.datasets._acts import Acts

_ZONE = "Europe/Paris"
_OFFER = pl.lit("15OFF")

# local times; the log's door is told the zone
_FIRST_MAIL = dt.datetime(2025, 9, 1, 7)  # noqa: DTZ001 - see above
_FIRST_JOINED = dt.datetime(2021, 1, 1, 7)  # noqa: DTZ001 - see above
_ENROLMENT_DAYS = 14
_MAILING_SECONDS = 1_200
_JOINING_DAYS = 1_500  # up to 2025-02-08, before the first day recorded
_WAKES, _SLEEPS = 1_800, 55_800  # seconds after 7:00: people act from 7:30 to 22:30, after the mail of their day


def promotion_test(n_customers: int = 20_000, seed: int = 0) -> Log:
    r"""Make the log of a randomised e-mail test whose true effects are known.

    A reminder and a discount of 15 % are tried against no contact, on customers of a shop that is made up. Every number
    of a customer depends on the seed and on his id alone: more customers leave the others as they were.

    Parameters
    ----------
    n_customers : int, default: 20000
        How many, at least 1; their ids are 1 to ``n_customers``.
    seed : int, default: 0
        Another seed gives another market and another split, with the same truth.

    Returns
    -------
    Log
        - contacts: one a customer, campaign "promotion_test", arms "no_contact" (the control, withheld), "reminder"
          and "discount" with probability 1/3 each, from 2025-09-01 to 2025-09-14 between 7:00 and 7:20; an e-mail
          costs 0.02 euros; ``offer`` "15OFF" for the discount
        - events, from 180 days before a customer's contact to 28 days after it, by day between 7:30 and 23:00: "visit",
          "purchase" (``amount`` after ``discount``, ``margin`` = amount − cost of goods, ``order_id``), "unsubscribed"
          and "complaint" (``case_id``)
        - customers: ``joined`` from 2021-01-01 to 2025-02-08, ``source``
        - profiles: "household" (single 35 %, couple 40 %, family 25 %), declared, and "region" (north, south, east,
          west), which matters to nothing
        - consents: to marketing by e-mail when they joined, withdrawn when they unsubscribe

        The brand's zone is Europe/Paris.

    Raises
    ------
    SpecError
        When ``n_customers`` is no whole number above 0.

    Notes
    -----
    The truth, for a customer and the 14 days after the contact, minus no contact:

    ==============================  ==========  ==========
    expected difference             reminder    discount
    ==============================  ==========  ==========
    a visit                         +5.0 pt     +7.0 pt
    a purchase                      +3.0 pt     +3.8 pt
    of singles / couples / families +3 each     +2 / 4 / 6
    amount, euros                   +1.4400     +0.8162
    margin before contact, euros    +0.5760     −0.2782
    unsubscribed                    +0.3 pt     +0.5 pt
    a complaint                     0           +0.1 pt
    ==============================  ==========  ==========

    Alone, a customer orders on a day with probability :math:`\lambda / 180`, :math:`\lambda = 0.2 + 10 u^8` with *u*
    uniform, so 1.31 orders are expected in 180 days, and within 14 days a share :math:`c` of such customers orders.
    An arm that adds δ moves a share :math:`\delta / (1 - c)` of those who would not have ordered. Orders have a mean
    list price of :math:`m = 48` euros, whoever makes them, and goods cost 60 % of it. With :math:`b = 14 m\,
    \mathrm{E}\lambda / 180 = 4.8948` euros spent alone, a reminder adds :math:`\delta m` to the amount; the
    discount, which everybody takes who orders within the window, adds :math:`0.85 (b + \delta m) - b`. So it sells
    the most and earns the least. Synthetic, Apache-2.0.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.datasets.promotion_test(n_customers=300, seed=1)
    >>> log.contacts.group_by("arm", "sent").len().sort("arm").collect().rows()
    [('discount', True, 101), ('no_contact', False, 106), ('reminder', True, 93)]
    """
    if isinstance(n_customers, bool) or not isinstance(n_customers, int) or n_customers < 1:
        raise SpecError(f"n_customers is {n_customers!r}; give a whole number, 1 or more")
    market = Market(n_customers, seed)
    people, done = _people(market), behaviour(market)
    events = [
        *_orders(market, _acts(market, people, done.orders, "order")),
        _browses(_acts(market, people, done.browses, "browse")),
        unsubscribed := _unsubscribed(_acts(market, people, done.unsubscribed, "unsubscribed")),
        _complaints(_acts(market, people, done.complaints, "complaint")),
    ]
    return Log.of(
        events=pl.concat(events, how="diagonal"),
        contacts=_contacts(people),
        customers=people.select("customer_id", "joined", "source"),
        profiles=_profiles(people),
        consents=_consents(people, unsubscribed),
        timezone=_ZONE,
        assume=_ZONE,
    )


def _people(market: Market) -> pl.DataFrame:
    """Lay out what is fixed for each person, one row each."""
    people = pl.DataFrame(
        {
            "customer_id": market.ids,
            "household": _named(HOUSEHOLDS, market.household),
            "region": _named(REGIONS, market.pick("region", REGIONS)),
            "source": _named(SOURCES, market.pick("source", SOURCES)),
            "arm": _named([arm.name for arm in ARMS], market.arm),
            "cost": np.array([arm.cost for arm in ARMS])[market.arm],
            "off": np.array([arm.discount for arm in ARMS])[market.arm],
            "basket": market.basket,
            "prefers_mobile": market.draw("prefers_mobile"),
            "waits_days": _whole(_ENROLMENT_DAYS * market.draw("enrolment")),
            "waits_seconds": _whole(_MAILING_SECONDS * market.draw("mailing")),
            "joined_day": _whole(_JOINING_DAYS * market.draw("joined")),
            "joined_second": _whole(_SLEEPS * market.draw("joined/time")),
        }
    )
    return people.with_columns(
        contact_id=pl.format("promotion-{}", "customer_id"),
        sent=pl.col("arm") != ARMS[0].name,
        mailed=pl.lit(_FIRST_MAIL) + pl.duration(days="waits_days"),
        joined=pl.lit(_FIRST_JOINED) + pl.duration(days="joined_day", seconds="joined_second"),
    )


def _acts(market: Market, people: pl.DataFrame, acts: Acts, purpose: str) -> pl.DataFrame:
    """Say of each act who did it, when, and on what device: one row an act, with what is fixed for its person."""
    keys = acts.keys(market)
    second = _whole(_WAKES + (_SLEEPS - _WAKES) * market.draw(f"time/{purpose}", keys))
    mobile = pl.Series(market.draw(f"device/{purpose}", keys)) < pl.col("prefers_mobile")
    done = people[acts.person].with_columns(key=pl.Series(keys), day=pl.Series(acts.day), second=pl.Series(second))
    return done.with_columns(
        at=pl.col("mailed") + pl.duration(days="day", seconds="second"),
        device=pl.when(mobile).then(pl.lit("mobile")).otherwise(pl.lit("desktop")),
    )


def _orders(market: Market, done: pl.DataFrame) -> list[pl.DataFrame]:
    """Make of each order a visit, and some minutes later the purchase."""
    priced = _priced(market, done).with_columns(offer=pl.when(pl.col("discount") > 0).then(_OFFER))
    purchases = priced.select(
        "customer_id",
        "device",
        "amount",
        "margin",
        "discount",
        "offer",
        at=pl.col("at") + pl.duration(seconds="hesitates"),
        event=pl.lit("purchase"),
        channel=pl.lit("web"),
        order_id=pl.format("order-{}", "key"),
    )
    return [_browses(done), purchases]


def _priced(market: Market, done: pl.DataFrame) -> pl.DataFrame:
    """Draw the price of each order; the offer takes its part within the window."""
    keys = done["key"].to_numpy()
    listed = done["basket"] * np.exp(0.5 * market.normal("order", keys) - 0.5**2 / 2)
    hesitates = _whole(120 + 1_680 * market.draw("hesitation", keys))
    off = pl.when(pl.col("day").is_between(0, WINDOW - 1)).then("off").otherwise(0.0)
    priced = done.with_columns(hesitates=pl.Series(hesitates), listed=listed.round(2))
    priced = priced.with_columns(discount=(pl.col("listed") * off).round(2))
    priced = priced.with_columns(amount=(pl.col("listed") - pl.col("discount")).round(2))
    return priced.with_columns(margin=(pl.col("amount") - GOODS * pl.col("listed")).round(2))


def _browses(done: pl.DataFrame) -> pl.DataFrame:
    return done.select("customer_id", "device", "at", event=pl.lit("visit"), channel=pl.lit("web"))


def _unsubscribed(done: pl.DataFrame) -> pl.DataFrame:
    """Make the events: whoever got a mail answers it, the others find the page of their account."""
    answers = pl.when("sent").then("contact_id")
    return done.select("customer_id", "at", event=pl.lit("unsubscribed"), channel=pl.lit("email"), contact_id=answers)


def _complaints(done: pl.DataFrame) -> pl.DataFrame:
    case = pl.format("case-{}", "key")
    return done.select("customer_id", "at", event=pl.lit("complaint"), channel=pl.lit("phone"), case_id=case)


def _contacts(people: pl.DataFrame) -> pl.DataFrame:
    return people.select(
        "contact_id",
        "customer_id",
        "arm",
        "sent",
        "cost",
        at=pl.col("mailed") + pl.duration(seconds="waits_seconds"),
        campaign=pl.lit("promotion_test"),
        channel=pl.lit("email"),
        propensity=pl.lit(1 / len(ARMS)),
        slice=pl.when("sent").then(pl.lit("random")).otherwise(pl.lit("control")),
        purpose=pl.lit("marketing"),
        offer=pl.when(pl.col("off") > 0).then(_OFFER),
    )


def _profiles(people: pl.DataFrame) -> pl.DataFrame:
    fields = people.unpivot(["household", "region"], index=["customer_id", "joined"], variable_name="field")
    declared = pl.when(field="household").then(pl.lit("declared")).otherwise(pl.lit("observed"))
    return fields.rename({"joined": "at"}).with_columns(source=declared)


def _consents(people: pl.DataFrame, unsubscribed: pl.DataFrame) -> pl.DataFrame:
    given = people.select("customer_id", at="joined", granted=pl.lit(value=True))
    withdrawn = unsubscribed.select("customer_id", "at", granted=pl.lit(value=False))
    about = {"channel": pl.lit("email"), "purpose": pl.lit("marketing")}
    return pl.concat([given, withdrawn]).with_columns(**about)


def _named(names: Iterable[str], index: NDArray[np.intp]) -> NDArray[np.str_]:
    return np.array(list(names))[index]


def _whole(numbers: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.floor(numbers).astype(np.int64)
