"""When, not only whether."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight

from cjlab.errors import EvidenceError, TableError
from cjlab.models import Survival, load, save
from cjlab.models.survival._baseline import Baseline, added_up
from cjlab.models.survival._judged import concordance, kept
from cjlab.models.survival._stay import grouped

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
    times, hazard, *_ = added_up(x, cox.params[0], time, left)
    (known,) = cox.baseline_cumulative_hazard
    before = known[1][np.searchsorted(known[0], times)]  # statsmodels says what has added up before each time
    np.testing.assert_allclose(np.r_[0, hazard[:-1]], before, rtol=1e-6)
    flat, plain, *_ = added_up(np.zeros(300), 0.0, time, left)  # without a model it is Nelson and Aalen's
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


def test_without_risks_the_interval_is_that_of_nelson_and_aalen() -> None:
    rng = np.random.default_rng(5)
    time = np.ceil(rng.exponential(20, 300))
    left = rng.random(300) < 0.7
    made = Baseline.of(np.zeros(300), time, left)
    share, low, high = (
        one[0, 0] for one in grouped(np.zeros(300), made, np.array([15.0]), np.zeros(300, int), confidence=0.95)
    )
    days = np.unique(time[left & (time <= 15)])
    gone = np.array([(left & (time == one)).sum() for one in days])
    there = np.array([(time >= one).sum() for one in days])
    hazard, error = (gone / there).sum(), np.sqrt((gone / there**2).sum())
    assert share == pytest.approx(np.exp(-hazard))
    assert low == pytest.approx(np.exp(-hazard * np.exp(1.959964 * error / hazard)), rel=1e-6)
    assert high == pytest.approx(np.exp(-hazard * np.exp(-1.959964 * error / hazard)), rel=1e-6)


def test_intervals_of_groups_hold_the_truth_as_often_as_they_say() -> None:
    asked, held = np.array([10.0]), np.zeros(2)
    for seed in range(400):
        rng = np.random.default_rng(seed)
        x = rng.normal(size=200)
        time = rng.exponential(20 * np.exp(-0.7 * x))
        left, group = time < 15, (x > 0).astype(int)
        made = Baseline.of(x, np.minimum(time, 15), left)
        _, low, high = grouped(x, made, asked, group, confidence=0.95)
        true = np.exp(-10 / 20 * np.exp(0.7 * x))
        truth = [true[group == one].mean() for one in (0, 1)]
        held += [low[one, 0] <= truth[one] <= high[one, 0] for one in (0, 1)]
    for count in held:  # the exact 99 % binomial interval of 400 at 0.95
        assert binomtest(int(count), 400, 0.95).pvalue > 0.01


def test_one_customer_and_the_mean_of_all_are_stays(model: Survival) -> None:
    X, _, _ = base(50, 6)
    found = model.stay(X, at=[0, 10], by=np.arange(50))
    np.testing.assert_allclose(found.share, model.predict(X, at=[0, 10]))
    assert (found.share[0] == 1).all()
    assert (found.low[0] == 1).all()  # at once nobody has left: nothing to be unsure of
    whole = model.stay(X, at=[10])
    assert whole.share.loc["all", 10] == pytest.approx(model.predict(X, at=[10])[10].mean())
    assert whole.low.loc["all", 10] < whole.share.loc["all", 10] < whole.high.loc["all", 10]
    assert (found.high[10] - found.low[10]).mean() > whole.high.loc["all", 10] - whole.low.loc["all", 10]


def test_a_group_for_other_customers_is_named(model: Survival) -> None:
    with pytest.raises(TableError, match=r"by has the shape \(3,\); give one group a row, \(50,\)"):
        model.stay(base(50, 6)[0], at=[10], by=["a", "b", "c"])


def test_what_came_is_kaplan_and_meiers_with_greenwoods_error() -> None:
    _, time, left = base(300, 7)
    found = SurvfuncRight(time, left.astype(int))
    place = np.searchsorted(found.surv_times, 10, side="right") - 1
    share, error = found.surv_prob[place], found.surv_prob_se[place]
    reach = np.exp(1.959964 * error / (-share * np.log(share)))  # of ln(-ln S), by the delta method
    assert kept(time, left, 10.0) == pytest.approx((share, share**reach, share ** (1 / reach)), rel=1e-6)
    assert kept(time, left, 0.0)[0] == 1.0
    assert np.isnan(kept(time, left, 0.0)[1])


def test_concordance_is_that_of_all_pairs() -> None:
    rng = np.random.default_rng(8)
    risk, time, gone = rng.integers(0, 4, 60).astype(float), rng.integers(1, 9, 60).astype(float), rng.random(60) < 0.6
    known, right = 0, 0.0
    for i in range(60):
        for j in range(60):
            if gone[i] and (time[i] < time[j] or (time[i] == time[j] and not gone[j])):
                known += 1
                right += 1.0 if risk[i] > risk[j] else 0.5 if risk[i] == risk[j] else 0.0
    assert concordance(risk, time, gone)[0] == pytest.approx(right / known)


def test_the_interval_of_a_concordance_is_as_wide_as_it_varies() -> None:
    found = []
    for seed in range(200):
        rng = np.random.default_rng(seed)
        risk = rng.normal(size=150)
        time = rng.exponential(np.exp(-0.7 * risk))
        found.append(concordance(risk, np.minimum(time, 1.5), time < 1.5))
    estimate, low, high = np.array(found).T
    assert ((high - low) / 2 / 1.96).mean() == pytest.approx(estimate.std(), rel=0.15)


def test_nobody_who_left_first_is_named() -> None:
    with pytest.raises(EvidenceError, match="of no two customers is it known who left first"):
        concordance(np.arange(3.0), np.ones(3), np.zeros(3, dtype=bool))


def test_promises_to_customers_not_learnt_from_come(model: Survival) -> None:
    X, time, left = base(2000, 9)
    judged = model.judge(X, time, left=left, at=[5, 15])
    figures = {one.measure: one for one in judged.figures}
    assert figures["concordance"].low > 0.6
    assert figures["slope"].low < 1.05
    assert figures["slope"].high > 0.95
    frame = judged.to_frame()
    assert (frame["promised"] - frame["came"]).abs().max() < 0.06
    assert len(frame) == 6
