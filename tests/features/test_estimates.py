"""Estimates of groups: what they say, and how often their intervals hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from cjlab.features._estimates import mean_share, share


def test_flags_are_shares_that_tell_all_they_can() -> None:
    flags = np.arange(400) % 5 == 0
    np.testing.assert_allclose(mean_share(flags), share(flags), atol=2e-4)  # n − 1 where flags have n


@pytest.mark.parametrize("shares", [[0.0], [1.0, 1.0], [0.3, 0.3], [0.0] * 19 + [1e-9], [0.0, 1.0]])
def test_ends_are_shares_too(shares: list[float]) -> None:
    found, low, high = mean_share(shares)
    assert 0.0 <= low <= found <= high <= 1.0
    assert high > low


def test_nobody_tells_nothing() -> None:
    assert np.isnan(mean_share([])).all()


@pytest.mark.parametrize(("some", "n"), [(0.1, 100), (0.3, 100), (0.05, 40)])
def test_the_interval_holds_the_mean_at_its_rate(some: float, n: int) -> None:
    rng, held = np.random.default_rng(0), 0
    for _ in range(1_000):
        _, low, high = mean_share(np.where(rng.random(n) < some, rng.beta(2.0, 3.0, n), 0.0))
        held += low <= some * 0.4 <= high
    assert binomtest(held, 1_000).proportion_ci(0.99).low <= 0.95 <= binomtest(held, 1_000).proportion_ci(0.99).high
