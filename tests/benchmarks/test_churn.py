"""What the page says of churn is counted right, on a short version of each measurement."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks.models.churn import worlds
from benchmarks.models.churn.contenders import LINE, OURS, TREES, fitted
from cjlab.models import Churn, reasons


def test_the_share_that_finds_four_of_five() -> None:
    assert worlds.needed(np.array([1, 0, 1, 1, 0, 1, 0, 0, 0, 1.0]), np.arange(10.0)[::-1]) == pytest.approx(0.6)


@pytest.mark.parametrize("name", [OURS, LINE, TREES])
def test_every_contender_takes_what_comes(name: str) -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {"n": np.where(rng.random(300) < 0.1, np.nan, rng.normal(size=300)), "c": rng.choice(["a", "b"], 300)}
    )
    y = (rng.random(300) < np.where(X["c"] == "a", 0.2, 0.8)).astype(float)
    new = pd.DataFrame({"n": [0.0, np.nan], "c": ["b", "never seen"]})
    assert np.isfinite(fitted(name, X, y).predict_proba(new)).all()


def test_the_strongest_planted_cause_is_among_the_first_three_reasons() -> None:
    rng = np.random.default_rng(1)
    n, names = 12_000, [f"x{place}" for place in range(16)]
    X = pd.DataFrame(rng.normal(size=(n, 16)), columns=names)
    causes = np.column_stack([
        0.9 * np.maximum(X["x0"], 0), 0.8 * (X["x1"] > 1), 0.6 * X["x2"], 0.9 * (X["x3"] < -0.7), 0.5 * np.abs(X["x4"])
    ])  # fmt: skip
    causes -= causes.mean(axis=0)
    y = rng.random(n) < 1 / (1 + np.exp(2.2 - causes.sum(axis=1)))
    model = Churn(depths=(3,), rounds=250, folds=3).fit(X[:8000], y[:8000])
    judged = X[8000:]
    risky = np.argsort(-model.predict_proba(judged)[:, 1])[:800]
    told = reasons(model, judged.iloc[risky])
    first = np.argsort(-told.adds, axis=1)[:, :3]
    strongest = causes[8000:][risky].argmax(axis=1)
    assert (first == strongest[:, None]).any(axis=1).mean() > 0.95
