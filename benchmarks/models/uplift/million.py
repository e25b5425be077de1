"""What effects of a million customers by a hundred features cost, and whether a planted one is found.

``python -m benchmarks.models.uplift.million forest 1000000`` prints it for one learner, in a process of its own.
"""

from __future__ import annotations

import json
import resource
import sys
import time

import numpy as np
import pandas as pd

from cjlab.models import Uplift

FEATURES, EFFECT = 100, 0.1
LEARNERS, CUSTOMERS = ("s", "forest"), 1_000_000
SAID = (
    f"**{CUSTOMERS:,} customers, {FEATURES} features**, a planted effect of {EFFECT} on the half whose first feature "
    "is above 0, none on the others; one thread, a process each; intervals are of all customers. A line cannot follow "
    "a step, so that the regression's intervals miss."
)
COLUMNS = (
    "learner",
    "CPU s to learn",
    "CPU s for intervals",
    "GiB",
    f"mean where {EFFECT}",
    "mean where 0",
    "customers whose 95 % interval holds",
    "correlation",
)


def main(learner: str, customers: int) -> dict[str, float]:
    """Plant an effect on those whose first feature is above 0, and look for it."""
    rng = np.random.default_rng(0)
    names = [f"x{place}" for place in range(FEATURES)]
    table = pd.DataFrame(rng.normal(size=(customers, FEATURES)), columns=names)
    truth = np.where(table["x0"] > 0, EFFECT, 0.0)
    arm = rng.choice(["none", "mail"], customers)
    y = (rng.random(customers) < 0.2 + 0.05 * np.tanh(table["x1"]) + truth * (arm == "mail")).astype(np.float64)
    began = time.process_time()
    model = Uplift(learner).fit(table, y, arm=arm, control="none", propensity={"none": 0.5, "mail": 0.5})
    learnt = time.process_time()
    found = model.interval(table)["mail"]
    told = time.process_time()
    return {
        "learnt": learnt - began,
        "told": told - learnt,
        "memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        "moved": float(found["estimate"][truth > 0].mean()),
        "unmoved": float(found["estimate"][truth == 0].mean()),
        "held": float(((found["low"] <= truth) & (truth <= found["high"])).mean()),
        "correlation": float(np.corrcoef(found["estimate"], truth)[0, 1]),
    }


def row(learner: str, told: dict[str, float]) -> tuple[str, ...]:
    """Write what was found of a learner as a row."""
    costs = (f"{told[name]:.1f}" for name in ("learnt", "told", "memory"))
    return (learner, *costs, *(f"{told[name]:.3f}" for name in ("moved", "unmoved", "held", "correlation")))


if __name__ == "__main__":
    json.dump(main(sys.argv[1], int(sys.argv[2])), sys.stdout)
