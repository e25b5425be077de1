"""Strata put together are a regression with every interaction, whose weights may be drawn too."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from cjlab.errors import SpecError
from cjlab.statistics import Sample, poststratified, welch


def drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    stratum, arm = draw.integers(0, 4, 900), draw.random(900) < 0.4
    return draw.normal(stratum + arm * (0.3 + stratum), 1 + stratum), arm, stratum


def reduced(y: np.ndarray, stratum: np.ndarray) -> Sample:
    parts = [y[stratum == one] for one in range(4)]
    return Sample(*(np.array([measure(part) for part in parts]) for measure in (len, np.mean, lambda v: v.var(ddof=1))))


@pytest.mark.parametrize("seed", range(10))
def test_known_weights_are_a_regression_with_interactions(seed: int) -> None:
    y, arm, stratum = drawn(seed)
    weights = np.bincount(stratum) / len(stratum)
    dummies = (stratum[:, None] == np.arange(1, 4)).astype(float) - weights[1:]
    fitted = sm.OLS(y, np.column_stack([np.ones(900), arm, dummies, arm[:, None] * dummies])).fit(cov_type="HC2")
    found = poststratified(reduced(y[arm], stratum[arm]), reduced(y[~arm], stratum[~arm]), weights=weights)
    assert (found.estimate, found.standard_error) == pytest.approx((fitted.params[1], fitted.bse[1]), rel=1e-9)


def test_weights_from_the_arms_add_their_own_error() -> None:
    y, arm, stratum = drawn(0)
    sides = reduced(y[arm], stratum[arm]), reduced(y[~arm], stratum[~arm])
    weights = np.bincount(stratum) / len(stratum)
    known, drawn_too = poststratified(*sides, weights=weights), poststratified(*sides)
    effects = np.asarray(sides[0].mean) - np.asarray(sides[1].mean)
    between = (weights * (effects - known.estimate) ** 2).sum() / 900
    assert drawn_too.estimate == pytest.approx(float(known.estimate), rel=1e-12)
    assert drawn_too.standard_error**2 == pytest.approx(known.standard_error**2 + between, rel=1e-12)


def test_one_stratum_is_welch() -> None:
    one, two = Sample(50, 3.0, 2.0), Sample(60, 2.0, 5.0)
    found = poststratified(*(Sample(*([field] for field in arm)) for arm in (one, two)), null=0.2)
    assert list(found) == pytest.approx(list(welch(one, two, null=0.2)), rel=1e-12)


def test_a_stratum_without_weight_may_be_empty() -> None:
    one, two = Sample([50, 0], [3.0, np.nan], [2.0, np.nan]), Sample([60, 9], [2.0, 9.0], [5.0, 1.0])
    found = poststratified(one, two, weights=[1, 0])
    assert found.estimate == 1
    assert np.isnan(poststratified(one, two).estimate)


def test_many_metrics_at_once() -> None:
    one = Sample(np.full((2, 3), 50), np.arange(6.0).reshape(2, 3), 2.0)
    two = Sample(np.full((2, 3), 60), np.zeros((2, 3)), 2.0)
    assert poststratified(one, two, weights=[1, 3]).estimate.tolist() == [2.25, 3.25, 4.25]


@pytest.mark.parametrize("weights", [[1.0], [1.0, -1.0], [0.0, 0.0], [1.0, np.nan]])
def test_what_are_no_weights_is_refused(weights: list[float]) -> None:
    with pytest.raises(SpecError, match="give one share of 0 or above for each of 2 strata"):
        poststratified(Sample([9, 9], [1.0, 1.0], 1.0), Sample([9, 9], [1.0, 1.0], 1.0), weights=weights)
