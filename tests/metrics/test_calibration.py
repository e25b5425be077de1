"""Calibration: hand-computed parts, statsmodels' slope, and an ECE that chance does not raise."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given
from hypothesis import strategies as st

import cjlab as cj
from cjlab.errors import EvidenceError, SpecError, TableError


def drawn(seed: int, n: int = 600, *, bold: float = 0.7) -> tuple[np.ndarray, np.ndarray]:
    """Draw scores that are too bold: what happens has ``bold`` times their logit."""
    rng = np.random.default_rng(seed)
    score = rng.beta(2, 4, n).round(3).clip(0.001, 0.999)
    return (rng.random(n) < 1 / (1 + np.exp(0.2 - bold * np.log(score / (1 - score))))).astype(float), score


def test_murphys_parts_by_hand() -> None:
    # two forecasts, .2 (1 of 4) and .7 (3 of 4): reliability (.05² + .05²) / 2, resolution .25², uncertainty .25
    found = cj.metrics.calibration([1, 0, 0, 0, 1, 1, 1, 0], [0.2] * 4 + [0.7] * 4)
    parts = (found.reliability, found.resolution, found.uncertainty, found.within)
    assert parts == pytest.approx((0.0025, 0.0625, 0.25, 0.0), abs=1e-15)
    assert found.brier.estimate == pytest.approx(0.0025 - 0.0625 + 0.25, abs=1e-15)
    assert found.ece_plain == pytest.approx(0.05, abs=1e-15)
    assert found.bins.n.tolist() == [4, 4]
    assert found.bins.happened.tolist() == [0.25, 0.75]


@given(st.integers(0, 10_000), st.integers(2, 40))
def test_the_parts_add_up_to_the_brier_score_whatever_the_bins(seed: int, bins: int) -> None:
    outcome, score = drawn(seed, 100)
    found = cj.metrics.calibration(outcome, score, bins=bins)
    assert found.brier.estimate == pytest.approx(np.mean((score - outcome) ** 2), abs=1e-15)
    parts = found.reliability - found.resolution + found.uncertainty + found.within
    assert parts == pytest.approx(found.brier.estimate, abs=1e-15)
    assert found.bins.n.sum() == 100
    assert (found.bins.last[:-1] < found.bins.first[1:]).all()


@pytest.mark.parametrize("seed", range(5))
def test_slope_and_intercept_are_those_of_statsmodels(seed: int) -> None:
    outcome, score = drawn(seed)
    found, logit = cj.metrics.calibration(outcome, score), np.log(score / (1 - score))
    n, binomial = len(outcome), sm.families.Binomial()
    line = sm.GLM(outcome, sm.add_constant(logit), family=binomial).fit(cov_type="HC0")
    level = sm.GLM(outcome, np.ones(n), family=binomial, offset=logit).fit(cov_type="HC0")
    assert found.slope.estimate == pytest.approx(line.params[1], rel=1e-7)
    assert found.slope.standard_error == pytest.approx(line.bse[1] * math.sqrt(n / (n - 1)), rel=1e-6)
    assert found.intercept.estimate == pytest.approx(level.params[0], rel=1e-7)
    assert found.intercept.standard_error == pytest.approx(level.bse[0] * math.sqrt(n / (n - 1)), rel=1e-6)


def test_clusters_are_those_of_statsmodels() -> None:
    outcome, score = drawn(1)
    customer = np.arange(600) // 3
    found, logit = cj.metrics.calibration(outcome, score, customer=customer), np.log(score / (1 - score))
    line = sm.GLM(outcome, sm.add_constant(logit), family=sm.families.Binomial()).fit(
        cov_type="cluster", cov_kwds={"groups": customer, "use_correction": False}
    )
    assert found.slope.standard_error == pytest.approx(line.bse[1] * math.sqrt(200 / 199), rel=1e-6)


def test_chance_does_not_raise_the_ece_of_the_best_of_scores() -> None:
    missed, plain = 0, []
    for seed in range(200):
        rng = np.random.default_rng([7, seed])
        score = rng.beta(1.5, 4, 500)
        found = cj.metrics.calibration((rng.random(500) < score).astype(float), score)
        missed += found.ece.low > 0
        plain.append(found.ece_plain)
    assert np.mean(plain) > 0.03  # what other programs say of a score that cannot be better
    assert missed <= 12  # 5 % of 200 are 10; the exact 99 % interval of 12 holds 2.5 %


def test_an_ece_that_is_there_is_found() -> None:
    truths, found = [], []
    for seed in range(200):
        rng = np.random.default_rng([8, seed])
        score = np.sort(rng.uniform(0.1, 0.9, 500))
        true = score - 0.1 * np.sign(score - 0.5)
        one = cj.metrics.calibration((rng.random(500) < true).astype(float), score, bins=8).ece
        truths.append(np.abs((true - score)[:496].reshape(8, 62).mean(axis=1)).mean())
        found.append((one.low <= truths[-1] <= one.high, one.estimate))
    inside, estimates = np.array(found).T
    assert inside.mean() >= 0.91
    assert estimates.mean() == pytest.approx(np.mean(truths), abs=0.005)


def test_what_has_no_slope_has_none() -> None:
    outcome = [0, 1, 0, 1]
    for score in ([0.5] * 4, [0.2, 0.9, 0.0, 0.8], [0.2, 0.9, 0.3, 0.8]):  # constant, a certain one, parted
        found = cj.metrics.calibration(outcome, score)
        assert math.isnan(found.slope.estimate)
        assert math.isnan(found.slope.low)


def test_a_bin_in_which_nothing_happened_is_still_uncertain() -> None:
    outcome, score = np.repeat([0, 1], 50), np.repeat([0.04, 0.6], 50)
    bins = cj.metrics.calibration(outcome, score).bins
    assert bins.happened.tolist() == [0, 1]
    assert bins.standard_error == pytest.approx(np.sqrt([0.04 * 0.96 / 50, 0.6 * 0.4 / 50]))
    assert bins.high[0] == pytest.approx(0.0713, abs=1e-4)  # Wilson's end for 0 of 50


def test_what_is_no_probability_is_named() -> None:
    with pytest.raises(TableError, match=r"score is 1\.5 in row 1; a probability lies from 0 to 1"):
        cj.metrics.calibration([0, 1], [0.5, 1.5])
    with pytest.raises(SpecError, match="bins is 1; give a whole number from 2 to 1000"):
        cj.metrics.calibration([0, 1], [0.5, 0.5], bins=1)
    with pytest.raises(EvidenceError, match="outcome is 0 in all 2 rows"):
        cj.metrics.calibration([0, 0], [0.5, 0.5])
    with pytest.raises(SpecError, match="confidence is 95; give a number above 0 and below 1"):
        cj.metrics.calibration([0, 1], [0.5, 0.5], confidence=95)
