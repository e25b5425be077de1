"""Shares by the score method: published, statsmodels' and searched values; and possible ones at 0 and 1."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import xlogy
from scipy.stats import norm
from statsmodels.stats.proportion import confint_proportions_2indep, test_proportions_2indep

from cjlab.errors import EvidenceError, SpecError
from cjlab.statistics import Comparison, Sample, proportions

NAN = float("nan")
test_proportions_2indep.__test__ = False
counted = st.integers(1, 5_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def share(count: int, n: int) -> Sample:
    return Sample(n, count / n, NAN)


def likeliest(difference: float, one: tuple[int, int], two: tuple[int, int]) -> float:
    """Control share of greatest likelihood when the treated one is ``difference`` higher, by search."""

    def surprise(share: float) -> float:
        shares = share + difference, share
        return -sum(xlogy(x, p) + xlogy(n - x, 1 - p) for p, (x, n) in zip(shares, (one, two), strict=True))

    ends = max(0.0, -difference), min(1.0, 1 - difference)
    return float(minimize_scalar(surprise, bounds=ends, method="bounded", options={"xatol": 1e-12}).x)


def statistic(difference: float, one: tuple[int, int], two: tuple[int, int]) -> float:
    """Miettinen and Nurminen's statistic of a difference."""
    control = likeliest(difference, one, two)
    parts = [p * (1 - p) / n for p, n in ((control + difference, one[1]), (control, two[1]))]
    total = one[1] + two[1]
    return (one[0] / one[1] - two[0] / two[1] - difference) / (sum(parts) * total / (total - 1)) ** 0.5


CASES = [
    ((3_894, 21_307), (2_262, 21_306)),
    ((267, 21_307), (122, 21_306)),
    ((12, 300), (5, 280)),
    ((150, 300), (100, 400)),
    ((12, 3_000), (30, 2_500)),
    ((40, 900), (2, 1_100)),
]


@pytest.mark.parametrize(("one", "two"), CASES)
def test_the_ends_of_the_difference_are_where_a_search_of_the_likelihood_puts_them(
    one: tuple[int, int], two: tuple[int, int]
) -> None:
    found = proportions(share(*one), share(*two))
    assert [statistic(float(end), one, two) for end in (found.low, found.high)] == pytest.approx(
        [norm.isf(0.025), -norm.isf(0.025)], abs=1e-6
    )


@pytest.mark.parametrize(("one", "two"), CASES)
def test_the_ends_of_the_ratio_are_statsmodels(one: tuple[int, int], two: tuple[int, int]) -> None:
    found = proportions(share(*one), share(*two))
    expected = confint_proportions_2indep(*one, *two, method="score", compare="ratio", correction=True)
    assert (found.relative_low + 1, found.relative_high + 1) == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize(("one", "two"), CASES)
def test_p_is_statsmodels(one: tuple[int, int], two: tuple[int, int]) -> None:
    expected = test_proportions_2indep(*one, *two, method="score", compare="diff", correction=True)
    assert proportions(share(*one), share(*two)).p == pytest.approx(expected.pvalue, rel=1e-9)


@pytest.mark.parametrize(("one", "two"), CASES)
@pytest.mark.parametrize("null", [0.01, -0.02])
def test_p_of_another_null_is_where_a_search_puts_it(one: tuple[int, int], two: tuple[int, int], null: float) -> None:
    found = proportions(share(*one), share(*two), null=null)
    assert norm.isf(found.p / 2) == pytest.approx(abs(statistic(null, one, two)), rel=1e-6)


@pytest.mark.parametrize(  # Newcombe 1998, doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I
    ("one", "two", "low", "high"),
    [
        ((56, 70), (48, 80), 0.0528, 0.3382),
        ((9, 10), (3, 10), 0.1700, 0.8406),
        ((6, 7), (2, 7), 0.0342, 0.8534),
        ((5, 56), (0, 29), -0.0326, 0.1933),
    ],
)
def test_published_intervals(one: tuple[int, int], two: tuple[int, int], low: float, high: float) -> None:
    found = proportions(share(*one), share(*two))
    assert (found.low, found.high) == pytest.approx((low, high), abs=6e-5)


def as_tuple(found: Comparison) -> tuple[float, ...]:
    return (found.estimate, found.low, found.high, found.relative_low, found.relative_high)


