"""Customers whose chances are known, made in a moment."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
import pytest


class Base(NamedTuple):
    """A table of features, what came, and the chance it had."""

    X: pd.DataFrame
    y: pd.Series[int]
    chance: np.ndarray


def base(n: int = 3000, *, seed: int = 3) -> Base:
    """Make customers of whom three columns tell something, one bends, and one has gaps."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {
            "silence": rng.exponential(30, n),
            "orders": rng.poisson(4, n).astype(float),
            "contract": rng.choice(["month", "year", "two years"], n, p=[0.5, 0.3, 0.2]),
            "noise": rng.normal(size=n),
            "score": np.where(rng.random(n) < 0.3, np.nan, rng.integers(0, 11, n)),
        },
        index=pd.RangeIndex(n, name="customer_id"),
    )
    z = -2 + 1.6 * np.minimum(X["silence"] / 30, 2) - 0.25 * X["orders"] + X["contract"].map({"month": 1}).fillna(0)
    chance = (1 / (1 + np.exp(-z))).to_numpy()
    return Base(X, pd.Series((rng.random(n) < chance).astype(int), index=X.index, name="left"), chance)


@pytest.fixture(scope="session")
def customers() -> Base:
    """Return 3,000 such customers."""
    return base()
