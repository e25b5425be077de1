"""What claims to be an estimator keeps scikit-learn's contract."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

from cjlab.models import Churn, Propensity
from tests.models.contract import held_to
from tests.models.uplift.trials import Bound

if TYPE_CHECKING:
    from collections.abc import Callable

ESTIMATORS = (
    Propensity(depths=(3,), rounds=30, folds=2),
    Churn("logistic", folds=2),
    Bound("s"),
    Bound("t"),
    Bound("forest", trees=100),
)


@held_to(*ESTIMATORS)
def test_the_contract_of_an_estimator(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)


def test_nothing_changes_where_arrays_are_dispatched() -> None:
    program = (
        "from tests.models.contract import array_api\n"
        "from tests.models.test_scikit import ESTIMATORS\n"
        "array_api(*ESTIMATORS)\n"
        "print(len(ESTIMATORS))"
    )
    told = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | {"SCIPY_ARRAY_API": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout.strip() == "5"
