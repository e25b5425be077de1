import numpy as np
import pytest
from scipy.stats import kstest

from cjlab.simulator.kernel import draw_each, draw_often_each, keys_each

N = 20_000


def keys() -> np.ndarray:
    made = np.empty(N, np.uint64)
    keys_each(np.uint64(3), np.arange(1, N + 1), made)
    return made


def often(day: int, slot: int = 0) -> np.ndarray:
    drawn = np.empty(N)
    draw_often_each(keys(), day, slot, drawn)
    return drawn


@pytest.mark.parametrize("day", [0, 7, 8, 365, 3_659])
def test_a_draw_of_every_day_is_uniform_in_its_first_byte_and_in_the_rest(day: int) -> None:
    drawn = often(day)
    assert kstest(drawn, "uniform").pvalue > 1e-4
    assert kstest(drawn * 256 % 1, "uniform").pvalue > 1e-4


def test_the_eight_days_of_a_word_have_nothing_to_do_with_each_other() -> None:
    week = np.corrcoef([often(day) for day in range(8, 24)])
    assert np.abs(week - np.eye(16)).max() < 5 / np.sqrt(N)


def test_what_follows_the_first_byte_is_the_days_own_draw() -> None:
    own = np.empty(N)
    draw_each(keys(), 5, 2, own)
    assert np.allclose(often(5, 2) * 256 % 1, own, atol=1e-12)
