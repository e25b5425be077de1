"""The job by statsmodels as its users do it: a pandas frame, CUPED by hand, Welch's interval by CompareMeans.

The other way, least squares on arm and covariate with robust errors, finds nearly the same and takes longer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from benchmarks.experiments.job import CONTROL, PAIRS, Effect, answer

if TYPE_CHECKING:
    from collections.abc import Iterator


def effects(path: str) -> Iterator[Effect]:
    """Read the file, and compare arm by arm and metric by metric the customers whose values are known."""
    customers = pd.read_parquet(path)
    for arm in sorted(set(customers["arm"].unique()) - {CONTROL}):
        both = customers[customers["arm"].isin([arm, CONTROL])]
        for metric, past in PAIRS.items():
            known = both[["arm", metric, past]].dropna()
            yield Effect(arm, metric, *_compared(known[metric], known[past], known["arm"] == arm))


def _compared(metric: pd.Series, past: pd.Series, treated: pd.Series) -> tuple[float, float, float]:
    adjusted = metric - metric.cov(past) / past.var() * (past - past.mean())
    means = CompareMeans(DescrStatsW(adjusted[treated]), DescrStatsW(adjusted[~treated]))
    return float(means.d1.mean - means.d2.mean), *map(float, means.tconfint_diff(usevar="unequal"))


if __name__ == "__main__":
    answer(effects)
