"""A propensity is calibrated, additive, obedient, and the same again."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import cross_val_predict

from cjlab.errors import EvidenceError, ModelError, SpecError, TableError
from cjlab.models import Churn, Propensity, load, save
from cjlab.models._columns import Columns
from cjlab.models.propensity._logistic import logistic
from cjlab.models.propensity._scale import Scale

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Base

QUICK: dict[str, Any] = {"depths": (3,), "rounds": 80, "folds": 3}


@pytest.fixture(scope="module")
def model(customers: Base) -> Propensity:
    return Propensity(**QUICK).fit(customers.X, customers.y)


def test_chances_are_near_the_true_ones_for_customers_not_seen(model: Propensity) -> None:
    from .conftest import base

    new = base(4000, seed=4)
    found = model.predict_proba(new.X)[:, 1]
    assert np.abs(found - new.chance).mean() < 0.035
    assert roc_auc_score(new.y, found) > roc_auc_score(new.y, new.chance) - 0.01
    assert log_loss(new.y, found) < log_loss(new.y, new.chance) + 0.005


@pytest.mark.parametrize("member", ["blend", "xgboost", "logistic"])
def test_what_columns_add_is_the_score(customers: Base, member: str) -> None:
    made = Propensity(member, **QUICK).fit(customers.X, customers.y)
    told = made.contributions(customers.X)
    assert told.shape == (3000, 6)
    np.testing.assert_allclose(told.sum(axis=1), made.decision_function(customers.X), atol=2e-5)


def test_another_order_of_columns_another_library_and_further_columns_change_nothing(
    model: Propensity, customers: Base
) -> None:
    expected = model.predict_proba(customers.X)
    other = customers.X[customers.X.columns[::-1]].assign(further=1)
    np.testing.assert_array_equal(model.predict_proba(other), expected)
    np.testing.assert_array_equal(model.predict_proba(pl.from_pandas(other.reset_index())), expected)


def test_a_new_category_is_as_one_not_known(model: Propensity, customers: Base) -> None:
    new, unknown = customers.X.assign(contract="a lease"), customers.X.assign(contract=None)
    np.testing.assert_array_equal(model.predict_proba(new), model.predict_proba(unknown))


@pytest.mark.parametrize("member", ["xgboost", "logistic", "blend"])
def test_a_sign_that_is_asked_for_is_kept_everywhere(customers: Base, member: str) -> None:
    wrong = {"silence": -1, "noise": 1}  # silence rises in truth
    made = Propensity(member, monotone=wrong, **QUICK).fit(customers.X, customers.y)
    for name, sign in wrong.items():
        steps = np.linspace(customers.X[name].min(), customers.X[name].max(), 40)
        rows = pd.concat([customers.X.iloc[place : place + 1] for place in range(5) for _ in steps])
        risk = made.decision_function(rows.assign(**{name: np.tile(steps, 5)})).reshape(5, -1)
        assert (sign * np.diff(risk) >= -1e-6).all()


def test_rare_outcomes_keep_their_frequency() -> None:
    rng = np.random.default_rng(0)
    X = pd.DataFrame({"x": rng.normal(size=8000)})
    y = rng.random(8000) < 0.02 * np.exp(X["x"] - 0.5)
    made = Propensity(**QUICK).fit(X, y)
    assert made.predict_proba(X)[:, 1].mean() == pytest.approx(y.mean(), rel=0.05)


def test_labels_that_say_nothing_give_chances_that_say_nothing(customers: Base) -> None:
    shuffled = np.random.default_rng(1).permutation(customers.y)
    found = cross_val_predict(Propensity(**QUICK), customers.X, shuffled, method="predict_proba", cv=3)[:, 1]
    assert abs(roc_auc_score(shuffled, found) - 0.5) < 0.04
    assert found.std() < 0.05


def test_churn_is_a_propensity_with_the_same_default(customers: Base) -> None:
    assert Churn().get_params() == Propensity().get_params()
    made = [one(**QUICK).fit(customers.X, customers.y).decision_function(customers.X) for one in (Churn, Propensity)]
    np.testing.assert_array_equal(*made)


def test_rows_of_one_customer_never_choose_settings_for_each_other() -> None:
    rng = np.random.default_rng(2)
    X = pd.DataFrame(rng.normal(size=(300, 6)).repeat(4, axis=0))  # what marks a customer marks all his rows
    y = rng.integers(0, 2, 300).repeat(4)
    fooled, honest = (
        Propensity("xgboost", **QUICK).fit(X, y, groups=whose) for whose in (None, np.arange(300).repeat(4))
    )
    assert fooled.chosen_["xgboost_loss"] < 0.6
    assert honest.chosen_["xgboost_loss"] > 0.68


def test_with_dates_the_last_one_calibrates() -> None:
    rng = np.random.default_rng(5)
    at = pd.to_datetime(np.repeat(["2025-01-01", "2025-03-01"], 2000))
    keys = pd.MultiIndex.from_arrays([at, np.tile(np.arange(2000), 2)], names=["as_of", "customer_id"])
    X = pd.DataFrame({"x": rng.normal(size=4000)}, index=keys)
    y = pd.Series(rng.random(4000) < np.where(at == at[0], 0.1, 0.4), index=keys)
    made = Propensity("logistic", folds=3).fit(X, y)
    assert made.predict_proba(X)[:, 1].mean() == pytest.approx(0.4, abs=0.03)
    everybody = Propensity("logistic", within="90D", folds=3).fit(X, y)  # January was not known in March
    assert everybody.predict_proba(X)[:, 1].mean() == pytest.approx(0.4, abs=0.03)


def test_a_fresh_process_says_the_same_to_the_last_bit(model: Propensity, customers: Base, tmp_path: Path) -> None:
    folder = save(Churn(**QUICK).fit(customers.X, customers.y), tmp_path / "model")
    customers.X.reset_index().to_parquet(tmp_path / "X.parquet")
    program = (
        "import sys, numpy as np, polars as pl, cjlab as cj\n"
        "model = cj.models.load(sys.argv[1]); assert type(model).__name__ == 'Churn'\n"
        "np.save(sys.argv[3], model.predict_proba(pl.read_parquet(sys.argv[2])))"
    )
    told = [sys.executable, "-c", program, str(folder), str(tmp_path / "X.parquet"), str(tmp_path / "p.npy")]
    subprocess.run(told, check=True)
    np.testing.assert_array_equal(np.load(tmp_path / "p.npy"), model.predict_proba(customers.X))
    again = load(folder)
    assert again.get_params() == Churn(**QUICK).get_params()
    assert again.chosen_ == model.chosen_


def test_one_byte_changed_in_any_file_of_a_model_is_refused(model: Propensity, tmp_path: Path) -> None:
    folder = save(model, tmp_path / "model")
    files = sorted(folder.iterdir())
    assert {one.suffix for one in files} == {".json", ".npz", ".ubj"}
    for file in files:
        whole = file.read_bytes()
        for place in (0, len(whole) // 2, len(whole) - 1):
            file.write_bytes(whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :])
            with pytest.raises(ModelError, match=f"{file.name} is not as it was written"):
                load(folder)
        file.write_bytes(whole)
    assert load(folder).chosen_ == model.chosen_


def test_the_line_is_the_one_that_scikit_learn_finds(customers: Base) -> None:
    columns = Columns.learn(customers.X)
    values = columns.coded(customers.X)
    _, ours = logistic(values, customers.y.to_numpy(float), columns, penalties=(100.0, 3.0), monotone={})
    (block,) = (block for _, block in ours.design.blocks(values))
    theirs = LogisticRegression(C=1 / 3.0, tol=1e-10, max_iter=10_000).fit(block, customers.y)
    np.testing.assert_allclose(ours.coefficients, theirs.coef_[0], atol=2e-5)
    np.testing.assert_allclose(block.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(block.std(axis=0), 1, atol=1e-9)


def test_a_design_kept_and_one_made_anew_give_the_same_line(customers: Base, monkeypatch: pytest.MonkeyPatch) -> None:
    columns = Columns.learn(customers.X)
    given = columns.coded(customers.X), customers.y.to_numpy(float), columns
    kept = list(logistic(*given, penalties=(100.0, 3.0), monotone={}))[-1]
    monkeypatch.setattr("cjlab.models.propensity._logistic._KEPT", 0)
    anew = list(logistic(*given, penalties=(100.0, 3.0), monotone={}))[-1]
    assert kept.coefficients.tolist() == anew.coefficients.tolist()


def test_the_calibration_is_the_line_through_platts_targets() -> None:
    rng = np.random.default_rng(6)
    logit = rng.normal(size=500) * 3
    outcome = (rng.random(500) < 1 / (1 + np.exp(-logit / 2 - 0.5))).astype(float)
    found = Scale.learn(logit, outcome)
    ones = outcome.sum()
    targets = np.where(outcome > 0, (ones + 1) / (ones + 2), 1 / (500 - ones + 2))
    rows, labels = np.tile(logit, 2)[:, None], np.repeat([1, 0], 500)
    line = LogisticRegression(C=np.inf, tol=1e-12).fit(rows, labels, sample_weight=np.r_[targets, 1 - targets])
    assert (found.shift, found.slope) == pytest.approx((line.intercept_[0], line.coef_[0, 0]), abs=1e-4)


def test_a_score_that_is_upside_down_is_never_turned_round() -> None:
    found = Scale.learn(np.linspace(-2, 2, 100), (np.arange(100) < 50).astype(float))
    assert found.slope == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"member": "forest"}, "member is 'forest'; allowed: 'blend', 'xgboost' or 'logistic'"),
        ({"depths": ()}, "depths is empty"),
        ({"rounds": 0}, "rounds is 0"),
        ({"folds": 1}, "folds is 1"),
        ({"monotone": {"contract": 1}}, "monotone names 'contract', which is a category"),
        ({"monotone": {"noise": 2}}, "monotone: the sign of 'noise' is 2; allowed: -1, 0 or 1"),
    ],
)
def test_a_parameter_that_means_nothing_is_named(customers: Base, given: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        Propensity(**given).fit(customers.X, customers.y)


def test_what_cannot_be_learnt_is_named(customers: Base) -> None:
    X, y = customers.X, customers.y
    with pytest.raises(EvidenceError, match="y has 1 class in 3,000 rows, 0"):
        Propensity().fit(X, y * 0)
    with pytest.raises(EvidenceError, match="1 class has only 1 of them"):
        Propensity().fit(X, np.arange(3000) == 7)
    with pytest.raises(EvidenceError, match="y has 3 labels"):
        Propensity().fit(X, np.arange(3000) % 3)
    with pytest.raises(TableError, match=r"not have the same rows in the same order.* X\.loc\[y\.index\]"):
        Propensity().fit(X, y[::-1])
    with pytest.raises(TableError, match=r"groups has the shape \(3,\)"):
        Propensity().fit(X, y, groups=[1, 2, 3])
    with pytest.raises(TableError, match="X has no column 'age'; its columns are silence"):
        Propensity(monotone={"age": 1}).fit(X, y)


def test_two_customers_of_a_class_are_enough() -> None:
    made = Propensity().fit(pd.DataFrame({"x": [0.0, 1.0, 2.0, 3.0]}), [0, 0, 1, 1])
    assert np.isfinite(made.predict_proba([[0.5]])).all()
