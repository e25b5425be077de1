"""The families of features that a log can feed, with what its past tells of each: the recipe to begin with."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import count
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import polars as pl

from cjlab._checks import shown
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.features._activity import Activity
from cjlab.features._affinity import Affinity, DeviceAffinity
from cjlab.features._audit import Audit
from cjlab.features._builder import Builder
from cjlab.features._change import RhythmChange
from cjlab.features._declared import Declared
from cjlab.features._engagement import Engagement
from cjlab.features._hops import Hops
from cjlab.features._interests import Interests
from cjlab.features._pressure import Pressure
from cjlab.features._purchases import PURCHASE, Frequency, Monetary, Recency, Tenure
from cjlab.features._recipe import Recipe
from cjlab.features._rfm import RFM
from cjlab.features._rhythm import Rhythm
from cjlab.features._satisfaction import Satisfaction
from cjlab.features._season import Season, Trend, Value
from cjlab.features._sequence import Sequence
from cjlab.features._service import Service
from cjlab.features._span import before, moments
from cjlab.features._topics import Topics
from cjlab.features._where import Where
from cjlab.tables import Log

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Mapping


_FEWEST: Final = 20
"""What fewer customers did tells nothing of the others."""
_MOST: Final = 12
_TOPICS: Final = 6
_NAMELESS: Final = r"^\s*$|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
_RETURN, _VISIT = Where("return"), Where("visit")
_WINDOWS: Final = ("30D", "90D", "365D")


def families(log: Log, as_of: str | dt.date) -> Mapping[str, tuple[Builder, ...]]:
    """Return the builders of a recipe to begin with, by family.

    A builder is there where the log has its columns, and where at least 20 customers did before the date what it is
    about. Words that are told apart (channels, devices, events, categories, values of profiles) are the twelve that
    most customers have, each of at least 20; priors, scores and topics are those of the past of the date. Nothing at or
    after it is read, and every builder but :class:`Tenure`, which is always there, says so: it is ``learned`` then.

    ``rfm``: recency, frequency and money of purchases, as numbers and scores. ``spend``: the same over 30, 90 and 365
    days, tenure, customer value, trend, season, returns. ``rhythm``: :class:`Rhythm` and :class:`RhythmChange`.
    ``activity``: visits, hops, last steps. ``channels``: how often through which channel and on which device.
    ``reactions``: messages received and answered, affinity, pressure, silence. ``interests``: categories. ``service``:
    cases, complaints, payments, satisfaction. ``declared``: fields of profiles. ``words``: topics of texts and
    searches.

    Parameters
    ----------
    log : Log
        The log.
    as_of : date or text
        Nothing at or after it is read.

    Returns
    -------
    mapping
        The builders of each family that has some.

    Examples
    --------
    >>> import cjlab as cj
    >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=100), days=60).log
    >>> list(cj.features.families(log, "2024-02-15"))[:2]
    ['rfm', 'spend']
    """
    if len(dates := moments(as_of, log)[0]) > 1:
        raise SpecError(f"as_of is {shown(as_of)}, {len(dates)} dates; give one: the earliest of a training set")
    told = _Told.of(log, as_of)
    found = {name: tuple(told.chosen(make(told))) for name, make in _FAMILIES.items()}
    found["declared"] = _apart(found)
    return {name: builders for name, builders in found.items() if builders}


def _apart(found: Mapping[str, tuple[Builder, ...]]) -> tuple[Builder, ...]:
    """Return the fields of profiles, under another name those whose features are called as others are."""
    taken = {name for family, builders in found.items() if family != "declared" for name in _names(builders)}
    made = list[Builder]()
    for one in found["declared"]:
        called = ("declared_" * times + one.said["field"].replace(" ", "_") for times in count())
        free = (replace(one, name=name) if times else one for times, name in enumerate(called))  # type: ignore[call-arg] # its field
        made.append(next(new for new in free if taken.isdisjoint(_names([new]))))
        taken |= _names(made[-1:])
    return tuple(made)


def _names(builders: Iterable[Builder]) -> set[str]:
    return {column.name for one in builders for column in one.columns()}


class _Told(NamedTuple):
    """What a log tells before a date: by how many customers each word of a column was used."""

    log: Log
    as_of: dt.datetime
    events: pl.DataFrame

    @classmethod
    def of(cls, log: Log, as_of: str | dt.date) -> _Told:
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

    def texts(self, column: str) -> bool:
        """Tell whether enough customers wrote something."""
        rows = self._past("events")
        if column not in rows.collect_schema().names():
            return False
        some = rows.filter(pl.col(column).is_not_null()).select(pl.col("customer_id").n_unique())
        return int(some.collect().item()) >= _FEWEST

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
    kept = counted.filter(pl.col("n") >= _FEWEST).sort(["n", column], descending=[True, False]).head(_MOST)
    return tuple(kept.collect()[column])


def _rfm(told: _Told) -> Iterator[Builder]:
    if told.customers("purchase"):
        yield from (Recency(), Frequency(), Monetary())
        if told.has_columns(Monetary()):
            yield RFM.fitted(told.log, told.as_of)


def _spend(told: _Told) -> Iterator[Builder]:
    yield Tenure()
    if told.customers("purchase"):
        yield from (Frequency(window=window) for window in _WINDOWS)
        yield from (Monetary(window=window) for window in _WINDOWS)
        yield from (Frequency(count="days"), Value(), Trend(), Season(by="month"))
    if told.customers("return") >= _FEWEST:
        yield from (Frequency(_RETURN), Monetary(_RETURN))


def _rhythm(told: _Told) -> Iterator[Builder]:
    bought = before(told.log.events, told.as_of).filter(pl.col("event") == "purchase")
    days = bought.group_by("customer_id").agg(
        n=pl.col("at").dt.convert_time_zone(told.log.timezone).dt.date().n_unique()
    )
    if days.filter(pl.col("n") > 1).select(pl.len()).collect().item() >= _FEWEST:
        rhythm = Rhythm.fitted(told.log, told.as_of)
        yield from (rhythm, RhythmChange(PURCHASE, *rhythm.prior).calibrated())


def _activity(told: _Told) -> Iterator[Builder]:
    if told.customers("visit") >= _FEWEST:
        yield from (Activity(), *(Frequency(_VISIT, window=window) for window in _WINDOWS))
        if (channels := told.words("channel", "visit")) and (devices := told.words("device", "visit")):
            yield Hops(channels=channels, devices=devices)
    if events := told.words("event"):
        yield Sequence(events)


def _channels(told: _Told) -> Iterator[Builder]:
    for channel in told.words("channel"):
        yield Frequency(Where(channel=channel), window="365D", name=f"through_{channel}")
    if len(devices := told.words("device")) > 1:
        yield from told.fitted(DeviceAffinity(devices, window="365D"))


def _reactions(told: _Told) -> Iterator[Builder]:
    if channels := told.words("channel", "delivered"):
        yield Engagement(channels, devices=told.words("device", "opened", "clicked"))
        yield from told.fitted(Affinity(channels))
    if sent := told.messages():
        yield from (Pressure(sent), Audit())


def _interests(told: _Told) -> Iterator[Builder]:
    if len(categories := told.categories()) > 1:
        yield Interests(categories)


def _service(told: _Told) -> Iterator[Builder]:
    if any(told.customers(event) >= _FEWEST for event in ("case_opened", "complaint", "payment")):
        yield Service(late=told.customers("payment") >= _FEWEST)
    if told.customers("survey_answer") >= _FEWEST:
        yield Satisfaction()


def _words(told: _Told) -> Iterator[Builder]:
    for column, name in (("text", "topic"), ("query", "searched")):
        if told.texts(column):
            with suppress(EvidenceError):  # texts that are too much alike have no topics
                yield Topics.fitted(told.log, told.as_of, topics=_TOPICS, column=column, name=name)


_FAMILIES: Final = {
    "rfm": _rfm,
    "spend": _spend,
    "rhythm": _rhythm,
    "activity": _activity,
    "channels": _channels,
    "reactions": _reactions,
    "interests": _interests,
    "service": _service,
    "declared": _Told.declared,
    "words": _words,
}
