"""The level of an arm: Student's interval for a mean, Wilson's for a share."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from cjlab.errors import SpecError
from cjlab.statistics import Sample, level


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.9, 0.95]))
def test_a_share_is_wilsons(counted: tuple[int, int], confidence: float) -> None:
    count, n = counted
    found = level(Sample(n, count / n, float("nan")), kind="share", confidence=confidence)
    assert (found.low, found.high) == pytest.approx(proportion_confint(count, n, 1 - confidence, "wilson"), abs=1e-12)


def test_a_mean_is_students() -> None:
    values = np.random.default_rng(0).lognormal(size=40)
    expected = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    found = level(Sample(40, values.mean(), values.var(ddof=1)))
    assert (found.low, found.high) == pytest.approx(tuple(expected), rel=1e-9)


@pytest.mark.parametrize("sample", [Sample(0, np.nan, np.nan), Sample(1, 2.0, np.nan), Sample(9, 2.0, 0.0)])
def test_a_mean_that_does_not_vary_has_no_interval(sample: Sample) -> None:
    assert np.isnan([level(sample).low, level(sample).high]).all()


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(SpecError, match="kind is 'median'; allowed: 'mean' or 'share'"):
        level(Sample(9, 2.0, 1.0), kind="median")  # type: ignore[arg-type] - the point of the test
