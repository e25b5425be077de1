"""What several tests of the simulator look at, made once."""

from __future__ import annotations

import pytest

from cjlab import datasets
from cjlab.simulator import Fit, fit


@pytest.fixture(scope="session")
def grocer(data: object) -> Fit:
    """Return a market fitted to two years of a grocer's customers."""
    del data
    return fit(datasets.complete_journey())
