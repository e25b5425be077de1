"""The persons behind identifiers, against a simulation's truth: pairwise precision and recall.

Identifiers are customer ids and visitors' ids; a shared device counts as his who used it most. Pairs of one person are
not independent, so intervals are too short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from benchmarks.proof.bar import Rate
from cjlab.features import resolved
from cjlab.simulator import World, simulate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PRECISION, RECALL = 0.95, 0.85
CUSTOMERS, DAYS, END = 1_000, 365, "2025-01-01"


class Found(NamedTuple):
    """What was found in one kind of world: the bars, and a sentence on visitors alone and what nobody could find."""

    bars: tuple[Rate, ...]
    sentence: str


class Counts(NamedTuple):
    """Pairs of identifiers: found and right, found, true, and true among those who were recognised at least once."""

    right: int
    found: int
    true: int
    reachable: int

    @classmethod
    def of(cls, several: Iterable[pl.DataFrame]) -> Counts:
        """Count the pairs of every simulation."""
        return cls(*map(int, np.sum([_counted(both) for both in several], axis=0)))


def experiments(seeds: int) -> Iterator[Found]:
    """Hold pairs of all identifiers that are found against the truth, and tell of visitors alone."""
    for name in ("retail", "telecom"):
        told = [_told(name, seed) for seed in range(seeds)]
        every, alone = Counts.of(pl.concat(both) for both in told), Counts.of(visitors for visitors, _ in told)
        where = f"{name}, {seeds} × {CUSTOMERS:,} customers × {DAYS} days"
        bars = (
            Rate("pairs that are found: right", where, every.right, every.found, PRECISION, "at_least"),
            Rate("true pairs: found", where, every.right, every.true, RECALL, "at_least"),
            Rate(
                "pairs of visitors alone that are found: right", where, alone.right, alone.found, PRECISION, "at_least"
            ),
            Rate("of those that could be found: found", where, alone.right, alone.reachable, RECALL, "at_least"),
        )
        found, could = alone.right / alone.true, alone.reachable / alone.true
        yield Found(
            bars,
            f"In {name} {found:.3f} of all pairs of visitors alone are found; {could:.3f} could be, as the others were "
            f"never recognised: {'above' if found >= RECALL else 'below'} {RECALL:g}.",
        )


def _told(name: str, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return visitors and customer ids: who each ``truth`` is, and which ``person`` was found."""
    run = simulate(getattr(World, name)(n_customers=CUSTOMERS, seed=seed), days=DAYS)
    most = run.truth.visitors.sort("visitor_id", "events").group_by("visitor_id").last()
    told, own = resolved(run.log, END).persons, pl.col("kind") == "customer"
    visitors = most.select(identifier="visitor_id", truth="customer_id")
    columns = ("truth", "person")
    mine = told.filter(own).select(truth="identifier", person="person")
    return visitors.join(told.filter(~own), on="identifier", how="left").select(columns), mine.select(columns)


def _counted(both: pl.DataFrame) -> tuple[int, ...]:
    linkable = both.drop_nulls("person")
    kinds = (linkable, ["truth", "person"]), (linkable, ["person"]), (both, ["truth"]), (linkable, ["truth"])
    return tuple(_pairs(frame, by) for frame, by in kinds)


def _pairs(frame: pl.DataFrame, by: list[str]) -> int:
    n = frame.group_by(by).len()["len"].cast(pl.Int64)
    return int((n * (n - 1) // 2).sum())
