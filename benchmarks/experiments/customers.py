"""The input: one row a customer, ten columns of numbers and an arm, written to Parquet chunk by chunk."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pq

from benchmarks.experiments.job import CONTROL, PAIRS

CHUNK = 250_000  # rows drawn together, and rows of a row group
LIFT = 0.02


def written(path: Path, *, rows: int, arms: int) -> Path:
    """Draw customers and write them; their draws are keyed by (arms, chunk)."""
    sizes = [min(CHUNK, rows - start) for start in range(0, rows, CHUNK)]
    with pq.ParquetWriter(path, drawn(1, arms=arms, chunk=0).to_arrow().schema, compression="zstd") as file:
        for chunk, size in enumerate(sizes):
            file.write_table(drawn(size, arms=arms, chunk=chunk).to_arrow(), row_group_size=CHUNK)
    return path


def drawn(rows: int, *, arms: int, chunk: int) -> pl.DataFrame:
    """Draw a 0/1 metric, a count, two log-normal amounts, and a score that 30 % gave; each with its past.

    Each arm adds another 2 % to what the control does.
    """
    draw = np.random.default_rng([41, arms, chunk])
    arm = draw.integers(0, arms, rows)
    habit, noise = draw.standard_normal(rows), draw.standard_normal((5, rows))
    lift = 1 + LIFT * arm
    names = np.asarray([CONTROL, *(f"variant {number}" for number in range(1, arms))])
    metrics = {
        "visit": (draw.random(rows) < 0.1 * lift / (1 + np.exp(-habit))).astype(np.int64),
        "orders": draw.poisson(0.5 * np.exp(0.5 * habit) * lift),
        "spend": np.exp(habit) * lift,
        "margin": np.exp(0.5 * habit + 0.5 * noise[0]) * lift,
        "score": np.where(draw.random(rows) < 0.3, np.round(5 * lift + habit + noise[1]), np.nan),
    }
    past = {
        "past_visits": draw.poisson(2 * np.exp(0.5 * habit)),
        "past_orders": draw.poisson(np.exp(0.5 * habit)),
        "past_spend": np.exp(0.7 * habit + 0.7 * noise[2]),
        "past_margin": np.exp(0.5 * habit + 0.5 * noise[3]),
        "past_score": habit + noise[4],
    }
    columns = {name: metrics.get(name, past.get(name)) for pair in PAIRS.items() for name in pair}
    return pl.DataFrame({"arm": names[arm], **columns}).with_columns(pl.col("score").fill_nan(None))


if __name__ == "__main__":
    written(Path(sys.argv[1]), rows=int(sys.argv[2]), arms=int(sys.argv[3]))
