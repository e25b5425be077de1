"""The simulated operator: a sound log of contracts that end."""

from __future__ import annotations

import pytest

from cjlab.datasets import simulated_operator
from cjlab.errors import SpecError
from cjlab.features import churned


def test_the_log_is_sound_and_customers_leave() -> None:
    log = simulated_operator(n_customers=400)
    log.check(now="2025-07-01").require()
    left = churned(log, as_of="2025-03-01", within="90D")
    assert 0.02 < left.y.mean() < 0.25


def test_a_wrong_number_is_named() -> None:
    with pytest.raises(SpecError, match="n_customers is 0; give a whole number"):
        simulated_operator(n_customers=0)