@given(counted, counted)
def test_the_intervals_hold_the_estimate_and_stay_possible(one: tuple[int, int], two: tuple[int, int]) -> None:
    found = proportions(share(*one), share(*two))
    assert -1 <= found.low <= found.estimate <= found.high <= 1
    assert found.low < found.high
    assert -1 <= found.relative_low <= found.relative_high
    if two[0]:
        assert found.relative_low - 1e-9 <= found.relative <= found.relative_high + 1e-9
    else:
        assert found.relative_high == np.inf


@given(counted, counted)
def test_both_intervals_agree_with_the_test(one: tuple[int, int], two: tuple[int, int]) -> None:
    found = proportions(share(*one), share(*two))
    assume(abs(found.p - 0.05) > 1e-6)
    assert (found.low <= 0 <= found.high) == (found.p > 0.05)
    assert (found.relative_low <= 0 <= found.relative_high) == (found.p > 0.05)


@given(counted, counted)
def test_an_end_of_the_interval_has_the_p_of_the_confidence(one: tuple[int, int], two: tuple[int, int]) -> None:
    found = proportions(share(*one), share(*two))
    for end in (float(found.low), float(found.high)):
        if abs(end) < 1 - 1e-6 and abs(end - found.estimate) > 1e-9:
            assert proportions(share(*one), share(*two), null=end).p == pytest.approx(0.05, rel=1e-6)


@given(counted, counted)
def test_swapping_arms_or_outcomes_turns_the_sign(one: tuple[int, int], two: tuple[int, int]) -> None:
    there, back = proportions(share(*one), share(*two)), proportions(share(*two), share(*one))
    others = [(n - count, n) for count, n in (one, two)]
    turned = proportions(*(share(*other) for other in others))
    for other in (back, turned):
        assert (there.low, there.high) == pytest.approx((-other.high, -other.low), rel=1e-9, abs=1e-12)


def test_nobody_answered_in_either_arm() -> None:
    found = proportions(share(0, 50), share(0, 60))
    assert found.p == 1
    assert as_tuple(found) == pytest.approx((0.0, -0.0606904, 0.0719551, -1.0, np.inf), abs=1e-6)


def test_everybody_answered_in_both_arms() -> None:
    found = proportions(share(50, 50), share(60, 60))
    assert (found.p, found.relative) == (1, 0)
    assert (found.low, found.high) == pytest.approx((-0.0719551, 0.0606904), abs=1e-6)


def test_nobody_against_everybody() -> None:
    found = proportions(share(0, 50), share(60, 60))
    assert (found.estimate, found.low, found.relative, found.relative_low) == (-1, -1, -1, -1)
    assert -1 < found.high < -0.9


def test_an_empty_arm_gives_nan() -> None:
    found = proportions(Sample(0, NAN, NAN), share(3, 10))
    assert np.isnan([found.estimate, found.p, *as_tuple(found)]).all()


def test_arrays_are_compared_one_by_one() -> None:
    n, rate = np.array([50, 400, 9_000]), np.array([0.0, 0.1, 0.999])
    together = proportions(Sample(n, rate, NAN), share(30, 600))
    for place in range(3):
        alone = proportions(Sample(n[place], rate[place], NAN), share(30, 600))
        assert [field[place] for field in together] == pytest.approx(list(alone), rel=1e-12, nan_ok=True)


def test_a_mean_that_is_no_share_is_refused() -> None:
    with pytest.raises(EvidenceError, match=r"treated arm is 1\.5, which is no share.*compare means with welch"):
        proportions(Sample(10, 1.5, NAN), share(3, 10))


def test_a_variance_that_is_no_shares_is_refused() -> None:
    with pytest.raises(EvidenceError, match=r"variance of the control arm is 4\.0, which a metric of 0 and 1"):
        proportions(share(3, 10), Sample(10, 0.5, 4.0))


def test_the_variance_of_a_share_is_taken() -> None:
    assert proportions(Sample(4, 0.5, 1 / 3), share(1, 4)).estimate == 0.25


def test_a_null_that_no_difference_can_have_is_refused() -> None:
    with pytest.raises(SpecError, match=r"null is 1\.5; give a number above -1 and below 1"):
        proportions(share(3, 10), share(3, 10), null=1.5)
