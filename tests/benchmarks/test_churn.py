"""What the page says of churn is counted right, on a short version of each measurement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from benchmarks.models.churn import planted, worlds
from benchmarks.models.churn.contenders import LINE, OURS, TREES, fitted
from benchmarks.models.churn.market import Market
from benchmarks.models.churn.truth import Truth, truth
from cjlab import metrics
from cjlab.models import Churn, reasons
from cjlab.simulator import World, simulate

if TYPE_CHECKING:
    from numpy.typing import NDArray


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


DAY, LATER = 120, 90


@pytest.fixture(scope="module")
def people() -> tuple[World, NDArray[np.void], NDArray[np.bool_]]:
    """Let a small operator's customers live for four months, and see who of them has left three months later."""
    world = World.telecom(n_customers=3_000, seed=0)
    then, later = (simulate(world, days=days).truth.people for days in (DAY, DAY + LATER))
    held = then["under"] == 1
    return world, then[held], (later["under"] == 0)[held]


def test_the_law_of_leaving_tells_who_left(people: tuple[World, NDArray[np.void], NDArray[np.bool_]]) -> None:
    world, then, left = people
    found = truth(world, then, day=DAY, within=LATER)
    assert found.chance.min() > 0
    assert found.chance.max() == 1.0  # who has asked for the end
    assert metrics.roc(left, found.chance).auc.low > 0.65
    assert found.chance.mean() == pytest.approx(left.mean(), rel=0.35)
    assert set(found.causes) == set(planted.SEEN_IN)


def test_a_cause_is_what_it_adds_above_the_usual(people: tuple[World, NDArray[np.void], NDArray[np.bool_]]) -> None:
    world, then, _ = people
    causes = truth(world, then, day=DAY, within=LATER).causes
    assert (causes["arrears"][then["arrears"] == 0] == 0).all()
    asked = causes["notice"].to_numpy() > 0  # nothing adds to what is sure
    assert (causes["arrears"][(then["arrears"] > 0) & ~asked] > 0).all()
    assert (causes.drop(columns="notice")[asked] == 0).all(axis=None)
    assert causes["satisfaction"][then["satisfaction"] < np.quantile(then["satisfaction"], 0.1)].mean() > 0.2
    free = (then["committed"] <= DAY) & (then["captive"] == 0)
    assert causes["commitment"][free].mean() > 0 > causes["commitment"][~free].mean()
    harmed = then.copy()
    harmed["strain"] += 1.0  # everybody alike: none is above the usual
    assert truth(world, harmed, day=DAY, within=LATER).causes["strain"].mean() == pytest.approx(
        causes["strain"].mean(), abs=0.05
    )


def test_a_reason_hits_where_its_kind_is_that_of_the_cause() -> None:
    rng = np.random.default_rng(2)
    X = pd.DataFrame(
        {"arrears": rng.integers(0, 3, 4_000), "complaints": rng.poisson(0.4, 4_000), "x": rng.random(4_000)}
    )
    causes = pd.DataFrame({"arrears": 1.5 * X["arrears"], "satisfaction": 1.2 * X["complaints"]})
    y = rng.random(4_000) < 1 / (1 + np.exp(4 - causes.sum(axis=1)))
    model = Churn(depths=(3,), rounds=100, folds=3).fit(X, y)
    score = model.predict_proba(X)[:, 1]
    market = Market(World.telecom(), model, X, y.to_numpy(float), score, Truth(score, causes - causes.mean()))
    told = planted.named(market)
    assert told.first.mean() > 0.9
    assert (told.three >= told.first).all()
    assert told.reader.mean() > 0.9
    false = causes.rename(columns={"arrears": "price"})
    wrong = planted.named(market._replace(truth=Truth(score, false - false.mean())))
    assert wrong.first[wrong.cause == "price"].mean() == 0


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
