"""What a log shows of a market: its rows as numbers of customers and days, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab.errors import EvidenceError, TableError
from cjlab.simulator.kernel import MOST_LINES
from cjlab.tables import Log

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

_LEAST_CUSTOMERS, _LEAST_ORDERS, _LEAST_DAYS = 100, 200, 28
_MOST_KINDS = 12
_SEVERAL = 0.1  # of orders: with fewer of several lines, their number tells nothing
_OTHER, _ONLY = "other", "goods"
_EVENTS = (
    "channel",
    "item",
    "quantity",
    "amount",
    "discount",
    "margin",
    "score",
    "order_id",
    "case_id",
    "contact_id",
    "contract_id",
)
_MORE = ("due_at", "reason", "duration_s", "machine", "device", "session")
_CONTACTS = ("contact_id", "campaign", "arm", "channel", "sent", "propensity", "purpose", "offer", "cost", "template")
_TEXT = frozenset({"channel", "item", "reason", "device", "campaign", "arm", "purpose", "offer", "template", "event"})
_NUMBER = frozenset({"quantity", "amount", "discount", "margin", "score", "duration_s", "propensity", "cost"})


@dataclass(frozen=True, eq=False)
class Observed:
    """A log, read for its customers: each row with the number of its customer (``who``) and its day since the first.

    Parameters
    ----------
    start : datetime.date
        The first local day with an event.
    days : int
        Days from the first to the last, both included.
    timezone : str
        The brand's zone.
    events, contacts : polars.DataFrame
        Rows of known customers, with ``who``, ``day``, ``at`` and the columns of the tables (null where absent).
    joined : ndarray
        ``(n,)`` the day on which each customer joined, NaN where not known; below 0 before the start.
    nobody : int
        Rows of events without a customer, which are left out.
    categories : polars.DataFrame
        ``item`` and ``category``; empty where not known.
    """

    start: dt.date
    days: int
    timezone: str
    events: pl.DataFrame
    contacts: pl.DataFrame
    joined: NDArray[np.float64]
    nobody: int
    categories: pl.DataFrame

    @classmethod
    def of(cls, log: Log) -> Observed:
        """Read a log, or say why nothing can be learned from it."""
        if not isinstance(log, Log):
            raise TableError(f"log is a {type(log).__name__}; give a cjlab.tables.Log")
        events = _table(log.events, ("event", *_EVENTS, *_MORE), log.timezone)
        known = events.filter(pl.col("customer_id").is_not_null())
        if known.is_empty():
            raise EvidenceError("events has no row with a customer_id; a market is estimated from what customers do")
        contacts = _table(log.contacts, _CONTACTS, log.timezone)
        first, last = _ends(known["date"])
        people = _people(log, known, contacts)
        joined = ((people["joined"] - first).dt.total_days()).cast(pl.Float64).fill_null(float("nan")).to_numpy()
        did, sent = (_numbered(frame, people, first) for frame in (known, contacts))
        nobody = events.height - known.height + int(log.unassigned.select(pl.len()).collect().item())
        made = cls(first, (last - first).days + 1, log.timezone, did, sent, joined, nobody, _categories(log))
        return made.enough()

    @property
    def n(self) -> int:
        """How many customers."""
        return len(self.joined)

    def enough(self) -> Observed:
        """Return this, or say what is missing."""
        said = f"the log has {self.n:,} customers, {self.orders.height:,} orders and {self.days:,} days"
        if self.orders.is_empty():
            kinds = ", ".join(map(repr, self.events["event"].unique().sort().head(8)))
            raise EvidenceError(f"events has no 'purchase' (only {kinds}); a world needs to know when people buy")
        if self.n < _LEAST_CUSTOMERS or self.orders.height < _LEAST_ORDERS or self.days < _LEAST_DAYS:
            raise EvidenceError(
                f"{said}; a world is fitted to at least {_LEAST_CUSTOMERS} customers, {_LEAST_ORDERS} orders and"
                f" {_LEAST_DAYS} days: give more of the log"
            )
        if self.repeated == 0:
            raise EvidenceError(
                f"{said}, and nobody has ordered on two days; a rhythm needs customers who come back: give a longer log"
            )
        return self

    @cached_property
    def orders(self) -> pl.DataFrame:
        """One row a customer and day with purchases: ``lines``, ``value`` (null where no amount is known)."""
        bought = self.of_event("purchase")
        return (
            bought.group_by("who", "day")
            .agg(lines=pl.len(), value=pl.when(pl.col("amount").count() > 0).then(pl.col("amount").sum()))
            .sort("who", "day")
        )

    @cached_property
    def came(self) -> pl.DataFrame:
        """One row a customer and day on which he came by himself and bought nothing."""
        own = self.of_event("visit").filter(pl.col("contact_id").is_null()).select("who", "day").unique()
        return own.join(self.orders.select("who", "day"), on=["who", "day"], how="anti")

    @cached_property
    def bought(self) -> pl.DataFrame:
        """Lines of orders with the category each counts to (``kind``): the most frequent ones, one for all others."""
        lines = self.of_event("purchase").select("who", "day", "item", "quantity", "amount", "discount", "margin")
        if not self.categories.height:
            return lines.with_columns(kind=pl.lit(_ONLY))
        named = lines.join(self.categories, on="item", how="left").with_columns(
            kind=pl.col("category").fill_null(_OTHER).str.slice(0, 60)
        )
        often = named.group_by("kind").len().sort("len", "kind", descending=[True, False]).head(_MOST_KINDS)["kind"]
        other = pl.when(pl.col("kind").is_in(often.implode())).then("kind").otherwise(pl.lit(_OTHER))
        return named.with_columns(kind=other)

    @cached_property
    def dear(self) -> pl.DataFrame:
        """One row a category: ``kind``, its ``lines`` and ``items``, and how ``dear`` a line is, as a factor."""
        paid = pl.col("amount").filter(pl.col("amount") > 0).log()
        by = self.bought.group_by("kind").agg(lines=pl.len(), dear=paid.mean(), items=pl.col("item").n_unique())
        logs = pl.col("dear").fill_null(0.0).fill_nan(0.0)
        middle = (logs * pl.col("lines")).sum() / pl.col("lines").sum()
        return by.with_columns(dear=(logs - middle).exp()).sort("lines", "kind", descending=[True, False])

    @cached_property
    def several(self) -> bool:
        """Whether orders have several lines often enough to tell how lines of one order differ."""
        return self.orders.filter(pl.col("lines") > 1).height > _SEVERAL * self.orders.height

    @cached_property
    def steepness(self) -> float:
        """The slope of the logarithm of orders' values on that of their lines; 1 where hardly one has several."""
        lines, value = (self._paid[name].to_numpy() for name in ("lines", "log"))
        spread = np.cov(lines, value) if self.several and len(lines) > 1 else np.eye(2)
        return float(np.clip(spread[0, 1] / spread[0, 0], 0.0, 2.0)) if spread[0, 1] else 1.0

    @cached_property
    def _paid(self) -> pl.DataFrame:
        """One row an order that cost something: logarithms of its lines, and of its value by how dear its goods are."""
        dear = (
            self.bought.join(self.dear.select("kind", "dear"), on="kind")
            .group_by("who", "day")
            .agg(pl.col("dear").mean())
        )
        paid = self.orders.filter(pl.col("value") > 0).join(dear, on=["who", "day"], how="left")
        log = pl.col("value").log() - pl.col("dear").fill_null(1.0).log()
        lines = pl.min_horizontal("lines", pl.lit(MOST_LINES)).cast(pl.Float64).log()
        return paid.select("who", "day", log=log, lines=lines).sort("who", "day")

    @cached_property
    def worth(self) -> pl.DataFrame:
        """One row an order that cost something: ``log`` of its worth, as if it had one line of a middling category."""
        return self._paid.select("who", "day", log=pl.col("log") - self.steepness * pl.col("lines"))

    @cached_property
    def repeated(self) -> int:
        """How many customers have orders on two days or more."""
        return int((self.orders["who"].value_counts()["count"] > 1).sum())

    def of_event(self, *names: str) -> pl.DataFrame:
        """Return the rows of some events."""
        return self.events.filter(pl.col("event").is_in(names))

    def count(self, *names: str) -> int:
        """Count the rows of some events."""
        return self.of_event(*names).height

    @cached_property
    def first_seen(self) -> NDArray[np.float64]:
        """``(n,)`` the day of each customer's first event or contact; NaN for those without any."""
        days = np.full(self.n, np.nan)
        rows = pl.concat([self.events.select("who", "day"), self.contacts.select("who", "day")])
        seen = rows.group_by("who").agg(pl.col("day").min())
        days[seen["who"].to_numpy()] = seen["day"].to_numpy()
        return days

    @cached_property
    def registered(self) -> bool:
        """Whether people are known apart from what they do: more than a few did not join by their first row."""
        known = np.isfinite(self.joined)
        if not known.any():
            return False
        apart = np.isnan(self.first_seen) | (self.first_seen != self.joined)
        return bool(apart[known].mean() > 0.02)  # noqa: PLR2004 - more than slips of the pen

    @cached_property
    def entry(self) -> NDArray[np.float64]:
        """``(n,)`` the day from which each customer is watched."""
        return np.fmax(np.where(np.isfinite(self.joined), self.joined, np.fmin(self.first_seen, self.days - 1)), 0.0)


