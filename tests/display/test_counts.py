"""From the parts of a whole, and the whole, no hidden count of customers can be pinned down."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjlab._display import Numbers, Parts

COUNTS = st.lists(st.one_of(st.integers(0, 12), st.integers(0, 60), st.integers(0, 5_000)), min_size=1, max_size=8)
HIDDEN = {"under 11", "not told"}


def shown(counts: tuple[int, ...]) -> tuple[str, ...]:
    numbers = Numbers("en")
    return (*numbers.parts(counts), numbers.whole(counts))


@pytest.mark.parametrize(("parts", "most"), [(1, 60), (2, 60), (3, 36)])
def test_whoever_knows_the_rule_can_pin_down_no_hidden_count(parts: int, most: int) -> None:
    """All counts are shown, and those that look alike are set side by side: a hidden part has two values or more."""
    alike = defaultdict(list)
    for counts in product(range(most), repeat=parts):
        alike[shown(counts)].append(counts)
    inside = most - 12  # of larger ones those that look like them are not all there
    for said, own in alike.items():
        for place, text in enumerate(said[:-1]):
            if text in HIDDEN and max(max(one) for one in own) < inside:
                assert len({one[place] for one in own}) > 1, (said, own)


@given(COUNTS)
def test_a_hidden_count_is_never_what_the_others_leave(counts: list[int]) -> None:
    *cells, whole = shown(tuple(counts))
    hidden = [place for place, text in enumerate(cells) if text in HIDDEN]
    assert [place for place, n in enumerate(counts) if 0 < n < 11 and place not in hidden] == []
    assert len(hidden) != 1 or whole == "under 11" or " to " in whole


@given(COUNTS)
def test_where_nobody_is_few_everything_is_told(counts: list[int]) -> None:
    large = [n for n in counts if n == 0 or n >= 11]
    assert shown(tuple(large)) == (*(f"{n:,}" for n in large), f"{sum(large):,}")


def test_the_next_smallest_is_hidden_too() -> None:
    assert Numbers("en").parts([400, 5, 95]) == ["400", "under 11", "not told"]
    assert Numbers("fr").parts([400, 5, 95]) == ["400", "moins de 11", "non dit"]
    assert Numbers("en").parts([3, 5, 95, 0]) == ["under 11", "under 11", "95", "0"]  # 8 of both: either has 1 to 7


def test_where_all_are_small_none_is_said_to_be_the_few_one() -> None:
    assert shown((9, 0)) == ("under 11", "0", "under 11")
    assert shown((10, 10)) == shown((11, 9)) == ("not told", "not told", "20")
    assert Parts((1, 11, 0)).told == (False, False, True)


def test_where_there_is_no_other_part_to_hide_the_whole_is_a_range() -> None:
    """Eleven customers in eleven parts are one in each."""
    assert shown((1,) * 11) == (*["under 11"] * 11, "11 to 110")
    assert Numbers("fr").whole([1] * 11) == "11 à 110"
