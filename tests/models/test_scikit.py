"""What claims to be an estimator keeps scikit-learn's contract."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sklearn.utils.estimator_checks import parametrize_with_checks

from cjlab.models import Churn, Propensity

if TYPE_CHECKING:
    from collections.abc import Callable


@parametrize_with_checks([Propensity(depths=(3,), rounds=30, folds=2), Churn("logistic", folds=2)])
def test_the_contract_of_an_estimator(estimator: Any, check: Callable[[Any], None]) -> None:
    check(estimator)
