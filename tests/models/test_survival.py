"""When, not only whether."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight

from cjlab.errors import EvidenceError, TableError
from cjlab.models import Survival, load, save
from cjlab.models._survival import _baseline

if TYPE_CHECKING:
    from pathlib import Path


def base(n: int, seed: int) -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Make customers who leave at a rate that two columns tell, seen for 30 at most."""
    rng = np.random.default_rng(seed)
    X = pd.DataFrame(
        {"kind": rng.choice(["month", "year"], n), "calls": rng.poisson(2, n), "noise": rng.normal(size=n)}
    )
    rate = 0.02 * np.where(X["kind"] == "month", 3.0, 1.0) * np.exp(0.25 * X["calls"])
    time = rng.exponential(1 / rate)
    return X, np.minimum(time, 30), time < 30


@pytest.fixture(scope="module")
def model() -> Survival:
    X, time, left = base(3000, 0)
    return Survival(rounds=150, folds=3).fit(X, time, left=left)


def test_shares_are_near_the_true_ones_for_customers_not_seen(model: Survival) -> None:
    X, _, _ = base(2000, 1)
    rate = 0.02 * np.where(X["kind"] == "month", 3.0, 1.0) * np.exp(0.25 * X["calls"])
    found = model.predict(X, at=[5, 15, 29])
    for at in (5, 15, 29):
        assert np.abs(found[at] - np.exp(-rate * at)).mean() < 0.035
        assert found[at].mean() == pytest.approx(np.exp(-rate * at).mean(), abs=0.02)


def test_shares_fall_from_one(model: Survival) -> None:
    X, _, _ = base(50, 2)
    found = model.predict(X, at=[0, 1, 10, 20]).to_numpy()
    assert (found[:, 0] == 1).all()
    assert (np.diff(found, axis=1) <= 0).all()


def test_those_who_stayed_shorten_no_life() -> None:
    X, time, left = base(3000, 3)
    kept = SurvfuncRight(time, left.astype(int))
    told = Survival(rounds=60, folds=3).fit(X, time, left=left).predict(X, at=[10, 25]).mean()
    for at in (10, 25):
        assert told[at] == pytest.approx(
            kept.surv_prob[np.searchsorted(kept.surv_times, at, side="right") - 1], abs=0.02
        )


def test_the_baseline_is_breslows() -> None:
    rng = np.random.default_rng(4)
    x = rng.normal(size=300)
    time = np.ceil(rng.exponential(np.exp(-0.7 * x)) * 20)
    left = rng.random(300) < 0.7
    cox = PHReg(time, x[:, None], status=left.astype(int), ties="breslow").fit(disp=0)
    times, hazard = _baseline(cox.params[0] * x, time, left)
    (known,) = cox.baseline_cumulative_hazard
    before = known[1][np.searchsorted(known[0], times)]  # statsmodels says what has added up before each time
    np.testing.assert_allclose(np.r_[0, hazard[:-1]], before, rtol=1e-6)
    flat, plain = _baseline(np.zeros(300), time, left)  # without a model it is Nelson and Aalen's
    by_hand = np.cumsum([(left & (time == one)).sum() / (time >= one).sum() for one in flat])
    np.testing.assert_allclose(plain, by_hand)


def test_a_stored_one_says_the_same(model: Survival, tmp_path: Path) -> None:
    X, _, _ = base(50, 5)
    again = load(save(model, tmp_path / "model"))
    pd.testing.assert_frame_equal(again.predict(X, at=[3, 9]), model.predict(X, at=[3, 9]))


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"time": [1.0, 0.0, 2.0]}, TableError, r"time is 0\.0 in row 1 \(1 such rows\); give times above 0"),
        ({"time": [1.0, 2.0]}, TableError, r"time has the shape \(2,\)"),
        ({"left": [0, 2, 1]}, TableError, "left holds other than true and false"),
        ({"left": [0, 0, 1]}, EvidenceError, "1 class has only 1 of them"),
    ],
)
def test_what_cannot_be_learnt_is_named(given: dict[str, Any], error: type[Exception], said: str) -> None:
    told: dict[str, Any] = {"time": [1.0, 2.0, 3.0], "left": [0, 1, 1]} | given
    with pytest.raises(error, match=said):
        Survival().fit(np.arange(3)[:, None], told.pop("time"), **told)


def test_what_nobody_has_seen_is_not_foretold(model: Survival) -> None:
    with pytest.raises(EvidenceError, match="at asks for 60, and nobody was seen to leave after 2"):
        model.predict(base(5, 6)[0], at=[10, 60])
