"""How well a classifier tells real customers from simulated ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab.simulator._normal import Z
from cjlab.simulator.judging._margins import active
from cjlab.statistics import Interval

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.simulator.fitting import Observed

    Floats = NDArray[np.float64]

_MOST, _FOLDS = 2_000, 5
_EVENTS = 12


def told_apart(real: Observed, simulated: Observed, *, seed: int) -> Interval:
    """Return the area under the ROC curve of real against simulated customers.

    Gradient boosting on what each did, every customer judged by trees that never saw him. The interval is that of
    DeLong, DeLong and Clarke-Pearson (1988, doi:10.2307/2531595): customers are the rows, so they are the clusters.
    """
    from sklearn.ensemble import HistGradientBoostingClassifier
    from sklearn.model_selection import StratifiedKFold, cross_val_predict
    from threadpoolctl import threadpool_limits

    kinds = real.events["event"].value_counts().sort("count", "event", descending=True).head(_EVENTS)["event"].to_list()
    rng = np.random.default_rng(seed)
    sides = [_drawn(features(one, kinds), rng) for one in (real, simulated)]
    rows, label = np.vstack(sides), np.repeat([1, 0], [len(side) for side in sides])
    trees = HistGradientBoostingClassifier(max_iter=80, learning_rate=0.1, max_leaf_nodes=15, random_state=seed)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=seed)
    with threadpool_limits(1):  # so few rows are slower on several: they wait for each other at every leaf
        score = cross_val_predict(trees, rows, label, cv=folds, method="predict_proba")[:, 1]
    return area(score[label == 1], score[label == 0])


def _drawn(rows: Floats, rng: np.random.Generator) -> Floats:
    return rows if len(rows) <= _MOST else rows[rng.choice(len(rows), _MOST, replace=False)]


def features(one: Observed, kinds: list[str]) -> Floats:
    """Return what each active customer did, ``(n, features)``; what is not known is NaN."""
    gap = pl.col("day").diff()
    log = pl.col("value").filter(pl.col("value") > 0).log()
    by = one.orders.group_by("who").agg(
        orders=pl.len(),
        first=pl.col("day").min(),
        recency=one.days - pl.col("day").max(),
        gap=gap.mean(),
        gap_spread=gap.std(),
        lines=pl.col("lines").mean(),
        value=log.mean(),
        value_spread=log.std(),
    )
    counts = [pl.col("event").eq(kind).sum().alias(f"n_{place}") for place, kind in enumerate(kinds)]
    did = one.events.group_by("who").agg(*counts, days=pl.col("day").n_unique(), channels=pl.col("channel").n_unique())
    frame = pl.DataFrame({"who": active(one)}).join(did, on="who", how="left").join(by, on="who", how="left")
    return frame.drop("who").cast(pl.Float64).fill_null(float("nan")).to_numpy()


def area(real: Floats, simulated: Floats) -> Interval:
    """Return the probability that a real customer scores above a simulated one, with its interval."""
    from scipy.stats import rankdata

    m, n = len(real), len(simulated)
    pooled = rankdata(np.concatenate([real, simulated]))
    above = (pooled[:m] - rankdata(real)) / n
    below = 1.0 - (pooled[m:] - rankdata(simulated)) / m
    value = float(above.mean())
    error = float(np.sqrt(above.var(ddof=1) / m + below.var(ddof=1) / n))
    return Interval(value, max(0.0, value - Z * error), min(1.0, value + Z * error))
