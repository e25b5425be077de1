"""The persons behind visitors' ids, against a simulation's truth: pairwise precision and recall.

A shared device counts as his who used it most. Pairs of one person are not independent, so intervals are too short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from benchmarks.proof.bar import Rate
from cjlab.features import resolved
from cjlab.simulator import World, simulate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

PRECISION, RECALL = 0.95, 0.85
CUSTOMERS, DAYS, END = 1_000, 365, "2025-01-01"


class Found(NamedTuple):
    """What was found in one kind of world: the bars, and a sentence on what nobody could find."""

    bars: tuple[Rate, ...]
    sentence: str


def experiments(seeds: int) -> Iterator[Found]:
    """Hold pairs that are found against those of visitors who were recognised at least once, and tell of the others."""
    for name in ("retail", "telecom"):
        counts = np.sum([_counted(name, seed) for seed in range(seeds)], axis=0)
        right, found, true, reachable = map(int, counts)
        where = f"{name}, {seeds} × {CUSTOMERS:,} customers × {DAYS} days"
        bars = (
            Rate("pairs that are found: right", where, right, found, PRECISION, "at_least"),
            Rate("pairs that could be found: found", where, right, reachable, RECALL, "at_least"),
        )
        yield Found(
            bars,
            f"In {name} {right / true:.3f} of all pairs are found; {reachable / true:.3f} could be, as the others "
            f"were never recognised: {'above' if right / true >= RECALL else 'below'} {RECALL:g}.",
        )


def _counted(name: str, seed: int) -> NDArray[np.int64]:
    """Count pairs: right, found, true, and true among visitors who were recognised at least once."""
    run = simulate(getattr(World, name)(n_customers=CUSTOMERS, seed=seed), days=DAYS)
    most = run.truth.visitors.sort("visitor_id", "events").group_by("visitor_id").last()
    told = resolved(run.log, END).persons.filter(pl.col("kind") != "customer")
    both = most.select(identifier="visitor_id", truth="customer_id").join(told, on="identifier", how="left")
    linkable = both.drop_nulls("person")
    kinds = (linkable, ["truth", "person"]), (linkable, ["person"]), (both, ["truth"]), (linkable, ["truth"])
    return np.array([_pairs(frame, by) for frame, by in kinds])


def _pairs(frame: pl.DataFrame, by: list[str]) -> int:
    n = frame.group_by(by).len()["len"].cast(pl.Int64)
    return int((n * (n - 1) // 2).sum())
