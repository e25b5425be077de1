"""A guardrail is held, broken, or open; its p-value says the same as its interval."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from cjlab.errors import SpecError
from cjlab.statistics import Sample, noninferiority, proportions, welch

samples = st.builds(Sample, st.integers(2, 10**5), st.floats(-10, 10), st.floats(1e-2, 100))
shares = st.integers(50, 5_000).flatmap(
    lambda n: st.integers(1, n - 1).map(lambda count: Sample(n, count / n, float("nan")))
)


@given(samples, samples, st.floats(0, 5), st.sampled_from(["up", "down"]), st.sampled_from([0.8, 0.95]))
def test_held_is_a_small_p(one: Sample, two: Sample, margin: float, harm: str, confidence: float) -> None:
    found = noninferiority(welch(one, two, confidence=confidence), margin=margin, harm=harm, confidence=confidence)
    assume(abs(found.p - (1 - confidence) / 2) > 1e-9)
    assert found.held == (found.p < (1 - confidence) / 2)
    assert not (found.held and found.broken)


@given(shares, shares, st.floats(0, 0.2), st.sampled_from(["up", "down"]))
def test_held_is_a_small_p_of_shares_too(one: Sample, two: Sample, margin: float, harm: str) -> None:
    comparison = proportions(one, two)
    found = noninferiority(comparison, margin=margin, harm=harm)
    assume(abs(found.p - 0.025) > 1e-9)
    assert found.held == (found.p < 0.025)
    assert found.bound == (comparison.high if harm == "up" else comparison.low)


@given(samples, samples, st.floats(0, 5))
def test_harm_up_is_harm_down_of_the_opposite(one: Sample, two: Sample, margin: float) -> None:
    opposite = [Sample(s.n, -s.mean, s.variance) for s in (one, two)]
    up = noninferiority(welch(one, two), margin=margin, harm="up")
    down = noninferiority(welch(*opposite), margin=margin, harm="down")
    assert (up.held, up.broken, up.bound, up.threshold) == (down.held, down.broken, -down.bound, -down.threshold)


def test_the_p_value_is_a_one_sided_t_test_shifted_by_the_margin() -> None:
    draw = np.random.default_rng(0)
    one, two = draw.normal(1.0, 1, 80), draw.normal(1.1, 2, 70)
    expected = stats.ttest_ind(one + 0.4, two, equal_var=False, alternative="greater").pvalue
    comparison = welch(*(Sample(len(arm), arm.mean(), arm.var(ddof=1)) for arm in (one, two)))
    assert noninferiority(comparison, margin=0.4, harm="down").p == pytest.approx(expected, rel=1e-9)


def test_held_broken_and_open() -> None:
    after = Sample(np.full(3, 10_000), np.array([5.0, 4.9, 4.8]), 4.0)
    found = noninferiority(welch(after, Sample(10_000, 5.0, 4.0)), margin=0.1, harm="down")
    assert found.held.tolist() == [True, False, False]
    assert found.broken.tolist() == [False, False, True]


def test_what_cannot_be_compared_is_open() -> None:
    found = noninferiority(welch(Sample(1, 5.0, np.nan), Sample(9, 5.0, 4.0)), margin=0.1, harm="down")
    assert not found.held
    assert not found.broken
    assert np.isnan(found.p)


@pytest.mark.parametrize("margin", [-0.1, float("nan")])
def test_a_margin_below_nothing_is_refused(margin: float) -> None:
    with pytest.raises(SpecError, match=f"margin is {margin}; give a finite amount of harm, 0 or above"):
        noninferiority(welch(Sample(9, 5.0, 4.0), Sample(9, 5.0, 4.0)), margin=margin, harm="down")
