"""Shuffled labels: where features tell nothing of an outcome, a model must find nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from benchmarks.proof.bar import Rate
from cjlab.features import Recipe, churned, families
from cjlab.metrics import roc
from cjlab.models import Churn
from cjlab.simulator import World, simulate

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

CUSTOMERS, DAYS, DATE, WITHIN = 3_000, 150, "2024-03-15", "60D"
FAMILIES = ("contract", "service", "rfm")
APART = 0.02
Z99 = 2.5758
SAID = (
    "Labels of 3,000 customers of the telecom world are shuffled, so that contracts, bills, service and purchases tell "
    "nothing of them; `Churn` by its default, which is that of `Propensity`, learns from one half and is judged on "
    f"the other. The mean of the AUC is to lie within {APART} of a half, with its 99 % interval, and DeLong's 95 % "
    "interval of each is to hold a half as often as it says."
)


class Shuffled(NamedTuple):
    """AUCs of customers not learnt from, one a shuffle, and whether their intervals hold a half."""

    area: Floats
    held: NDArray[np.bool_]

    @property
    def interval(self) -> tuple[float, float]:
        """The 99 % interval of the mean."""
        half = Z99 * float(self.area.std(ddof=1)) / len(self.area) ** 0.5
        return float(self.area.mean()) - half, float(self.area.mean()) + half

    @property
    def holds(self) -> bool:
        """Whether the mean lies near a half, with its interval."""
        return all(abs(end - 0.5) <= APART for end in self.interval)


def people() -> tuple[pd.DataFrame, Floats]:
    """Return features and what came of customers, all of them real but for the order of the labels."""
    log = simulate(World.telecom(n_customers=CUSTOMERS, seed=0), days=DAYS).log
    told = families(log, DATE)
    left = churned(log, as_of=DATE, within=WITHIN).y
    made = Recipe(*(one for name in FAMILIES for one in told[name])).build(log, DATE)
    return made.loc[left.index], left.to_numpy()


def shuffled(seeds: range) -> Shuffled:
    """Learn from one half of the customers, and judge the other, with labels shuffled anew for every seed."""
    features, outcome = people()
    half, found = len(outcome) // 2, []
    for seed in seeds:
        drawn = np.random.default_rng(seed)
        labels, order = drawn.permutation(outcome), drawn.permutation(len(outcome))
        learnt, judged = order[:half], order[half:]
        model = Churn().fit(features.iloc[learnt], labels[learnt])
        found.append(roc(labels[judged], model.predict_proba(features.iloc[judged])[:, 1]).auc)
    held = np.array([one.low <= 0.5 <= one.high for one in found])
    return Shuffled(np.array([one.estimate for one in found]), held)


def experiments(runs: int) -> tuple[str, Rate, bool]:
    """Return what is said of the default, how often its interval holds a half, and whether its mean is near one."""
    found = shuffled(range(runs))
    low, high = found.interval
    verdict = "holds" if found.holds else "does not hold"
    body = (
        f"{SAID}\n\nOver {runs:,} shuffles the mean AUC is {found.area.mean():.4f} ({low:.4f} to {high:.4f}): that it "
        f"lies within {APART} of a half {verdict}."
    )
    rate = Rate.of("Churn and Propensity: the interval of the AUC holds a half", "shuffled labels", found.held, 0.95)
    return body, rate, found.holds
