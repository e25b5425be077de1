import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cjlab.errors import EvidenceError
from cjlab.statistics import divergence

counts = st.lists(st.integers(10, 200), min_size=2, max_size=6)


def rows(each: list[int]) -> np.ndarray:
    return np.repeat(np.arange(len(each)), each)


def test_two_cells_by_hand() -> None:
    """Shares 60.5/101 and 40.5/101, each with half a row more: the sum of differences times logarithms of ratios."""
    found = divergence(rows([60, 40]), rows([40, 60]))
    p, q = 60.5 / 101, 40.5 / 101
    assert found.psi.estimate == pytest.approx(2 * (p - q) * np.log(p / q), rel=1e-12)
    mixed = np.array([[p, 1 - p], [q, 1 - q]])
    js = stats.entropy(mixed.mean(axis=0)) - stats.entropy(mixed, axis=1).mean()
    assert found.js.estimate == pytest.approx(js, rel=1e-12)
    assert found.floor(0.05)[0] == pytest.approx((1 / 100 + 1 / 100) * stats.chi2.isf(0.05, 1), rel=1e-9)
    assert found.p == pytest.approx(stats.chi2.sf(found.psi.estimate / 0.02, 1), rel=1e-9)


@given(counts, counts)
def test_it_does_not_matter_which_came_first_or_what_cells_are_called(one: list[int], other: list[int]) -> None:
    first, second = rows(one), rows(other)
    found, turned = divergence(first, second), divergence(9 - second, 9 - first)
    assert turned.psi == pytest.approx(found.psi, rel=1e-6, abs=1e-9)
    assert turned.js == pytest.approx(found.js, rel=1e-6, abs=1e-9)
    assert found.psi.low <= found.psi.estimate <= found.psi.high + 1e-9 or found.p > 0.05


def test_rows_of_their_own_as_clusters_say_what_independent_rows_say() -> None:
    drawn = np.random.default_rng(0)
    first, second = drawn.integers(0, 6, 4_000), drawn.integers(0, 6, 2_000)
    own, each = divergence(first, second), (np.arange(4_000), np.arange(4_000, 6_000))
    assert divergence(first, second, clusters=each).df == pytest.approx(own.df, rel=0.01)
    assert divergence(first, second, clusters=each).scale == pytest.approx(own.scale, rel=0.01)


def test_rows_told_many_times_are_worth_what_they_say_once() -> None:
    drawn = np.random.default_rng(1)
    first, second = drawn.integers(0, 4, 3_000), drawn.integers(0, 4, 3_000)
    owners = np.arange(3_000), np.arange(3_000, 6_000)
    once = divergence(first, second, clusters=owners)
    often = divergence(np.tile(first, 5), second, clusters=(np.tile(owners[0], 5), owners[1]))
    assert often.scale == pytest.approx(once.scale, rel=1e-3)  # pooled shares alone, weighted by rows, differ
    assert often.p == pytest.approx(once.p, rel=0.01)


def test_the_same_customers_who_did_not_change_show_nothing() -> None:
    first = np.random.default_rng(2).integers(0, 4, 3_000)
    found = divergence(first, first, clusters=(np.arange(3_000), np.arange(3_000)))
    assert found.psi.estimate == found.floor(0.05)[0] == 0.0
    assert divergence(first, first).floor(0.05)[0] > 0.005


def test_rare_cells_are_joined_and_what_is_new_is_found() -> None:
    many = np.concatenate([np.zeros(500, int), np.arange(1, 5)])
    assert divergence(many, np.zeros(500, int)).cells == 2 - 1
    new = divergence(np.zeros(500, int), np.repeat([0, 1], [450, 50]))
    assert new.cells == 2
    assert new.psi.low > 0.1


@pytest.mark.parametrize("empty", [0, 1])
def test_nothing_is_compared_with_nothing(empty: int) -> None:
    both = [["a"], ["b"]]
    both[empty] = []
    with pytest.raises(EvidenceError, match=f"{('before', 'after')[empty]} has no row"):
        divergence(*both)


def test_clusters_are_one_a_row() -> None:
    with pytest.raises(EvidenceError, match="after has 3 rows and 2 clusters; give one for each"):
        divergence(["a", "b"], ["a", "b", "b"], clusters=([1, 2], [1, 2]))
