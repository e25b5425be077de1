"""Numbers are written as a reader reads them, and whatever comes in, something readable comes out."""

from __future__ import annotations

import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjlab._display import Numbers

LANGUAGES = st.sampled_from(["en", "fr"])


@given(st.floats(), LANGUAGES)
def test_any_number_is_written_without_a_crash(value: float, language: str) -> None:
    numbers = Numbers(language)
    written = [numbers.count(value), numbers.decimal(value, digits=3, signed=True), numbers.points(value)]
    written += [numbers.share(value), numbers.money(value, "EUR", signed=True), numbers.probability(abs(value))]
    assert not [text for text in written if "nan" in text.lower() or "inf" in text.lower()]


def test_what_is_no_number_is_not_known() -> None:
    assert Numbers("en").share(math.nan) == Numbers("en").money(math.inf, "USD") == "not known"
    assert Numbers("fr").decimal(math.nan, digits=3) == Numbers("fr").probability(math.nan) == "inconnu"


@pytest.mark.parametrize(
    ("value", "written"),
    [(1e30, "$1.0\xa0×\xa010³⁰"), (-1.26e120, "−$1.3\xa0×\xa010¹²⁰"), (999e12, "$999,000,000,000,000")],
)
def test_huge_amounts_are_powers_of_ten(value: float, written: str) -> None:
    assert Numbers("en").money(value, "USD", digits=1 if value < 0 else 0) == written


def test_few_customers_are_not_counted_out() -> None:
    assert [Numbers("en").customers(count) for count in (0, 1, 10, 11)] == ["0", "under 11", "under 11", "11"]
    assert Numbers("fr").customers(7) == "moins de 11"


@pytest.mark.parametrize(
    ("language", "text", "trimmed"),
    [
        ("en", "+3.00 points", "+3 points"),
        ("en", "+2.50 points", "+2.5 points"),
        ("en", "€3,000.00", "€3,000"),
        ("en", "1,000", "1,000"),
        ("fr", "+3,00 points", "+3 points"),
    ],
)
def test_decimals_that_are_zero_are_left_out(language: str, text: str, trimmed: str) -> None:
    assert Numbers(language).trimmed(text) == trimmed


@pytest.mark.parametrize(
    ("day", "english", "french"), [(1, "1 June 2025", "1er juin 2025"), (21, "21 June 2025", "21 juin 2025")]
)
def test_the_first_of_a_month_is_counted_in_french(day: int, english: str, french: str) -> None:
    date = dt.date(2025, 6, day)
    assert (Numbers("en").date(date), Numbers("fr").date(date)) == (english, french)
