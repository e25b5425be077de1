"""What rhythm costs: customers a CPU-second on one core, from a stored log to the finished table."""

from __future__ import annotations

import tempfile
import time
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import polars as pl

from cjlab.features import Recipe, Rhythm, RhythmChange
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Iterator

AS_OF, LEAST, ROUNDS, MOST = "2025-01-01", 100_000, 3, 20
COLUMNS = ("features", "customers", "purchases", "CPU seconds", "customers a CPU-second", "bar", "verdict")
SAID = (
    "Customers with 1 to 20 purchases, gamma gaps of 5 to 60 days on average. A stored log is read, gaps are gathered "
    "and every column is made, on one thread, after what must be compiled has been compiled; the best of three rounds."
)


class Pace(NamedTuple):
    """How long it took."""

    what: str
    customers: int
    purchases: int
    seconds: float

    @property
    def holds(self) -> bool:
        """Whether it is 100,000 customers a second or better."""
        return self.customers / self.seconds >= LEAST

    def row(self) -> tuple[str, ...]:
        """Write it as a row of a table."""
        counts = (f"{self.customers:,}", f"{self.purchases:,}", f"{self.seconds:.2f}")
        verdict = "holds" if self.holds else "**does not hold**"
        return (self.what, *counts, f"{self.customers / self.seconds:,.0f}", f"≥ {LEAST:,}", verdict)


def paces(customers: int) -> Iterator[Pace]:
    """Measure both builders."""
    with tempfile.TemporaryDirectory() as home:
        drawn(customers).write(f"{home}/log")
        log = Log.read(f"{home}/log")
        purchases = int(log.events.select(pl.len()).collect().item())
        for builder in (Rhythm(), RhythmChange()):
            recipe, spent = Recipe(builder), []
            recipe.build(log, AS_OF, threads=1)
            for _ in range(ROUNDS):
                begun = time.process_time()
                recipe.build(log, AS_OF, threads=1)
                spent.append(time.process_time() - begun)
            name = f"`{type(builder).__name__}`, {len(recipe.names)} columns"
            yield Pace(name, customers, purchases, min(spent))


def drawn(customers: int) -> Log:
    """Draw purchases."""
    draw = np.random.default_rng(61)
    mean, shape, n = (
        draw.uniform(5, 60, customers),
        draw.uniform(1, 6, customers),
        draw.integers(1, MOST + 1, customers),
    )
    gaps = draw.gamma(shape[:, None], (mean / shape)[:, None], (customers, MOST))
    days = 366.0 - gaps.cumsum(axis=1)  # backwards from the date
    who = np.repeat(np.arange(customers), MOST)
    kept = ((np.arange(MOST) < n[:, None]) & (days > -3_000.0)).ravel()
    at = np.datetime64("2024-01-01", "us") + (days.ravel()[kept] * 86_400e6).astype("timedelta64[us]")
    frame = pl.DataFrame({"customer_id": who[kept], "at": at}).with_columns(pl.col("at").dt.replace_time_zone("UTC"))
    return Log.of(events=frame.with_columns(event=pl.lit("purchase"), channel=pl.lit("web")))
