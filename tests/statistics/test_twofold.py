"""Numbers of twice the digits are exact where they say so, against fractions."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjlab.statistics._twofold import Twofold

numbers = st.floats(-1e100, 1e100).filter(lambda value: value == 0 or abs(value) > 1e-100)


def exact(value: Twofold) -> Fraction:
    return Fraction(float(value.high)) + Fraction(float(value.low))


@given(numbers, numbers)
def test_a_sum_and_a_product_of_two_are_exact(one: float, other: float) -> None:
    assert exact(Twofold.sum_of(np.float64(one), np.float64(other))) == Fraction(one) + Fraction(other)
    assert exact(Twofold.product_of(np.float64(one), np.float64(other))) == Fraction(one) * Fraction(other)


@given(st.lists(st.floats(-1e20, 1e20), min_size=1, max_size=40), st.randoms())
def test_a_total_is_exact_to_thirty_digits_in_any_order(values: list[float], random: object) -> None:
    expected = sum(Fraction(value) for value in values)
    scale = sum(abs(Fraction(value)) for value in values)
    random.shuffle(values)
    found = Twofold.of(np.array(values)[:, None]).total()[0]
    assert abs(exact(found) - expected) <= scale * Fraction(1, 10**29)


@given(numbers, st.integers(1, 10**9))
def test_a_quotient_has_thirty_digits(value: float, divisor: int) -> None:
    found = exact(Twofold.of(np.float64(value)) / np.float64(divisor))
    assert abs(found - Fraction(value) / divisor) <= abs(Fraction(value)) / divisor * Fraction(1, 10**29)


def test_a_difference_keeps_what_a_float_loses() -> None:
    one = Twofold.sum_of(np.float64(1e16), np.float64(0.25))
    assert (one - Twofold.of(np.float64(1e16))).high == pytest.approx(0.25, abs=0)
