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
        "CPU s to learn": learnt - began,
        "CPU s for intervals of all": told - learnt,
        "GiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        "mean where 0.1": float(found["estimate"][truth > 0].mean()),
        "mean where 0": float(found["estimate"][truth == 0].mean()),
        "held": float(((found["low"] <= truth) & (truth <= found["high"])).mean()),
        "correlation": float(np.corrcoef(found["estimate"], truth)[0, 1]),
    }


if __name__ == "__main__":
    json.dump(main(sys.argv[1], int(sys.argv[2])), sys.stdout)
