"""Trials whose truth is known."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cjlab.models import Uplift

CHANCES = {"none": 0.4, "call": 0.2, "mail": 0.4}


class Known(NamedTuple):
    """A trial, and the true effect of each arm on each customer."""

    X: pd.DataFrame
    y: NDArray[np.float64]
    arm: NDArray[np.str_]
    effect: pd.DataFrame

    @property
    def given(self) -> dict[str, object]:
        return {"arm": self.arm, "control": "none", "propensity": CHANCES}


def known(rows: int = 6_000, *, seed: int = 0, logistic: bool = True) -> Known:
    """Draw a trial of three arms: a mail that helps in the south, a call that helps and annoys by habit."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(
        {
            "visits": rng.poisson(3, rows).astype(float),
            "age": rng.normal(45, 12, rows),
            "zone": rng.choice(["north", "south"], rows),
            "card": rng.random(rows) < 0.3,
        },
        index=pd.Index(np.arange(rows) * 7 + 1, name="customer_id"),
    )
    arm = rng.choice(list(CHANCES), rows, p=list(CHANCES.values()))
    line = -1.2 + 0.25 * (table.visits - 3) + 0.4 * table.card
    lift = {"none": 0.0 * line, "call": 0.6 * (table.age - 45) / 12, "mail": 0.9 * (table.zone == "south")}
    mean = {name: 1 / (1 + np.exp(-(line + one))) if logistic else line + one for name, one in lift.items()}
    got = np.choose([list(CHANCES).index(one) for one in arm], [mean[name] for name in CHANCES])
    y = (rng.random(rows) < got).astype(float) if logistic else got + rng.normal(0, 1, rows)
    effect = pd.DataFrame({name: mean[name] - mean["none"] for name in ("call", "mail")})
    return Known(table, np.asarray(y), arm, effect)


class Bound(Uplift):
    """An uplift whose arms are every other row, so that it can be fitted on features and outcome alone."""

    def fit(self, X: object, y: object) -> "Bound":  # type: ignore[override]  # noqa: N803 - scikit-learn's name
        rows = len(X) if hasattr(X, "__len__") else 0
        return super().fit(X, y, arm=np.arange(rows) % 2, control=0, propensity={0: 0.5, 1: 0.5})
