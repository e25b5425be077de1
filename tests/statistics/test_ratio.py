"""A ratio of means varies as the delta method says, worked out here in other ways."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cjlab.statistics import Joint, Sample, ratio, welch


def drawn(seed: int, n: int) -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(seed)
    orders = 1.0 + draw.poisson(2.0, n)
    return orders * draw.lognormal(1, 0.5, n), orders


def reduced(y: np.ndarray, x: np.ndarray) -> Joint:
    return Joint(len(y), y.mean(), x.mean(), y.var(ddof=1), x.var(ddof=1), np.cov(y, x)[0, 1])


@pytest.mark.parametrize("seed", range(10))
def test_the_error_is_that_of_a_numerical_gradient(seed: int) -> None:
    arms = [drawn(2 * seed, 700), drawn(2 * seed + 1, 500)]
    means = np.array([part.mean() for arm in arms for part in arm])
    spread = np.zeros((4, 4))
    for place, (y, x) in enumerate(arms):
        inside = slice(2 * place, 2 * place + 2)
        spread[inside, inside] = np.cov(y, x) / len(y)

    def difference(at: np.ndarray) -> float:
        return float(at[0] / at[1] - at[2] / at[3])

    steps = 1e-6 * np.eye(4)
    gradient = np.array([(difference(means + step) - difference(means - step)) / 2e-6 for step in steps])
    found = ratio(*(reduced(*arm) for arm in arms))
    assert found.estimate == pytest.approx(difference(means), rel=1e-12)
    assert found.standard_error == pytest.approx(np.sqrt(gradient @ spread @ gradient), rel=1e-7)


def test_it_is_a_t_test_of_linearised_values() -> None:
    arms = [drawn(0, 700), drawn(1, 500)]
    levels = [y.mean() / x.mean() for y, x in arms]
    lines = [level + (y - level * x) / x.mean() for level, (y, x) in zip(levels, arms, strict=True)]
    expected = stats.ttest_ind(*lines, equal_var=False)
    found = ratio(*(reduced(*arm) for arm in arms))
    low, high = expected.confidence_interval(0.95)
    assert (found.p, found.low, found.high) == pytest.approx((expected.pvalue, low, high), rel=1e-9)
    assert (found.treated, found.control) == pytest.approx(levels, rel=1e-12)


@given(st.floats(-50, 50), st.floats(0.1, 50), st.floats(0.1, 9))
def test_a_denominator_of_one_leaves_the_mean(mean: float, variance: float, null: float) -> None:
    found = ratio(Joint(90, mean, 1.0, variance, 0.0, 0.0), Joint(80, 1.0, 1.0, 2.0, 0.0, 0.0), null=null)
    assert list(found) == pytest.approx(
        list(welch(Sample(90, mean, variance), Sample(80, 1.0, 2.0), null=null)), rel=1e-12
    )


def test_nothing_below_gives_nan() -> None:
    found = ratio(Joint(90, 1.0, 0.0, 1.0, 0.0, 0.0), Joint(80, 1.0, 1.0, 2.0, 0.0, 0.0))
    assert np.isnan([found.treated, found.estimate, found.p, found.low, found.relative]).all()
