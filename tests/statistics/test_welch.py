"""Welch's comparison is scipy's, and its relative interval never contradicts its test."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cjlab.errors import SpecError
from cjlab.statistics import Sample, level, sample_ratio, welch

NAN = float("nan")
samples = st.builds(Sample, st.integers(2, 10**6), st.floats(-1e3, 1e3), st.floats(1e-3, 1e6))


def reduced(values: np.ndarray) -> Sample:
    return Sample(len(values), values.mean(), values.var(ddof=1))


@pytest.mark.parametrize("seed", range(20))
def test_test_and_interval_are_scipys(seed: int) -> None:
    draw = np.random.default_rng(seed)
    one, two = draw.lognormal(0.1, 1, 50 + 31 * seed), draw.normal(1.5, 1 + seed, 40 + 7 * seed)
    found, expected = welch(reduced(one), reduced(two)), stats.ttest_ind(one, two, equal_var=False)
    low, high = expected.confidence_interval(0.95)
    assert (found.p, found.df, found.low, found.high) == pytest.approx(
        (expected.pvalue, expected.df, low, high), rel=1e-9
    )


def test_four_values_an_arm_by_hand() -> None:  # 1 2 3 6 against 0 1 1 2: means 3 and 1, variances 14/3 and 2/3
    found = welch(Sample(4, 3.0, 14 / 3), Sample(4, 1.0, 2 / 3))
    assert found.standard_error == pytest.approx((16 / 12) ** 0.5)
    assert found.df == pytest.approx((4 / 3) ** 2 / ((14 / 12) ** 2 / 3 + (2 / 12) ** 2 / 3))
    assert (found.estimate, found.relative) == (2.0, 2.0)


@given(samples, samples, st.floats(-100, 100))
def test_swapping_the_arms_turns_the_sign(one: Sample, two: Sample, null: float) -> None:
    there, back = welch(one, two, null=null), welch(two, one, null=-null)
    assert (there.estimate, there.low, there.high) == (-back.estimate, -back.high, -back.low)
    assert there.p == pytest.approx(float(back.p), rel=1e-12)


@given(samples, samples)
def test_the_relative_interval_agrees_with_the_test(one: Sample, two: Sample) -> None:
    found = welch(one, two)
    if abs(found.p - 0.05) > 1e-9 and np.isfinite(found.relative_low):
        assert (found.relative_low <= 0 <= found.relative_high) == (found.p > 0.05)


@given(samples, samples)
def test_each_end_of_the_relative_interval_is_just_not_rejected(one: Sample, two: Sample) -> None:
    found = welch(one, two)
    quantile = stats.t.ppf(0.975, found.df)
    for ratio in (found.relative_low, found.relative_high):
        if np.isfinite(ratio) and abs(ratio) < 1e6:
            gap = one.mean - (1 + ratio) * two.mean
            error = np.sqrt(one.variance / one.n + (1 + ratio) ** 2 * two.variance / two.n)
            scale = abs(one.mean) + (1 + abs(ratio)) * abs(two.mean) + quantile * error
            assert abs(abs(gap) - quantile * error) < 1e-9 * scale


@given(samples, samples, st.floats(0.01, 100), st.floats(-1e3, 1e3))
def test_another_unit_changes_nothing(one: Sample, two: Sample, unit: float, origin: float) -> None:
    changed = [Sample(s.n, unit * s.mean + origin, unit**2 * s.variance) for s in (one, two)]
    assert welch(*changed).p == pytest.approx(float(welch(one, two).p), rel=1e-6, abs=1e-12)


def test_arrays_are_compared_one_by_one() -> None:
    n, mean, variance = np.array([10, 20, 30]), np.array([1.0, 2.0, 3.0]), np.array([1.0, 4.0, 9.0])
    together = welch(Sample(n, mean, variance), Sample(15, 1.5, 2.0))
    for place in range(3):
        alone = welch(Sample(n[place], mean[place], variance[place]), Sample(15, 1.5, 2.0))
        assert [field[place] for field in together] == list(alone)


@pytest.mark.parametrize("arm", [Sample(0, NAN, NAN), Sample(1, 2.0, NAN)])
def test_an_arm_that_says_too_little_gives_nan(arm: Sample) -> None:
    found = welch(arm, Sample(10, 1.0, 1.0))
    assert np.isnan(
        [found.standard_error, found.low, found.high, found.p, found.relative_low, found.relative_high]
    ).all()


def test_arms_that_do_not_vary_give_an_estimate_without_interval() -> None:
    found = welch(Sample(10, 2.0, 0.0), Sample(10, 1.0, 0.0))
    assert found.estimate == 1.0
    assert np.isnan([found.standard_error, found.low, found.p, found.relative_high]).all()


def test_a_control_that_may_be_nothing_bounds_no_ratio() -> None:
    found = welch(Sample(10, 2.0, 1.0), Sample(10, 0.1, 1.0))
    assert (found.relative_low, found.relative_high) == (-np.inf, np.inf)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"confidence": 1.0}, "confidence is 1.0; give a number above 0 and below 1"),
        ({"null": NAN}, "null is nan; give a finite number"),
    ],
)
def test_what_is_no_level_is_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        welch(Sample(10, 2.0, 1.0), Sample(10, 1.0, 1.0), **options)


def test_numbers_give_numbers_that_show_themselves_as_such() -> None:
    one, two = Sample(100, 1.0, 2.0), Sample(100, 1.5, 2.0)
    for answer in (welch(one, two), level(one), sample_ratio([50, 50], [1, 1])):
        assert "np." not in repr(answer)
        assert "array" not in repr(answer)
