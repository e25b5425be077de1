"""One shard from one day to a later one: who must be read again, and who stays as he was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab.features._kept import number_of
from cjlab.features._pass import Found
from cjlab.features._plan import begin, microseconds
from cjlab.features._source import Apart

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjlab.features._pass import Pass
    from cjlab.tables import Log, Sheaf

_NEVER = np.iinfo(np.int64).max
_PEOPLED = ("customers", "events", "contacts", "profiles")


@dataclass(frozen=True)
class Digest:
    """What is kept of a shard: a line a customer with the numbers of every source, and when they will change.

    Parameters
    ----------
    work : Pass
        The features, and the one date.
    """

    work: Pass

    def __call__(self, log: Log, only: pl.Series | None = None) -> pl.DataFrame:
        """Return the lines of all customers, or of some."""
        rows = self.work.rows(log, only=only)
        found = self.work.found(log, rows, only=only)
        times = [
            plan.changing(mine, mine.starts(found.customers), self.work.dates[0])
            for plan, mine in zip(self.work.plans.values(), rows, strict=True)
        ]
        lines = {"customer_id": found.customers, "joined": found.joined, "seen": found.seen}
        numbers = [*found.numbers, np.empty((len(found.customers), 0))]
        return pl.DataFrame(lines | {"times": _rowwise(np.hstack(times)), "numbers": _rowwise(np.hstack(numbers))})


def _rowwise(numbers: NDArray[np.float64] | NDArray[np.int64]) -> pl.Series:
    """Return one column that holds a line of numbers a row."""
    kind = pl.Float64 if numbers.dtype == np.float64 else pl.Int64
    if numbers.size:
        return pl.Series(np.ascontiguousarray(numbers), dtype=pl.Array(kind, numbers.shape[1]))
    return pl.Series([None] * len(numbers), dtype=pl.Array(kind, numbers.shape[1]))


def digested(work: Pass, lines: pl.DataFrame) -> Found:
    """Return what formulas are made of, as it was kept."""
    widths = [source.width for plan in work.plans.values() for source in plan.sources]
    told = lines["numbers"].to_numpy().reshape(len(lines), sum(widths))
    numbers = np.split(told, np.cumsum(widths)[:-1], axis=1) if widths else []
    return Found(lines["customer_id"], lines["joined"].to_numpy(), lines["seen"].to_numpy(), numbers)


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

    def __call__(self, log: Log) -> pl.DataFrame:
        """Return the lines of all customers of a shard."""
        digest, number = Digest(self.after), number_of(log)
        lines = self.sheaf.sheet(number) if number in self.sheaf.numbers else None
        who = None if lines is None else self.who(log, lines)
        if lines is None or who is None:
            return digest(log)
        if not len(who):
            return lines
        others = lines.filter(~pl.col("customer_id").is_in(who.implode()))
        return pl.concat([others, digest(log, who)]).sort("customer_id")

    def who(self, log: Log, lines: pl.DataFrame) -> pl.Series | None:
        """Return who of a shard must be read again, rising; None where everybody must."""
        if self._everybody(log):
            return None
        stale = lines["customer_id"].filter(pl.Series(self._stale(lines, log.timezone)))
        return pl.concat([stale, *self._fresh(log)]).unique().sort()

    def _everybody(self, log: Log) -> bool:
        """Tell whether more can have changed than what customers' rows tell."""
        sources = [source for plan in self.after.plans.values() for source in plan.sources]
        if any(isinstance(source, Apart) for source in sources):
            return True
        of_items = any("category" in plan.needed for plan in self.after.plans.values())
        return (of_items and bool(self._new(log, "items"))) or self._back(log.timezone)

    def _back(self, timezone: str) -> bool:
        """Tell whether a window begins earlier than it did, as clocks that go back can make it."""
        windows = [window for plan in self.after.plans.values() for window in plan.windows]
        one, other = self.before.dates[0], self.after.dates[0]
        return any(begin(window, other, timezone) < begin(window, one, timezone) for window in windows)

    def _stale(self, lines: pl.DataFrame, timezone: str) -> NDArray[np.bool_]:
        """Tell of whom a row has become past or known, or has left a window."""
        date, stale = self.after.dates[0], np.zeros(len(lines), np.bool_)
        if date == self.before.dates[0]:
            return stale
        n = sum(len(plan.windows) + 1 for plan in self.after.plans.values())
        times = iter(lines["times"].to_numpy().reshape(len(lines), n).T)
        for plan in self.after.plans.values():
            for window in plan.windows:
                leaves = _NEVER if window.startswith("=") else begin(window, date, timezone)
                stale |= next(times) < leaves
            stale |= next(times) < microseconds(date)
        return stale

    def _fresh(self, log: Log) -> list[pl.Series]:
        """Return who has rows in files that the state before has not seen."""
        assert log.stored is not None  # noqa: S101 - a state is of a log that is stored
        files = [log.stored.folder / place for table in _PEOPLED for place in self._new(log, table)]
        read = [pl.read_parquet(file, columns=["customer_id"], hive_partitioning=False, glob=False) for file in files]
        return [one["customer_id"].drop_nulls().unique() for one in read]

    def _new(self, log: Log, table: str) -> list[str]:
        assert log.stored is not None  # noqa: S101 - likewise
        known: Mapping[str, str] = self.sheaf.about["files"]
        return [file.place for file in log.stored.files.get(table, ()) if file.rows and file.place not in known]
