"""Personas: planted kinds are found, nothing is invented, and what is found of the market's own personas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from sklearn.metrics import adjusted_rand_score

from benchmarks.proof.bar import Rate
from cjlab.errors import EvidenceError
from cjlab.models import Personas
from cjlab.models.personas._traits import BROUGHT, traits
from cjlab.simulator import World, simulate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

SHARES = (0.5, 0.3, 0.2)
ORDERS, SILENT, DISCOUNTS, NORTH = (1.0, 9.0, 5.0), (120.0, 12.0, 30.0), (0.3, 0.5, 6.0), (0.3, 0.3, 0.9)
COLUMNS = ("where", "personas", "agreement with the truth", "found again", "rules")
SAID = (
    "Customers of three kinds drawn (rare ones, regulars, hunters of discounts in the north), 1,500 a run, whose "
    "traits overlap: agreement is the adjusted Rand index of the personas and the kinds (1: the same, 0: as by "
    "chance). Then traits drawn independently of each other, in which there is nothing to find. Then the packaged "
    "retail world after a year, whose customers are of personas of its own."
)


def planted(seed: int, n: int = 1_500) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Draw customers of three kinds: rare ones, regulars, and hunters of discounts in the north."""
    draw = np.random.default_rng([67, seed])
    kind = draw.choice(3, n, p=SHARES)
    orders = draw.poisson(np.array(ORDERS)[kind])
    frame = pd.DataFrame(
        {
            "orders": orders,
            "silent": draw.exponential(np.array(SILENT)[kind]),
            "discounts": draw.poisson(np.array(DISCOUNTS)[kind]),
            "zone": np.where(draw.random(n) < np.array(NORTH)[kind], "north", "south"),
        },
        index=pd.Index(range(n), name="customer_id"),
    )
    return frame, kind


def alike(seed: int, n: int = 1_500) -> pd.DataFrame:
    """Draw customers of one kind: traits that have nothing to do with each other."""
    draw = np.random.default_rng([68, seed])
    return pd.DataFrame(draw.normal(size=(n, 6)), columns=list("abcdef"))


def found(seeds: int) -> tuple[str, ...]:
    """Say how well planted kinds are found, and how often they are not found again and so refused."""
    told = [one for one in map(_agreed, range(seeds)) if one is not None]
    agreed, again = np.array(told).T
    reach = 1.96 * agreed.std(ddof=1) / np.sqrt(len(told))
    mean = f"{agreed.mean():.3f} ({agreed.mean() - reach:.3f} to {agreed.mean() + reach:.3f}; least {agreed.min():.2f})"
    where = f"three planted kinds, {seeds} draws, of which {seeds - len(told)} are refused"
    return where, "2 or 3", mean, f"{again.mean():.3f}", "; ".join(Personas(most=3).fit(planted(0)[0]).rules)


def _agreed(seed: int) -> tuple[float, float] | None:
    frame, kind = planted(seed)
    try:
        model = Personas(most=3).fit(frame)
    except EvidenceError:
        return None
    agreed = float(adjusted_rand_score(kind, model.predict(frame)))
    return agreed, float(model.stability.mean[len(model.rules) - 2])


def lived(worlds: int, customers: int) -> Iterator[tuple[str, ...]]:
    """Yield what is found of the retail world's own personas."""
    for seed in range(worlds):
        run = simulate(World.retail(n_customers=customers, seed=seed), days=365)
        known = traits(run.log, "2024-12-30").drop(columns=list(BROUGHT.values()), errors="ignore")
        model = Personas().fit(known)
        agreed = adjusted_rand_score(run.truth.personas(known.index.to_numpy()), model.predict(known))
        again = float(model.stability.mean[len(model.rules) - 2])
        yield (
            f"retail world {seed}",
            str(len(model.rules)),
            f"{agreed:.3f}",
            f"{again:.3f}",
            "; ".join(model.rules[:2]) + "; …",
        )


def invented(seeds: int) -> Rate:
    """Say how often personas are refused where there are none."""
    refused = np.array([_refused(alike(seed)) for seed in range(seeds)])
    return Rate.of(
        "no personas where traits have nothing to do with each other", "1,500 drawn", refused, 0.95, kind="at_least"
    )


def _refused(frame: pd.DataFrame) -> bool:
    try:
        Personas(resamples=10).fit(frame)
    except EvidenceError:
        return True
    return False
