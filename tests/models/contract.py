"""scikit-learn's checks of an estimator."""

from __future__ import annotations

from typing import Any

import pytest
from sklearn.utils.estimator_checks import check_array_api_input, estimator_checks_generator

ELSEWHERE = "check_array_api_input"  # scipy has to be told before it is imported: `array_api`, in a process of its own


def held_to(*estimators: Any) -> pytest.MarkDecorator:
    """Call a test with every estimator and every check."""
    pairs = [pair for one in estimators for pair in estimator_checks_generator(one)]
    here = [(one, check) for one, check in pairs if _name(check) != ELSEWHERE]
    return pytest.mark.parametrize(("estimator", "check"), here, ids=[f"{one}-{_name(check)}" for one, check in here])


def array_api(*estimators: Any) -> None:
    """Check that nothing changes where scikit-learn dispatches arrays; wants ``SCIPY_ARRAY_API=1``."""
    for one in estimators:
        check_array_api_input(type(one).__name__, one, array_namespace="numpy", expect_only_array_outputs=False)


def _name(check: Any) -> str:
    return str(getattr(check, "func", check).__name__)
