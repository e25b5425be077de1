"""One shard from one day to a later one: who must be read again, and who stays as he was."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from cjlab.features.reading._identifiers import chosen
from cjlab.features.reading._infinite import refuse_infinite
from cjlab.features.reading._rows import Rows, asked
from cjlab.features.reading._window import begin
from cjlab.features.states._kept import number_of
from cjlab.features.states._ledger import Ledger
from cjlab.features.states._news import News, new
from cjlab.features.states._stock import Stock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

    from cjlab.features.reading._pass import Pass
    from cjlab.features.reading._plan import Plan, Share
    from cjlab.tables import Log, Sheaf


@dataclass(frozen=True)
class Anew:
    """What is done with each shard to make a state.

    Parameters
    ----------
    work : Pass
        The features, and the one date.
    """

    work: Pass

    def __call__(self, log: Log) -> tuple[pa.Table, Mapping[str, pa.Table | Path]]:
        """Return what is laid of a shard."""
        return Ledger.made(self.work, log).laid()


@dataclass(frozen=True)
class Advance:
    """What is done with each shard to bring a state to a later date.

    Parameters
    ----------
    sheaf : Sheaf
        The state before.
    before, after : Pass
        The features at its date, and at the later one.
    """

    sheaf: Sheaf
    before: Pass
    after: Pass

    def __call__(self, log: Log) -> tuple[pa.Table, Mapping[str, pa.Table | Path]]:
        """Return what is laid of a shard; a new one, and one whose columns or ids are of other kinds, is read anew."""
        number = number_of(log)
        if number in self.sheaf.numbers:
            advanced = self._advanced(Ledger.read(self.sheaf, number, tuple(self.after.plans)), log)
            if advanced is not None:
                return advanced.laid()
        return Ledger.made(self.after, log).laid()

    def due(self, log: Log) -> pl.Series:
        """Return who of a shard that was there before is read again, rising."""
        ledger = Ledger.read(self.sheaf, number_of(log), tuple(self.after.plans))
        news = News.of(log, self.after, self.sheaf.about["files"])
        everybody = news.everybody(ledger.found.customers)
        assert everybody is not None  # noqa: S101 - identifiers of one kind
        return everybody.filter(self._due(ledger.among(everybody), news, log))

    def _advanced(self, ledger: Ledger, log: Log) -> Ledger | None:
        """Return the ledger of the later date; None where the log has to be read for it."""
        if any(self._otherwise(ledger, log, table) for table in self.after.plans):
            return None
        news = News.of(log, self.after, self.sheaf.about["files"])
        everybody = news.everybody(ledger.found.customers)
        if everybody is None:
            return None
        grown = ledger.writable() if everybody is ledger.found.customers else ledger.among(everybody)
        due = self._due(grown, news, log)
        return self._renewed(_stocked(_told(grown, news), news, self.after, log), np.flatnonzero(due), log)

    def _otherwise(self, ledger: Ledger, log: Log, table: str) -> bool:
        """Tell whether a table has other columns than when its rows were kept."""
        return ledger.stocks[table].kinds != asked(log, self.after.plans[table].needed, name=table)

    def _due(self, ledger: Ledger, news: News, log: Log) -> NDArray[np.bool_]:
        customers = ledger.found.customers
        if self._everybody(log):
            return np.ones(len(customers), np.bool_)
        return ledger.stale(self.after, self.after.dates[0], log.timezone) | news.of_whom(customers)

    def _everybody(self, log: Log) -> bool:
        """Tell whether more can have changed than what customers' rows tell: what items are, or clocks gone back."""
        of_items = any("category" in plan.needed for plan in self.after.plans.values())
        if of_items and new(log, "items", self.sheaf.about["files"]):
            return True
        windows = [watch.window for plan in self.after.plans.values() for watch in plan.watches]
        one, other = self.before.dates[0], self.after.dates[0]
        return any(begin(window, other, log.timezone) < begin(window, one, log.timezone) for window in windows)

    def _renewed(self, ledger: Ledger, due: NDArray[np.int64], log: Log) -> Ledger:
        """Work out what is due and, of what changes with every date, the numbers of everybody."""
        for part in _parts(self.after):
            rows = self._answered(ledger, part, part.plan.steady, due, log)
            starts = rows.starts(chosen(ledger.found.customers, due))
            ledger.times[due, part.times] = part.plan.changing(rows, starts, self.after.dates[0])
            if part.plan.dated.places:
                self._answered(ledger, part, part.plan.dated, np.arange(len(ledger.times)), log)
        return ledger

    def _answered(self, ledger: Ledger, part: _Part, share: Share, who: NDArray[np.int64], log: Log) -> Rows:
        """Put down the numbers of some sources for some customers, and return the rows that they were made of."""
        kept = ledger.stocks[part.table].rows(who, customers=ledger.found.customers, timezone=log.timezone)
        rows, customers = kept.told(log, part.plan.needed), chosen(ledger.found.customers, who)
        refuse_infinite(self.after.columns, rows, part.table, self.after.dates[0])
        made = share.plan.read(rows, log, customers=customers, as_of=self.after.dates)
        for place, numbers in zip(share.places, made, strict=True):
            ledger.numbers[who, part.columns[place]] = numbers
        return rows


class _Part(NamedTuple):
    """One table of a pass, and where its numbers and times stand among all."""

    table: str
    plan: Plan
    columns: Sequence[slice]
    times: slice


def _parts(work: Pass) -> Iterator[_Part]:
    column, time = 0, 0
    for table, plan in work.plans.items():
        ends = np.cumsum([column, *(source.width for source in plan.sources)]).tolist()
        watches = len(plan.watches) + 1
        yield _Part(table, plan, [slice(*two) for two in pairwise(ends)], slice(time, time + watches))
        column, time = ends[-1], time + watches


def _told(ledger: Ledger, news: News) -> Ledger:
    """Put down when those joined and were first seen of whom there is news."""
    found = ledger.found
    joined = news.earliest(found.customers, found.joined)
    seen = news.rows["events"].noticed(found.customers) if "events" in news.rows else found.seen
    return replace(ledger, found=found._replace(joined=joined, seen=np.minimum(found.seen, seen)))


def _stocked(ledger: Ledger, news: News, work: Pass, log: Log) -> Ledger:
    """Put new rows behind those that are kept; who has rows of one moment in both is brought anew."""
    stocks, customers = dict(ledger.stocks), ledger.found.customers
    for name, rows in news.rows.items():
        plan, stock = work.plans[name], stocks[name]
        more = Stock.of(rows, plan.kept(rows), customers=customers, kinds=stock.kinds)
        tied = stock.tied(more)
        if tied.any():
            whole = Rows.of(log, plan.needed, name=name, only=customers.filter(pl.Series(tied)))
            stock, more = stock.without(tied), more.only(~tied)
            stock = stock.added(Stock.of(whole, plan.kept(whole), customers=customers, kinds=stock.kinds))
        stocks[name] = stock.added(more)
    return replace(ledger, stocks=stocks)
