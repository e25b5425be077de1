"""A ledger: what a state keeps of a shard, as arrays that are mapped from the disk."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import polars as pl
import pyarrow as pa

from cjlab.features.reading._identifiers import places
from cjlab.features.reading._pass import Found
from cjlab.features.reading._rows import asked
from cjlab.features.reading._window import begin, microseconds
from cjlab.features.states._stock import Stock

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from cjlab.features.reading._pass import Pass
    from cjlab.tables import Log, Sheaf

_NEVER: Final = np.iinfo(np.int64).max


@dataclass(frozen=True, eq=False)
class Ledger:
    """What is kept of a shard: a line a customer with the numbers of every source, when they change, and the rows.

    Parameters
    ----------
    found : Found
        Customers, when each joined and was first seen, and the numbers of all sources as one, ``(customers, width)``.
    times : ndarray
        When numbers will change, as :meth:`Plan.changing` says, of all tables, ``(customers, watches + tables)``.
    stocks : mapping
        The rows that they are made of, by table.
    """

    found: Found
    times: NDArray[np.int64]
    stocks: Mapping[str, Stock]

    @classmethod
    def made(cls, work: Pass, log: Log) -> Ledger:
        """Read everything, and keep it."""
        rows = work.rows(log)
        found = work.found(log, rows)
        whose = found.customers
        plans = zip(work.plans.items(), rows, strict=True)
        times = [plan.changing(mine, mine.starts(whose), work.dates[0]) for (_, plan), mine in plans]
        stocks = {
            name: Stock.of(mine, plan.kept(mine), customers=whose, kinds=asked(log, plan.needed, name=name))
            for (name, plan), mine in zip(work.plans.items(), rows, strict=True)
        }
        numbers = np.hstack([*found.numbers, np.empty((len(whose), 0))])
        return cls(found._replace(numbers=(numbers,)), np.hstack(times), stocks)

    @classmethod
    def read(cls, sheaf: Sheaf, number: int, tables: tuple[str, ...]) -> Ledger:
        """Map a ledger that was laid; of the rows nothing is read yet."""
        lines = sheaf.mapped(number)
        found = found_in(lines)
        counts = _wide(lines, "counts", np.dtype(np.int64)).reshape(-1, len(tables), 3)
        stocks = {name: Stock.mapped(sheaf, number, name, counts[:, place]) for place, name in enumerate(tables)}
        return cls(found, _wide(lines, "times", np.dtype(np.int64)), stocks)

    def laid(self) -> tuple[pa.Table, dict[str, pa.Table | Path]]:
        """Return the lines, and what lies beside them."""
        counts = np.hstack([stock.counts for stock in self.stocks.values()])
        wide: dict[str, NDArray[Any]] = {"times": self.times, "numbers": self.found.numbers[0], "counts": counts}
        lines = {
            "customer_id": self.found.customers.to_arrow(compat_level=pl.CompatLevel.oldest()),
            "joined": self.found.joined,
            "seen": self.found.seen,
        } | {name: _rowwise(made) for name, made in wide.items() if made.shape[1]}
        beside = {name: one for table, stock in self.stocks.items() for name, one in stock.laid(table).items()}
        return pa.table(lines), beside

    @property
    def numbers(self) -> NDArray[np.float64]:
        """The numbers of all sources."""
        return self.found.numbers[0]

    def among(self, customers: pl.Series) -> Ledger:
        """Return the ledger with lines for more customers, of whom nothing is known yet."""
        n, at = len(customers), places(customers, self.found.customers)
        joined, seen = np.full(n, np.nan), np.full(n, _NEVER)
        numbers, times = np.full((n, self.numbers.shape[1]), np.nan), np.full((n, self.times.shape[1]), _NEVER)
        joined[at], seen[at], numbers[at], times[at] = self.found.joined, self.found.seen, self.numbers, self.times
        stocks = {name: stock.among(n, at) for name, stock in self.stocks.items()}
        return Ledger(Found(customers, joined, seen, (numbers,)), times, stocks)

    def writable(self) -> Ledger:
        """Return the ledger with lines that can be written."""
        joined, seen, numbers = self.found.joined.copy(), self.found.seen.copy(), self.numbers.copy()
        found = Found(self.found.customers, joined, seen, (numbers,))
        return replace(self, found=found, times=self.times.copy())

    def stale(self, work: Pass, date: dt.datetime, timezone: str) -> NDArray[np.bool_]:
        """Tell of whom a row has become past or known by a date, or has left a window, or a bin of one."""
        stale = np.zeros(len(self.times), np.bool_)
        times = iter(self.times.T)
        for plan in work.plans.values():
            for watch in plan.watches:
                edge = microseconds(date) + 1 if watch.span else begin(watch.window, date, timezone)
                stale |= next(times) < edge
            stale |= next(times) < microseconds(date)
        return stale


def found_in(lines: pa.Table) -> Found:
    """Return what formulas are made of, as it was kept; the numbers of all sources as one."""
    customers = pl.Series("customer_id", lines["customer_id"])
    joined, seen = (lines[name].combine_chunks().to_numpy() for name in ("joined", "seen"))
    return Found(customers, joined, seen, (_wide(lines, "numbers", np.dtype(np.float64)),))


def parted(work: Pass, found: Found) -> Found:
    """Return the numbers source by source."""
    widths = [source.width for plan in work.plans.values() for source in plan.sources]
    return found._replace(numbers=np.split(found.numbers[0], np.cumsum(widths)[:-1], axis=1) if widths else ())


def _rowwise(numbers: NDArray[Any]) -> pa.FixedSizeListArray:
    """Return one column that holds a line of numbers a row."""
    return pa.FixedSizeListArray.from_arrays(pa.array(np.ascontiguousarray(numbers).ravel()), numbers.shape[1])


def _wide(lines: pa.Table, name: str, kind: np.dtype[np.float64] | np.dtype[np.int64]) -> NDArray[Any]:
    """Return the lines of numbers of a column; nothing was kept of none."""
    if name not in lines.column_names:
        return np.empty((lines.num_rows, 0), kind)
    column = lines[name].combine_chunks()
    numbers: NDArray[Any] = column.flatten().to_numpy()
    return numbers.reshape(-1, column.type.list_size)
