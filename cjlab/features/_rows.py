"""Rows of one table as arrays, in the order of customers and time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from cjlab.errors import TableError
from cjlab.features.kernel import clocked, narrow
from cjlab.tables import arranged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from cjlab.features._where import Where
    from cjlab.tables import Log

_QUARTER, _MICRO = 900, 1_000_000
_BITS = 64
_MADE = {"lateness_d": "due_at", "category": "item"}  # what is made of which column, where it is not there


@dataclass(frozen=True, eq=False)
class Rows:
    """Rows of a table.

    Parameters
    ----------
    frame : polars.DataFrame
        Of customers only, sorted by customer, time, and the rest.
    customers : polars.Series
        Whose lines are made, rising; rows are theirs.
    timezone : str
        The brand's zone.
    """

    frame: pl.DataFrame
    customers: pl.Series
    timezone: str

    @classmethod
    def of(cls, log: Log, needed: Sequence[str], customers: pl.Series, *, name: str) -> Rows:
        """Read the columns that are needed of a table, in their order; ``known_at`` is read where there is one."""
        table = getattr(log, name)
        if table is None:
            raise TableError(f"the log has no {name}, which a feature asks for; give Log.of({name}=…)")
        present = table.collect_schema().names()
        made = {column for column in _MADE if column in needed and column not in present}
        asked = {*needed, *(_MADE[column] for column in made)} - made
        if absent := sorted(asked - set(present)):
            raise TableError(f"{name} have no column {absent[0]!r}, which a feature asks for; they have {present}")
        rows = arranged(table.filter(pl.col("customer_id").is_not_null()).collect(), name)
        frame = rows.select(column for column in present if column in {"customer_id", "at", "known_at", *asked})
        return cls(_categorised(frame, log.items) if "category" in made else frame, customers, log.timezone)

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """Where each customer's rows begin, ``(n + 1,)``."""
        ends = self.frame["customer_id"].search_sorted(self.customers, side="right").to_numpy().astype(np.int64)
        return np.concatenate([np.zeros(1, np.int64), ends])

    @cached_property
    def at(self) -> NDArray[np.int64]:
        """When each row happened, microseconds since 1970 in UTC."""
        return self.frame["at"].to_physical().to_numpy()

    @cached_property
    def known(self) -> NDArray[np.int64]:
        """From when each row was known."""
        if "known_at" not in self.frame.columns:
            return self.at
        return self.frame["known_at"].to_physical().fill_null(pl.Series(self.at)).to_numpy()

    @cached_property
    def _clock(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        n = len(self.at)
        days, hours, weekdays = np.empty(n, np.int64), np.empty(n, np.int64), np.empty(n, np.int64)
        if n:
            first, offsets = _offsets(int(self.at.min()), int(self.at.max()), self.timezone)
            clocked(self.at, offsets, first, days, hours, weekdays)
        return days, hours, weekdays

    @property
    def days(self) -> NDArray[np.int64]:
        """The local day of each row."""
        return self._clock[0]

    def numbers(self, column: str) -> NDArray[np.float64]:
        """Return a column of numbers, NaN where unknown."""
        if column == "lateness_d":
            late = (pl.col("at") - pl.col("due_at")).dt.total_microseconds() / (86_400 * _MICRO)
            return self.frame.select(late.fill_null(float("nan"))).to_series().to_numpy()
        return self.frame[column].cast(pl.Float64, strict=column != "value").fill_null(float("nan")).to_numpy()

    def codes(self, column: str, words: Sequence[str] = ()) -> NDArray[np.int64]:
        """Return each row's word as its place among those given, or any number that tells it apart; −1 for others."""
        if column in {"hour", "weekday"}:
            return self._clock[1 if column == "hour" else 2]
        if column == "month":
            return self.days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) % 12
        if not words:
            return self._told_apart(column)[0]
        codes, known = self._told_apart(column)
        places = {word: place for place, word in enumerate(words)}
        turned = np.array([*(places.get(word, -1) for word in known), -1], np.int64)
        return turned[codes]

    def _told_apart(self, column: str) -> tuple[NDArray[np.int64], list[Any]]:
        if column not in self._seen:
            values = self.frame[column]
            if values.dtype.is_integer():
                self._seen[column] = values.fill_null(-1).cast(pl.Int64).to_numpy(), []
            else:
                dictionary = values.cast(pl.String).to_arrow().dictionary_encode()
                codes = dictionary.indices.fill_null(-1).to_numpy(zero_copy_only=False).astype(np.int64)
                self._seen[column] = codes, dictionary.dictionary.to_pylist()
        return self._seen[column]

    @cached_property
    def _seen(self) -> dict[str, tuple[NDArray[np.int64], list[Any]]]:
        return {}

    def masks(self, wheres: Sequence[Where]) -> NDArray[np.uint64]:
        """Return which of at most 64 filters each row passes, a bit each."""
        masks = np.full(len(self.at), (1 << len(wheres)) - 1 if len(wheres) < _BITS else -1, np.int64).view(np.uint64)
        for column in dict.fromkeys(name for where in wheres for name in where.words):
            codes, known = self._told_apart(column)
            lookup = np.zeros(len(known) + 1, np.uint64)
            for bit, where in enumerate(wheres):
                allowed = where.words.get(column)
                passes = [allowed is None or word in allowed for word in known] + [allowed is None]
                lookup |= np.array(passes, np.uint64) << np.uint64(bit)
            narrow(codes, lookup, masks)
        for column in ("machine", "sent"):
            if any(getattr(where, column) is not None for where in wheres):
                lookup = np.zeros(3, np.uint64)
                for bit, where in enumerate(wheres):
                    asked = getattr(where, column)
                    passes = [asked is not True, asked is not False, asked is not True]
                    lookup |= np.array(passes, np.uint64) << np.uint64(bit)
                narrow(self.frame[column].cast(pl.Int64).fill_null(-1).to_numpy(), lookup, masks)
        return masks


def _categorised(frame: pl.DataFrame, items: pl.LazyFrame) -> pl.DataFrame:
    """Say of each row what its item is; null where nobody knows."""
    if "category" not in items.collect_schema().names():
        raise TableError("items have no column 'category', which a feature asks for; give Log.of(items=…) with one")
    known = items.select(pl.col("item").cast(frame.schema["item"]), "category").unique("item", keep="any").collect()
    return frame.join(known, on="item", how="left", maintain_order="left")


def _offsets(first: int, last: int, timezone: str) -> tuple[int, NDArray[np.int64]]:
    """Return by how many seconds local clocks are ahead of UTC, for each quarter of an hour, and the first of these."""
    begin, end = first // _MICRO // _QUARTER, last // _MICRO // _QUARTER + 1
    moments = pl.Series(np.arange(begin, end + 1, dtype=np.int64) * _QUARTER * _MICRO).cast(pl.Datetime("us", "UTC"))
    local = moments.dt.convert_time_zone(timezone).dt.replace_time_zone(None).to_physical().to_numpy()
    return begin, (local - moments.to_physical().to_numpy()) // _MICRO
