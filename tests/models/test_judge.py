"""Judged by others, and later."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from cjlab.errors import SpecError
from cjlab.models import Propensity, judge

if TYPE_CHECKING:
    from .conftest import Base


def test_figures_are_those_of_the_scores(customers: Base) -> None:
    judged = judge(Propensity("logistic", folds=2), customers.X, customers.y, folds=3)
    y, score = judged.outcome, judged.score
    np.testing.assert_array_equal(y, customers.y.iloc[judged.rows])
    assert judged.figure("auc").estimate == pytest.approx(roc_auc_score(y, score))
    assert judged.figure("average_precision").estimate == pytest.approx(average_precision_score(y, score))
    assert judged.figure("brier").estimate == pytest.approx(brier_score_loss(y, score))
    top = np.argsort(-score)[:300]
    assert judged.figure("recall", 0.1).estimate == pytest.approx(y[top].sum() / y.sum(), abs=1e-3)
    assert all(one.low <= one.estimate <= one.high for one in judged.figures)
    assert (judged.out_of_time, judged.folds, len(judged.rows)) == (False, 3, 3000)


def test_repeats_are_other_folds_whose_figures_are_averaged(customers: Base) -> None:
    once, thrice = (
        judge(Propensity("logistic", folds=2), customers.X, customers.y, folds=3, repeats=n) for n in (1, 3)
    )
    assert once.figure("auc").estimate != thrice.figure("auc").estimate
    assert once.figure("auc").estimate == pytest.approx(thrice.figure("auc").estimate, abs=0.005)


def test_any_classifier_is_judged_and_one_that_knows_nothing_has_half(customers: Base) -> None:
    assert judge(DummyClassifier(), customers.X, customers.y).figure("auc").estimate == pytest.approx(0.5, abs=0.02)


def test_dated_rows_are_judged_at_the_last_date_by_what_was_known(customers: Base) -> None:
    at = pd.to_datetime(np.repeat(["2025-01-01", "2025-02-01", "2025-03-01"], 1000))
    keys = pd.MultiIndex.from_arrays([at, np.tile(np.arange(1000), 3)], names=["as_of", "customer_id"])
    X, y = customers.X.set_axis(keys), customers.y.set_axis(keys)
    with pytest.raises(SpecError, match="X has several dates as_of; say within="):
        judge(Propensity("logistic"), X, y)
    learnt: list[set[str]] = []

    class Spy(DummyClassifier):
        def fit(self, X: pd.DataFrame, y: object) -> Spy:  # noqa: N803 - scikit-learn's word
            learnt.append({str(one)[:10] for one in X.index.get_level_values("as_of")})
            learnt.append(set(X.index.get_level_values("customer_id")))
            return super().fit(X, y)

    judged = judge(Spy(), X, y, within="40D", folds=2)
    assert judged.out_of_time
    assert set(at[judged.rows]) == {at[-1]}
    assert learnt[::2] == [{"2025-01-01"}] * 2
    assert not learnt[1] & learnt[3]


def test_a_figure_that_is_none_is_named(customers: Base) -> None:
    judged = judge(DummyClassifier(), customers.X, customers.y, folds=2)
    with pytest.raises(SpecError, match="there is no figure 'accuracy' at share None; there are auc"):
        judged.figure("accuracy")
    assert judged.to_frame().shape == (15, 5)
