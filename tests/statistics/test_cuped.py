"""CUPED is regression on arm and covariate, with Welch's variances, and its relative interval leaves no term out."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from cjlab.statistics import Joint, Sample, cuped, welch

Arm = tuple[np.ndarray, np.ndarray]


def drawn(seed: int, n: int, shift: float = 0.0) -> Arm:
    draw = np.random.default_rng(seed)
    x = draw.lognormal(1, 0.7, n)
    return 0.6 * x + draw.normal(5 + shift, 1 + abs(shift), n), x


def reduced(arm: Arm) -> Joint:
    y, x = arm
    return Joint(len(y), y.mean(), x.mean(), y.var(ddof=1), x.var(ddof=1), np.cov(y, x)[0, 1])


def slope(*arms: Arm) -> float:
    product = sum(((y - y.mean()) * (x - x.mean())).sum() for y, x in arms)
    return float(product / sum(((x - x.mean()) ** 2).sum() for _, x in arms))


def adjusted_levels(means: np.ndarray, theta: float, n: tuple[int, int]) -> tuple[float, float]:
    """Adjusted means from (treated y, treated x, control y, control x)."""
    middle = (n[0] * means[1] + n[1] * means[3]) / sum(n)
    return means[0] - theta * (means[1] - middle), means[2] - theta * (means[3] - middle)


ARMS = [(drawn(2 * seed, 900 + 40 * seed, 0.3), drawn(2 * seed + 1, 700)) for seed in range(10)]


@pytest.mark.parametrize(("one", "two"), ARMS)
def test_the_estimate_is_the_arms_coefficient_in_a_regression(one: Arm, two: Arm) -> None:
    y, x = (np.concatenate(part) for part in zip(one, two, strict=True))
    arm = np.repeat([1.0, 0.0], [len(one[0]), len(two[0])])
    fitted = sm.OLS(y, sm.add_constant(np.column_stack([arm, x]))).fit(cov_type="HC2")
    found = cuped(reduced(one), reduced(two))
    assert found.estimate == pytest.approx(fitted.params[1], rel=1e-9)
    assert found.standard_error == pytest.approx(fitted.bse[1], rel=3 / len(two[0]))


@pytest.mark.parametrize(("one", "two"), ARMS)
def test_the_test_is_welchs_on_adjusted_values(one: Arm, two: Arm) -> None:
    theta = slope(one, two)
    expected = stats.ttest_ind(one[0] - theta * one[1], two[0] - theta * two[1], equal_var=False)
    found = cuped(reduced(one), reduced(two))
    low, high = expected.confidence_interval(0.95)
    assert (found.p, found.df, found.low, found.high) == pytest.approx(
        (expected.pvalue, expected.df, low, high), rel=1e-9
    )


@pytest.mark.parametrize(("one", "two"), ARMS)
def test_the_relative_interval_is_the_full_delta_methods(one: Arm, two: Arm) -> None:
    n, theta = (len(one[0]), len(two[0])), slope(one, two)
    means = np.array([one[0].mean(), one[1].mean(), two[0].mean(), two[1].mean()])
    spread = np.zeros((4, 4))
    spread[:2, :2], spread[2:, 2:] = np.cov(*one) / n[0], np.cov(*two) / n[1]
    found = cuped(reduced(one), reduced(two))
    levels = adjusted_levels(means, theta, n)
    assert (found.treated, found.control) == pytest.approx(levels, rel=1e-12)
    assert found.relative == pytest.approx(levels[0] / levels[1] - 1, rel=1e-12)

    quantile = stats.t.ppf(0.975, found.df)
    for end in (float(found.relative_low), float(found.relative_high)):

        def gap(at: np.ndarray, ratio: float = 1 + end) -> float:
            treated, control = adjusted_levels(at, theta, n)
            return treated - ratio * control

        gradient = np.array([(gap(means + step) - gap(means - step)) / 2e-6 for step in 1e-6 * np.eye(4)])
        assert abs(gap(means)) == pytest.approx(quantile * np.sqrt(gradient @ spread @ gradient), rel=1e-6)


@pytest.mark.parametrize(("one", "two"), ARMS)
def test_the_first_order_relative_error_is_the_same(one: Arm, two: Arm) -> None:
    """Half the interval's width is the quantile times the delta method's error, up to the square of that error."""
    n, theta = (len(one[0]), len(two[0])), slope(one, two)
    means = np.array([one[0].mean(), one[1].mean(), two[0].mean(), two[1].mean()])
    spread = np.zeros((4, 4))
    spread[:2, :2], spread[2:, 2:] = np.cov(*one) / n[0], np.cov(*two) / n[1]

    def relative(at: np.ndarray) -> float:
        treated, control = adjusted_levels(at, theta, n)
        return treated / control - 1

    gradient = np.array([(relative(means + step) - relative(means - step)) / 2e-6 for step in 1e-6 * np.eye(4)])
    error = np.sqrt(gradient @ spread @ gradient)
    found = cuped(reduced(one), reduced(two))
    width = (found.relative_high - found.relative_low) / 2
    assert width == pytest.approx(stats.t.ppf(0.975, found.df) * error, rel=20 * error)


def test_a_constant_covariate_adjusts_nothing() -> None:
    found = cuped(Joint(90, 3.0, 1.0, 2.0, 0.0, 0.0), Joint(80, 1.0, 1.0, 2.0, 0.0, 0.0), null=0.5)
    assert list(found) == pytest.approx(list(welch(Sample(90, 3.0, 2.0), Sample(80, 1.0, 2.0), null=0.5)), rel=1e-12)


def test_a_covariate_that_tells_nothing_adjusts_nothing() -> None:
    found = cuped(Joint(90, 3.0, 1.0, 2.0, 4.0, 0.0), Joint(80, 1.0, 7.0, 2.0, 4.0, 0.0))
    assert list(found) == pytest.approx(list(welch(Sample(90, 3.0, 2.0), Sample(80, 1.0, 2.0))), rel=1e-12)


def test_a_billion_added_to_the_covariate_changes_nothing() -> None:
    one, two = ARMS[0]
    moved = [(y, x + 1e9) for y, x in (one, two)]
    found, expected = cuped(*map(reduced, moved)), cuped(reduced(one), reduced(two))
    assert (found.estimate, found.standard_error) == pytest.approx(
        (expected.estimate, expected.standard_error), rel=1e-6
    )


def test_an_empty_arm_gives_nan() -> None:
    nothing = Joint(0, *[float("nan")] * 5)
    found = cuped(nothing, Joint(80, 1.0, 7.0, 2.0, 4.0, 0.0))
    assert np.isnan([found.estimate, found.p, found.relative_low]).all()
