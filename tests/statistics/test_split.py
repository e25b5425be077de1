"""The sample-ratio test is Pearson's; the standardised difference is a difference in standard deviations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cjlab.errors import SpecError
from cjlab.statistics import Sample, sample_ratio, standardised_difference


@given(st.lists(st.tuples(st.integers(1, 10**6), st.floats(0.01, 1)), min_size=2, max_size=8))
def test_scipy_says_the_same(arms: list[tuple[int, float]]) -> None:
    counts, weights = (np.array(part, dtype=float) for part in zip(*arms, strict=True))
    expected = stats.chisquare(counts, counts.sum() * weights / weights.sum())
    found = sample_ratio(counts, weights)
    assert (found.statistic, found.df) == pytest.approx((expected.statistic, len(arms) - 1), rel=1e-9)
    assert found.p == pytest.approx(expected.pvalue, rel=1e-9, abs=1e-300)


def test_many_splits_at_once() -> None:
    found = sample_ratio([[50, 50], [60, 40], [0, 0]], [1, 1])
    assert found.statistic == pytest.approx([0, 4, np.nan], nan_ok=True)
    assert found.p == pytest.approx([1, 0.0455003, np.nan], rel=1e-6, nan_ok=True)


@pytest.mark.parametrize(
    ("counts", "weights", "message"),
    [
        ([5], [1], "give one count and one weight for each of two arms or more"),
        ([5, 5, 5], [1, 1], r"counts have the shape \(3,\) and weights \(2,\)"),
        ([5, 5], [1, 0], "every arm needs a share above 0"),
        ([5, -1], [1, 1], r"a count is -1\.0; an arm has 0 customers or more"),
    ],
)
def test_what_is_no_split_is_refused(counts: list[int], weights: list[int], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        sample_ratio(counts, weights)


def test_half_a_standard_deviation() -> None:  # (7 - 5) / sqrt((12 + 20) / 2)
    assert standardised_difference(Sample(30, 7.0, 12.0), Sample(40, 5.0, 20.0)) == 0.5


def test_what_is_the_same_for_all_does_not_differ() -> None:
    assert standardised_difference(Sample(30, 7.0, 0.0), Sample(40, 7.0, 0.0)) == 0
    assert np.isnan(standardised_difference(Sample(1, 7.0, np.nan), Sample(40, 7.0, 1.0)))
