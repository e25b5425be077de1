"""The pass: one shard of a log in, the features of its customers out; then all shards as one frame."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from cjlab.errors import SpecError, TableError
from cjlab.features._builder import Column, When
from cjlab.features._plan import Plan, microseconds
from cjlab.features._rows import Rows

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.features._source import Source
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
        lines = pl.DataFrame({"date": dates, "customer_id": customers})
        order = lines.select(pl.arg_sort_by("date", "customer_id")).to_series().to_numpy()
        columns = {name: np.concatenate([part.columns[name] for part in parts])[order] for name in parts[0].columns}
        return cls(customers[order], dates[order], columns)

    def framed(self, dates: Sequence[dt.datetime], timezone: str, *, several: bool) -> pd.DataFrame:
        """Return them as a frame, by customer, or by date and customer."""
        import pandas as pd

        who = self.customers.to_numpy()
        if not several:
            return pd.DataFrame(self.columns, index=pd.Index(who, name="customer_id"), copy=False)
        stamps = pd.DatetimeIndex([pd.Timestamp(one).tz_convert(timezone) for one in dates]).as_unit("us")
        index = pd.MultiIndex.from_arrays([stamps[self.dates], who], names=["as_of", "customer_id"])
        return pd.DataFrame(self.columns, index=index, copy=False)


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
        read = {table: (plan, Rows.of(log, plan.needed, name=table)) for table, plan in self._plans.items()}
        people = _people(log, [rows for _, rows in read.values()])
        customers, moments = people["customer_id"], np.array([microseconds(one) for one in self.dates], np.int64)
        found: dict[Source, NDArray[np.float64]] = {}
        for plan, rows in read.values():
            found |= plan.read(rows, log, customers=customers, as_of=self.dates)
        joined = people["joined"].to_physical().cast(pl.Float64).to_numpy()
        seen = read["events"][1].noticed(customers)
        there = ((seen[:, None] < moments) | (joined[:, None] < moments)).ravel()
        days = np.array([_local_day(one, log.timezone) for one in self.dates])
        when = When(np.tile(moments, len(customers)), np.tile(days, len(customers)), np.repeat(joined, len(self.dates)))
        columns = {one.name: _column(one, when, found)[there] for one in self.columns}
        who, which = np.divmod(np.flatnonzero(there), len(self.dates))
        return Lines(customers[who], which, columns)

    @cached_property
    def _plans(self) -> dict[str, Plan]:
        """Return what is read of events, which tell who was there, and of what else a feature asks for."""
        sources = tuple(dict.fromkeys(source for column in self.columns for source in column.cells))
        plans = {
            name: Plan(tuple(source for source in sources if source.where.table == name))
            for name in ("events", "contacts", "profiles")
        }
        return {name: plan for name, plan in plans.items() if plan.sources or name == "events"}


def _column(column: Column, when: When, found: Mapping[Source, NDArray[np.float64]]) -> NDArray[Any]:
    given = [found[cell][:, 0] if cell.width == 1 else found[cell] for cell in column.cells]
    with np.errstate(invalid="ignore", divide="ignore"):
        made = np.asarray(column.formula(when, *given))
    if made.shape != when.as_of.shape:
        raise SpecError(f"feature {column.name!r}: its formula returned {made.shape} for {len(when.as_of):,} lines")
    return made


def _people(log: Log, read: Sequence[Rows]) -> pl.DataFrame:
    """Return everybody who is known or has rows, rising, and when each joined."""
    known = log.customers.select("customer_id", "joined").collect()
    if known["customer_id"].null_count():
        raise TableError("customers.customer_id has nulls; a customer needs an id: run Log.check, which names the rows")
    owners = [rows.owners for rows in read if len(rows.owners)]
    if _risen(known["customer_id"]) and all(one.equals(known["customer_id"]) for one in owners):
        return known
    ids = [known.select("customer_id"), *(one.to_frame() for one in owners)]
    everybody = pl.concat([one for one in ids if one.height] or ids[:1], how="vertical_relaxed").unique()
    joined = known.group_by("customer_id").agg(pl.col("joined").min()).cast({"customer_id": everybody.dtypes[0]})
    return everybody.join(joined, on="customer_id", how="left").sort("customer_id")


def _risen(ids: pl.Series) -> bool:
    """Tell whether identifiers rise, each once."""
    return ids.is_sorted() and ids.n_unique() == len(ids)


def _local_day(moment: dt.datetime, timezone: str) -> int:
    return (moment.astimezone(ZoneInfo(timezone)).date() - dt.date(1970, 1, 1)).days
