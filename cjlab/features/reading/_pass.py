"""The pass: one shard of a log in, the features of its customers out; then all shards as one frame."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import polars as pl

from cjlab.errors import SpecError, TableError
from cjlab.features._span import local_day
from cjlab.features.builders._builder import Column, When
from cjlab.features.reading._identifiers import rise, within
from cjlab.features.reading._infinite import refuse_infinite
from cjlab.features.reading._plan import Plan
from cjlab.features.reading._rows import NO_TIME, Rows, instants
from cjlab.features.reading._window import microseconds
from cjlab.tables import collected

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.tables import Log


@dataclass(frozen=True, eq=False)
class Lines:
    """Features of customers at dates: a line each, of those who are there.

    Parameters
    ----------
    customers : polars.Series
        Whose lines they are.
    dates : ndarray
        The place of the date of each.
    columns : mapping
        The features.
    """

    customers: pl.Series
    dates: NDArray[np.int64]
    columns: Mapping[str, NDArray[Any]]

    @classmethod
    def joined(cls, parts: Sequence[Lines]) -> Lines:
        """Return the lines of all shards, by date and customer."""
        customers = pl.concat([part.customers for part in parts])
        dates = np.concatenate([part.dates for part in parts])
        order = np.argsort(dates * len(customers) + _ranks(customers), kind="stable")
        places = np.empty_like(order)
        places[order] = np.arange(len(order))
        mine = np.split(places, np.cumsum([len(part.dates) for part in parts])[:-1])
        columns = {name: _placed([part.columns[name] for part in parts], mine) for name in parts[0].columns}
        return cls(customers[order], dates[order], columns)

    def tabled(self, dates: Sequence[dt.datetime], timezone: str) -> pl.DataFrame:
        """Return them as a table to store, by date and customer."""
        stamps = pl.Series("as_of", dates, pl.Datetime("us", "UTC")).dt.convert_time_zone(timezone)
        lines = pl.DataFrame([stamps.gather(self.dates), self.customers.alias("customer_id")])
        return lines.with_columns(pl.Series(name, made) for name, made in self.columns.items())

    def framed(self, dates: Sequence[dt.datetime], timezone: str, *, several: bool) -> pd.DataFrame:
        """Return them as a frame, by customer, or by date and customer."""
        import pandas as pd

        who = self.customers.to_numpy()
        if not several:
            return pd.DataFrame(self.columns, index=pd.Index(who, name="customer_id"), copy=False)
        stamps = pd.DatetimeIndex([pd.Timestamp(one).tz_convert(timezone) for one in dates]).as_unit("us")
        index = pd.MultiIndex.from_arrays([stamps[self.dates], who], names=["as_of", "customer_id"])
        return pd.DataFrame(self.columns, index=index, copy=False)


class Found(NamedTuple):
    """What the formulas are made of: customers, when each joined and was first seen, and each source's numbers."""

    customers: pl.Series
    joined: NDArray[np.float64]
    seen: NDArray[np.int64]
    numbers: Sequence[NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Pass:
    """What is done with each shard; the same function on threads and in Spark.

    Parameters
    ----------
    columns : tuple of Column
        The features.
    dates : tuple of datetime.datetime
        The dates, rising.
    """

    columns: tuple[Column, ...]
    dates: tuple[dt.datetime, ...]

    def __call__(self, log: Log) -> Lines:
        """Return the lines of a shard's customers."""
        return self.lines(self.found(log, self.rows(log)), log.timezone)

    def rows(self, log: Log, *, only: pl.Series | None = None) -> list[Rows]:
        """Read the rows of each table that is asked for, of everybody or of some."""
        return [
            Rows.of(log, plan.needed, name=table, only=only, asking=self._asking(table))
            for table, plan in self.plans.items()
        ]

    def found(self, log: Log, rows: Sequence[Rows], *, only: pl.Series | None = None) -> Found:
        """Return what the formulas are made of, of those customers."""
        for table, mine in zip(self.plans, rows, strict=True):
            refuse_infinite(self.columns, mine, table, self.dates[-1])
        people = _people(log, rows, only)
        customers = people["customer_id"]
        read = zip(self.plans.values(), rows, strict=True)
        told = [made for plan, mine in read for made in plan.read(mine, log, customers=customers, as_of=self.dates)]
        since = instants(people["joined"])
        joined = np.where(since == NO_TIME, np.nan, since)
        return Found(customers, joined, rows[0].noticed(customers), told)

    def lines(self, found: Found, timezone: str) -> Lines:
        """Return the lines of those who are there at each date."""
        n, moments = len(found.customers), np.array([microseconds(one) for one in self.dates], np.int64)
        there = ((found.seen[:, None] < moments) | (found.joined[:, None] < moments)).ravel()
        days = np.array([local_day(one, timezone) for one in self.dates])
        when = When(np.tile(moments, n), np.tile(days, n), np.repeat(found.joined, len(self.dates)))
        with np.errstate(invalid="ignore", divide="ignore"):
            columns = {one.name: made[there] for one, made in self._made(when, found.numbers)}
        who, which = np.divmod(np.flatnonzero(there), len(self.dates))
        return Lines(found.customers[who], which, columns)

    @cached_property
    def plans(self) -> dict[str, Plan]:
        """Return what is read of events, which tell who was there, and of what else a feature asks for."""
        sources = tuple(dict.fromkeys(source for column in self.columns for source in column.cells))
        plans = {
            name: Plan(tuple(source for source in sources if source.where.table == name))
            for name in ("events", "contacts", "profiles")
        }
        return {name: plan for name, plan in plans.items() if plan.sources or name == "events"}

    @cached_property
    def _places(self) -> list[tuple[int, ...]]:
        """Return where the sources of each column stand among those that are read."""
        sources = [source for plan in self.plans.values() for source in plan.sources]
        places = {source: place for place, source in enumerate(sources)}
        return [tuple(places[source] for source in column.cells) for column in self.columns]

    def _asking(self, table: str) -> dict[str, str]:
        """Return which feature is the first to ask for each column of a table."""
        told = [(column, one) for column in self.columns for one in column.cells if one.where.table == table]
        return {name: f"feature {column.name!r}" for column, source in reversed(told) for name in source.needed}

    def _made(self, when: When, found: Sequence[NDArray[np.float64]]) -> Iterator[tuple[Column, NDArray[Any]]]:
        """Give each feature its formula's answer."""
        numbers = [one[:, 0] if one.shape[1] == 1 else one for one in found]
        for column, places in zip(self.columns, self._places, strict=True):
            made = np.asarray(column.formula(when, *(numbers[place] for place in places)))
            if made.shape != when.as_of.shape:
                said = f"{made.shape} for {len(when.as_of):,} lines"
                raise SpecError(f"feature {column.name!r}: its formula returned {said}")
            yield column, made


def _ranks(customers: pl.Series) -> NDArray[np.int64]:
    """Return whole numbers that rise as identifiers do, each below how many there are."""
    if not customers.dtype.is_integer():
        return customers.rank("dense").to_numpy().astype(np.int64) - 1
    return np.unique(customers.to_numpy(), return_inverse=True)[1]


def _placed(parts: Sequence[NDArray[Any]], places: Sequence[NDArray[np.int64]]) -> NDArray[Any]:
    """Put the parts of a column where they belong: it is written once, and never beside itself."""
    made = np.empty(sum(map(len, parts)), np.result_type(*parts))
    for part, place in zip(parts, places, strict=True):
        made[place] = part
    return made


def _people(log: Log, read: Sequence[Rows], only: pl.Series | None) -> pl.DataFrame:
    """Return everybody who is known or has rows, or those of some, rising, and when each joined."""
    known = collected(log, "customers", ("customer_id", "joined"))
    if only is not None:
        known = known.filter(pl.col("customer_id").is_in(only.implode()))
    if known["customer_id"].null_count():
        raise TableError("customers.customer_id has nulls; a customer needs an id: run Log.check, which names the rows")
    owners = [rows.owners for rows in read]
    if rise(known["customer_id"]) and all(within(known["customer_id"], one) for one in owners):
        return known
    ids = [known.select("customer_id"), *(one.to_frame() for one in owners)]
    everybody = pl.concat([one for one in ids if one.height] or ids[:1], how="vertical_relaxed").unique()
    joined = known.group_by("customer_id").agg(pl.col("joined").min()).cast({"customer_id": everybody.dtypes[0]})
    return everybody.join(joined, on="customer_id", how="left").sort("customer_id")
