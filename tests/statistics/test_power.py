"""Size, effect and power are three faces of one equation, and statsmodels' where it has the same one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.power import TTestIndPower

from cjlab.errors import SpecError
from cjlab.statistics import Plan

sizes = st.integers(6, 200_000)
effects = st.floats(0.01, 2)


@given(n=sizes, effect=effects, alpha=st.sampled_from([0.001, 0.01, 0.05]))
def test_equal_arms_are_statsmodels(n: int, effect: float, alpha: float) -> None:
    expected = TTestIndPower().power(effect_size=effect / 3, nobs1=n, alpha=alpha)
    if expected < 1 - 1e-9:
        assert Plan(deviation=3.0, alpha=alpha).power(effect, n) == pytest.approx(expected, abs=1e-8)


@given(n=sizes, wanted=st.floats(0.2, 0.99), ratio=st.floats(0.6, 4), treated=st.floats(0.2, 5))
def test_the_detectable_effect_has_the_power_asked_for(n: int, wanted: float, ratio: float, treated: float) -> None:
    plan = Plan(deviation=1.0, deviation_treated=treated, ratio=ratio)
    assert plan.power(plan.minimum_effect(n, wanted), n) == pytest.approx(wanted, abs=1e-7)


@given(effect=effects, ratio=st.floats(0.5, 4))
def test_the_size_is_the_smallest_that_reaches_the_power(effect: float, ratio: float) -> None:
    plan = Plan(deviation=1.0, ratio=ratio)
    n = plan.sample_size(effect)
    assert plan.power(effect, n) >= 0.8 - 1e-6
    if (n - 1) * min(1, ratio) >= 3:
        assert plan.power(effect, n - 1) < 0.8


def test_a_published_size() -> None:  # Cohen (1988), table 2.4.1: two-sided .05, power .80
    assert [Plan(deviation=1.0).sample_size(d) for d in (0.2, 0.5, 0.8)] == [394, 64, 26]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"deviation": -1.0}, "deviation is -1.0; give a number above 1e-60"),
        ({"deviation_treated": 0.0}, "deviation_treated is 0.0; give a number above 1e-60"),
        ({"ratio": 0.0}, "ratio is 0.0; give a number above 0"),
        ({"alpha": 1.0}, "alpha is 1.0; give a number above 0 and below 1"),
    ],
)
def test_a_plan_that_cannot_be_is_refused(fields: dict[str, float], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        Plan(**{"deviation": 1.0, **fields})


def test_what_cannot_be_planned_is_refused() -> None:
    plan = Plan(deviation=1.0)
    with pytest.raises(SpecError, match="effect is 0; no number of customers"):
        plan.sample_size(0.0)
    with pytest.raises(SpecError, match="too small for any number of customers"):
        plan.sample_size(1e-12)
    with pytest.raises(SpecError, match=r"power is 0\.04; give more than alpha"):
        plan.sample_size(0.5, 0.04)
    with pytest.raises(SpecError, match="n is 2; give a number from 3 to"):
        plan.power(0.5, 2)


@pytest.mark.parametrize("n", [0, -5, 1, math.nan, 1e300, np.array([10, 100])])
def test_an_effect_is_detectable_from_three_customers_an_arm(n: Any) -> None:
    with pytest.raises(SpecError, match=r"n is .*; give a (number from 3|finite number)"):
        Plan(deviation=1.0).minimum_effect(n)


def test_an_effect_near_nothing_has_no_size() -> None:
    with pytest.raises(SpecError, match="effect is 1e-300, too small for any number of customers"):
        Plan(deviation=1.0).sample_size(1e-300)
