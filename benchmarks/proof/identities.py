"""The persons behind visitors' ids, against a simulation's truth: pairwise precision and recall."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def experiments(seeds: int) -> Iterator[Rate]:
    """Pairs of visitors' ids that are found to be one person's, and those that are: over all ids, and linkable ones."""
    for name in ("retail", "telecom"):
        right, found, true, linkable = map(int, np.sum([_counted(name, seed) for seed in range(seeds)], axis=0))
        where = f"{name}, {seeds} × {CUSTOMERS:,} customers × {DAYS} days"
        yield Rate("pairs of visitors found: right", where, right, found, PRECISION, "at_least")
        yield Rate("pairs of visitors found, of all", where, right, true, RECALL, "at_least")
        seen = f"{where}, visitors recognised once"
        yield Rate("pairs of visitors found, of all", seen, right, linkable, RECALL, "at_least")


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
