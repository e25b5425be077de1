"""A clerk for many: goes through each customer's rows once, in the order of time, in plain Python.

Like :class:`benchmarks.proof.clerk.Clerk` it shares no line with ``cjlab.decisions``; a test sets the two beside each
other. What is the same for all on a day, it works out once a day.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from benchmarks.proof.clerk import Clerk, drawn

if TYPE_CHECKING:
    from collections.abc import Iterable

    import polars as pl

    from cjlab.decisions import Action, Cap, Rules
    from cjlab.tables import Log

    Rows = dict[int, list[tuple[Any, ...]]]

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_MICROSECOND = dt.timedelta(microseconds=1)


class Day(NamedTuple):
    """What is the same for all on a day: when it was decided, and how far back each window reaches, then and later."""

    decided: int
    back: dict[str, int]
    later: dict[str, int]
    holdout: tuple[str, float] | None
    sold_out: dict[str, str]


class Sweep:
    """Rows of a log by customer, and how many contacts broke which rule."""

    def __init__(self, log: Log, rules: Rules) -> None:
        """Sort the rows into drawers."""
        self.rules, self.clerk = rules, Clerk(_of_items(log), rules)
        self.actions = {one.name: one for one in rules.actions}
        self.windows = {one.window for one in (*rules.caps, *rules.coolings, *rules.fresh)}
        self.consents = _drawers(log.consents, ("customer_id", "at", "channel", "purpose", "granted", "until"))
        self.events = _drawers(_events(log, rules), ("customer_id", "at", "known_at", "event"))
        self.told = _drawers(_profiles(log, rules), ("customer_id", "at", "known_at", "field", "value"))
        self.day = lru_cache(maxsize=1_000)(self._day)

    def broken(self, contacts: pl.DataFrame) -> Counter[str]:
        """Count what no rule allowed when it was decided, or was one too many when it was sent."""
        found: Counter[str] = Counter()
        rows = _drawers(contacts.filter("sent").lazy(), ("customer_id", "at", "template", "channel", "purpose"))
        for customer, sent in rows.items():
            before: dict[int, list[int]] = {place: [] for place in range(len(self.rules.caps))}
            for at, name, channel, purpose in sent:
                action = self.actions[name]
                found.update(self._why(customer, action, at, before))
                for place, cap in enumerate(self.rules.caps):
                    if cap.channel in {None, channel} and cap.purpose in {None, purpose or "marketing"}:
                        before[place].append(at)
        return found

    def _why(self, customer: int, action: Action, at: int, before: dict[int, list[int]]) -> Iterable[str]:
        day = self.day(at)
        if day.holdout is not None and drawn(f"decisions/holdout/{day.holdout[0]}", customer) < day.holdout[1]:
            yield "holdout"
        consent = self._consent(customer, action, day.decided)
        if consent != "granted":
            yield "no consent known" if consent == "unknown" else "consent refused"
        if action.name in day.sold_out:
            yield day.sold_out[action.name]
        yield from self._too_many(customer, action, at, before)
        for cooling in self.rules.coolings:
            times = [row[0] for row in _known(self.events.get(customer, ()), cooling.event, day.decided)]
            if cooling.binds(action) and any(when > day.back[cooling.window] for when in times):
                yield cooling.reason
        for fresh in self.rules.fresh:
            times = [row[0] for row in self._told(customer, fresh.field, day.decided)]
            if fresh.binds(action) and (not times or max(times) <= day.back[fresh.window]):
                yield fresh.reasons[bool(times)]

    def _too_many(self, customer: int, action: Action, at: int, before: dict[int, list[int]]) -> Iterable[str]:
        day = self.day(at)
        for place, cap in enumerate(self.rules.caps):
            if cap.binds(action):
                for until, back, said in ((day.decided, day.back, ""), (at, day.later, ", when sent")):
                    times = before[place]
                    many = bisect_left(times, until) - bisect_right(times, back[cap.window]) >= cap.most
                    if many and self._member(customer, cap, until):
                        yield f"{cap.reason}{said}"

    def _told(self, customer: int, field: str, before: int) -> list[tuple[Any, ...]]:
        return _known(self.told.get(customer, ()), field, before)

    def _member(self, customer: int, cap: Cap, before: int) -> bool:
        if cap.segment is None:
            return True
        rows = self._told(customer, cap.segment[0], before)
        return cap.segment[1] in {row[3] for row in rows if row[0] == rows[-1][0]}

    def _consent(self, customer: int, action: Action, decided: int) -> str:
        last: tuple[int, bool] | None = None
        for at, channel, purpose, granted, until in self.consents.get(customer, ()):
            if at >= decided:
                break
            if channel == action.channel and purpose == action.purpose:
                good = granted and (until is None or until > decided)
                last = (at, good and (last is None or last[0] < at or last[1]))
        return "unknown" if last is None else "granted" if last[1] else "refused"

    def _day(self, at: int) -> Day:
        moment = (_EPOCH + at * _MICROSECOND).astimezone(self.clerk.zone)
        decided = moment.replace(hour=0, minute=0, second=0, microsecond=1).astimezone(dt.UTC)
        begun = [one for one in self.rules.holdouts if one.since <= moment.date()]
        last = max(begun, key=lambda one: one.since, default=None)
        stock = {one.name: self.clerk.stock(one.item, decided) for one in self.rules.actions if one.item is not None}
        said = {"unknown": "stock unknown", "out": "out of stock"}
        return Day(
            _micro(decided),
            {window: _micro(self.clerk.back(decided, window)) for window in self.windows},
            {window: _micro(self.clerk.back(moment, window)) for window in self.windows},
            None if last is None else (last.salt, last.share),
            {name: said[state] for name, state in stock.items() if state in said},
        )


def _known(rows: Iterable[tuple[Any, ...]], name: str, before: int) -> list[tuple[Any, ...]]:
    """Return the rows, whose first three values are time, time known and name, that were known before a moment."""
    return [row for row in rows if row[2] == name and row[0] < before and (row[1] is None or row[1] < before)]


def _micro(moment: dt.datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND


def _of_items(log: Log) -> Log:
    """Return a log without what is of persons."""
    none = {"consents": None, "profiles": None}
    return replace(log, events=log.events.clear(), contacts=log.contacts.clear(), **none)


def _events(log: Log, rules: Rules) -> pl.LazyFrame:
    import polars as pl

    return log.events.filter(pl.col("event").is_in([one.event for one in rules.coolings]))


def _profiles(log: Log, rules: Rules) -> pl.LazyFrame | None:
    import polars as pl

    named = {one.field for one in rules.fresh} | {cap.segment[0] for cap in rules.caps if cap.segment is not None}
    fields = pl.col("field").is_in(named) & pl.col("value").is_not_null()
    return None if log.profiles is None else log.profiles.filter(fields)


def _drawers(frame: pl.LazyFrame | None, columns: tuple[str, ...]) -> Rows:
    """Put rows by customer, in the order of time, times as microseconds."""
    import polars as pl

    made: Rows = defaultdict(list)
    if frame is not None:
        there = frame.collect_schema()
        chosen = [pl.col(name) if name in there else pl.lit(None).alias(name) for name in columns]
        times = [name for name in columns if isinstance(there.get(name), pl.Datetime)]
        rows = frame.select(chosen).with_columns(pl.col(times).dt.epoch("us")).sort("customer_id", "at").collect()
        for customer, *row in rows.iter_rows():
            made[customer].append(tuple(row))
    return made
