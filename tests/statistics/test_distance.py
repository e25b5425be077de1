import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from cjlab.errors import EvidenceError, SpecError
from cjlab.statistics import distance, half_against_half

numbers = st.lists(st.floats(-100, 100).map(lambda x: round(x, 2)), min_size=1, max_size=40)


@given(numbers, numbers)
def test_the_largest_gap_is_that_of_the_two_shares_below(x: list[float], y: list[float]) -> None:
    gaps = [abs(np.mean(np.array(x) <= value) - np.mean(np.array(y) <= value)) for value in (*x, *y)]
    assert distance(x, y, replicates=20).estimate == pytest.approx(max(gaps), abs=1e-12)


@given(numbers.filter(lambda x: abs(np.mean(x)) > 0.1), numbers)
def test_what_has_to_be_moved_is_scipys(x: list[float], y: list[float]) -> None:
    found = distance(x, y, kind="wasserstein", replicates=20).estimate
    assert found == pytest.approx(stats.wasserstein_distance(x, y) / abs(np.mean(x)), rel=1e-9, abs=1e-12)


@given(numbers)
def test_a_sample_is_no_distance_from_itself(x: list[float]) -> None:
    assert distance(x, x, kind="total variation", replicates=20).estimate == 0


def test_many_values_are_read_from_ranks_without_loss_that_matters() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.lognormal(0, 1, 20_000), rng.lognormal(0.2, 1, 20_000)
    exact = stats.wasserstein_distance(x, y) / x.mean()
    assert distance(x, y, kind="wasserstein", replicates=20).estimate == pytest.approx(exact, rel=0.02)
    assert distance(x, y, replicates=20).estimate == pytest.approx(stats.ks_2samp(x, y).statistic, abs=2e-3)


def test_repeated_rows_of_a_cluster_narrow_nothing() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(size=100), rng.normal(1, size=100)
    once = distance(x, y, kind="kolmogorov-smirnov", seed=3)
    owners = np.repeat(np.arange(100), 9)
    often = distance(np.repeat(x, 9), np.repeat(y, 9), clusters=(owners, owners), seed=3)
    assert often == once


def test_the_interval_covers_a_known_distance() -> None:  # normal, shifted by 1: Φ(1/2) − Φ(−1/2)
    truth = 2 * stats.norm.cdf(0.5) - 1
    rng = np.random.default_rng(2)
    covered = 0
    for seed in range(60):
        found = distance(rng.normal(size=200), rng.normal(1, size=200), seed=seed, replicates=100)
        covered += found.low <= truth <= found.high
    assert covered >= 50


def test_halves_of_one_law_are_as_far_apart_as_chance_takes_them() -> None:
    x = np.random.default_rng(3).normal(size=2_000)
    expected = 0.8687 * np.sqrt(2 / 1_000)  # mean of Kolmogorov's law
    assert half_against_half(x, splits=40) == pytest.approx(expected, rel=0.25)


def test_what_cannot_be_compared_is_refused_by_name() -> None:
    with pytest.raises(EvidenceError, match="y has no value"):
        distance([1.0], [np.nan])
    with pytest.raises(EvidenceError, match="2 values and 1 clusters"):
        distance([1.0, 2.0], [1.0], clusters=([1], [1]))
    with pytest.raises(EvidenceError, match="mean of x is 0"):
        distance([-1.0, 1.0], [1.0], kind="wasserstein")
    with pytest.raises(EvidenceError, match="1 cluster; two halves"):
        half_against_half([1.0])
    with pytest.raises(SpecError, match="kind is 'energy'"):
        distance([1.0], [1.0], kind="energy")  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", ["kolmogorov-smirnov", "wasserstein", "total variation"])
def test_an_interval_holds_its_own_distance(kind: str) -> None:
    draws = np.random.default_rng(3)
    for _ in range(20):
        found = distance(draws.poisson(3, 80) + 1, draws.poisson(3, 80) + 1, kind=kind)
        assert 0 <= found.low <= found.estimate <= found.high