def _ends(dates: pl.Series) -> tuple[dt.date, dt.date]:
    days = dates.sort()
    return days[0], days[-1]


def _table(frame: pl.LazyFrame, columns: tuple[str, ...], zone: str) -> pl.DataFrame:
    there = set(frame.collect_schema().names())
    wanted = [name for name in ("customer_id", "at", *columns) if name in there]
    kinds = {name: _kind(name) for name in columns}
    absent = [pl.lit(None, kind).alias(name) for name, kind in kinds.items() if name not in there]
    read = frame.select(wanted).collect().with_columns(absent)
    words = [pl.col(name).cast(pl.String) for name in columns if kinds[name] == pl.String]
    numbers = [pl.col(name).cast(pl.Float64) for name in columns if name in _NUMBER]
    return read.with_columns(*words, *numbers, date=pl.col("at").dt.convert_time_zone(zone).dt.date())


def _kind(name: str) -> pl.DataType | type[pl.DataType]:
    if name in _TEXT or name.endswith("_id") or name == "session":
        return pl.String
    if name in {"machine", "sent"}:
        return pl.Boolean
    return pl.Datetime("us", "UTC") if name == "due_at" else pl.Float64


def _people(log: Log, events: pl.DataFrame, contacts: pl.DataFrame) -> pl.DataFrame:
    """Return every customer once, in order, with the local day on which he joined."""
    table = log.customers.select("customer_id", "joined").collect()
    local = table["joined"].dt.convert_time_zone(log.timezone).dt.date() if table.height else table["joined"]
    stated = table.with_columns(joined=local.cast(pl.Date)).unique("customer_id")
    seen = pl.concat([events.select("customer_id"), contacts.select("customer_id")], how="vertical_relaxed").unique()
    last = events["date"].max()
    everyone = stated.filter(pl.col("joined").is_null() | (pl.col("joined") <= last)) if stated.height else stated
    if not everyone.height:
        return seen.with_columns(joined=pl.lit(None, pl.Date)).sort("customer_id")
    return everyone.join(seen, on="customer_id", how="full", coalesce=True).sort("customer_id")


def _numbered(frame: pl.DataFrame, people: pl.DataFrame, first: dt.date) -> pl.DataFrame:
    numbers = people.select("customer_id").with_row_index("who").with_columns(pl.col("who").cast(pl.Int64))
    day = (pl.col("date") - first).dt.total_days().alias("day")
    joined = (
        frame.join(numbers, on="customer_id", how="inner")
        if frame.height
        else frame.with_columns(who=pl.lit(0, pl.Int64))
    )
    return joined.with_columns(day).drop("customer_id").sort("who", "at")


def _categories(log: Log) -> pl.DataFrame:
    schema = log.items.collect_schema().names()
    if "category" not in schema:
        return pl.DataFrame(schema={"item": pl.String, "category": pl.String})
    return log.items.select(pl.col("item", "category").cast(pl.String)).collect().drop_nulls().unique("item")
