"""What a log tells before a date of all customers together: by how many each word of a column was used."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from cjlab.errors import TableError
from cjlab.features._recipe import Recipe
from cjlab.features._span import before, moments
from cjlab.features.builders._declared import Declared
from cjlab.features.builders._purchases import Tenure
from cjlab.tables import Log

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from cjlab.features.builders._affinity import Affinity, DeviceAffinity
    from cjlab.features.builders._builder import Builder

FEWEST: Final = 20
"""What fewer customers did tells nothing of the others."""
_MOST: Final = 12
_NAMELESS: Final = r"^\s*$|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"


class Overview(NamedTuple):
    """What a log tells before a date: by how many customers each word of a column was used."""

    log: Log
    as_of: dt.datetime
    events: pl.DataFrame

    @classmethod
    def of(cls, log: Log, as_of: str | dt.date) -> Overview:
        """Count customers by event, channel and device."""
        (moment,), _ = moments(as_of, log)
        rows = before(log.events, moment)
        names = [name for name in ("event", "channel", "device") if name in rows.collect_schema().names()]
        return cls(log, moment, rows.select("customer_id", *names).unique().collect())

    def customers(self, event: str) -> int:
        """Return how many customers did it."""
        return self.events.filter(pl.col("event") == event)["customer_id"].n_unique()

    def words(self, column: str, *events: str) -> tuple[str, ...]:
        """Return what is told apart in a column of events, most customers first."""
        if column not in self.events.columns:
            return ()
        some = self.events.filter(pl.col("event").is_in(events)) if events else self.events
        return _common(some.lazy(), column)

    def categories(self) -> tuple[str, ...]:
        """Return the categories of what customers looked at or bought."""
        events, items = self._past("events"), self.log.items
        if "category" in events.collect_schema().names():
            return _common(events, "category")
        if "category" not in items.collect_schema().names() or "item" not in events.collect_schema().names():
            return ()
        kinds = items.select(pl.col("item").cast(pl.String), "category").unique("item")
        mine = events.select("customer_id", pl.col("item").cast(pl.String)).unique()
        return _common(mine.join(kinds, on="item"), "category")

    def declared(self) -> Iterator[Declared]:
        """Return the fields of profiles, numbers apart from words."""
        if self.log.profiles is None:
            return
        rows = self._past("profiles").select("customer_id", "field", "value")
        for name in _common(rows, "field"):
            mine = rows.filter(pl.col("field") == name)
            number = pl.col("value").cast(pl.Float64, strict=False).is_finite().fill_null(value=False).all()
            yield Declared(name, () if mine.select(number).collect().item() else _common(mine, "value"))

    def messages(self) -> tuple[str, ...]:
        """Return the channels of messages that were sent."""
        return _common(self._past("contacts").filter("sent"), "channel")

    def reasons(self, event: str) -> tuple[str, ...]:
        """Return the reasons of an event that are told apart."""
        rows = self._past("events")
        names = rows.collect_schema().names()
        return _common(rows.filter(pl.col("event") == event), "reason") if "reason" in names else ()

    def many(self, column: str) -> bool:
        """Tell whether events of enough customers have something in a column."""
        rows = self._past("events")
        if column not in rows.collect_schema().names():
            return False
        some = rows.filter(pl.col(column).is_not_null()).select(pl.col("customer_id").n_unique())
        return int(some.collect().item()) >= FEWEST

    def has_columns(self, one: Builder) -> bool:
        """Tell whether the log has what a builder reads: it is asked of the log without its rows."""
        bare: dict[str, Any] = {name: table.clear() for name, table in self.log.tables.items() if name != "unassigned"}
        try:
            Recipe(one).build(Log.of(**bare, timezone=self.log.timezone), self.as_of)
        except TableError:
            return False
        return True

    def fitted(self, one: Affinity | DeviceAffinity) -> Iterator[Builder]:
        """Return a builder with the priors of the past, if the log has what it reads."""
        if self.has_columns(one):
            yield one.fitted(self.log, self.as_of)

    def chosen(self, builders: Iterable[Builder]) -> Iterator[Builder]:
        """Return those whose columns the log has, with the date at which they were chosen and filled."""
        for one in builders:
            if self.has_columns(one):
                yield one if isinstance(one, Tenure) else replace(one, learned=self.as_of)

    def _past(self, table: str) -> pl.LazyFrame:
        return before(self.log.tables[table], self.as_of)


def _common(rows: pl.LazyFrame, column: str) -> tuple[str, ...]:
    """Return the words that most customers have, each of at least 20; of as many the first in the alphabet.

    What is blank, or has control characters, names nothing.
    """
    named = rows.filter(~pl.col(column).cast(pl.String).str.contains(_NAMELESS))
    counted = named.group_by(pl.col(column).cast(pl.String)).agg(n=pl.col("customer_id").n_unique())
    kept = counted.filter(pl.col("n") >= FEWEST).sort(["n", column], descending=[True, False]).head(_MOST)
    return tuple(kept.collect()[column])
