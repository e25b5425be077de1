"""Ticks are round, few, and include zero; words inside a figure are only words."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjlab.plots._text import broken, plain
from cjlab.plots._ticks import Span, Ticks

sizes = st.floats(-1e9, 1e9, allow_nan=False).filter(lambda size: size == 0 or abs(size) > 1e-9)


@given(st.lists(sizes | st.none(), max_size=8), st.integers(3, 9))
def test_an_axis_holds_its_values_and_few_round_ticks(values: list[float | None], most: int) -> None:
    span = Span.of(values)
    ticks = Ticks.of(span, most=most)
    assert all(span.low <= value <= span.high for value in values if value is not None)
    assert 0 in ticks.values
    assert 1 <= len(ticks.values) <= most + 1
    assert all(span.low <= tick <= span.high for tick in ticks.values)
    assert len({f"{tick:.{ticks.digits}f}" for tick in ticks.values}) == len(ticks.values)


@pytest.mark.parametrize(
    ("low", "high", "most", "values"),
    [
        (-0.01, 8.4, 5, (0, 2, 4, 6, 8)),
        (-0.3, 0.7, 4, (-0.25, 0, 0.25, 0.5)),
        (0, 310, 7, (0, 50, 100, 150, 200, 250, 300)),
    ],
)
def test_ticks_a_person_would_choose(low: float, high: float, most: int, values: tuple[float, ...]) -> None:
    assert Ticks.of(Span(low, high), most=most).values == values


@given(st.text(max_size=200))
def test_words_are_shown_sign_by_sign(text: str) -> None:
    shown = plain(text)
    assert not set("<>$") & set(shown)
    kept = [sign for sign in html.unescape(shown) if sign.isprintable() and not sign.isspace()]
    assert kept == [sign for sign in text if sign.isprintable() and not sign.isspace()]


@given(st.text(max_size=300), st.integers(8, 60), st.integers(1, 4))
def test_broken_words_keep_to_their_lines(text: str, width: int, lines: int) -> None:
    parts = broken(text, width=width, lines=lines).split("<br>")
    assert len(parts) <= lines
    assert all(len(html.unescape(part)) <= width for part in parts)
