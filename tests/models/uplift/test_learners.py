import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from cjlab.errors import SpecError
from cjlab.models import Uplift, load, save
from tests.models.uplift.trials import CHANCES, known

LINEAR = ("s", "t", "x", "r", "dr", "transformed")


@pytest.mark.parametrize("learner", LINEAR)
@pytest.mark.parametrize("logistic", [True, False])
def test_every_learner_finds_the_effects_that_are_there(learner: str, *, logistic: bool) -> None:
    trial = known(20_000, logistic=logistic)
    found = Uplift(learner).fit(trial.X, trial.y, **trial.given).predict(trial.X)
    assert found.columns.tolist() == ["call", "mail"]
    assert found.index.equals(trial.X.index)
    assert found.mean().to_numpy() == pytest.approx(trial.effect.mean().to_numpy(), abs=0.03)
    for arm in found:
        assert np.corrcoef(found[arm], trial.effect[arm])[0, 1] > 0.85


@pytest.mark.parametrize("learner", ["s", "x", "dr"])
def test_boosted_learners_find_them_as_well(learner: str) -> None:
    trial = known(12_000, logistic=False)
    found = Uplift(learner, model="boosted").fit(trial.X, trial.y, **trial.given).predict(trial.X)
    for arm in found:
        assert np.corrcoef(found[arm], trial.effect[arm])[0, 1] > 0.7


@pytest.mark.parametrize("learner", ["s", "t", "transformed"])
def test_with_the_arms_exchanged_the_effect_changes_its_sign(learner: str) -> None:
    trial = known(3_000, logistic=False)
    pair = trial.arm != "call"
    given = {"arm": trial.arm[pair], "propensity": {"none": 0.5, "mail": 0.5}}
    one = Uplift(learner).fit(trial.X[pair], trial.y[pair], control="none", **given).predict(trial.X)
    other = Uplift(learner).fit(trial.X[pair], trial.y[pair], control="mail", **given).predict(trial.X)
    close = 0.05 if learner == "s" else 1e-9  # its penalties are of what an arm adds to the other
    assert one["mail"].to_numpy() == pytest.approx(-other["none"].to_numpy(), abs=close)


@pytest.mark.parametrize("learner", LINEAR)
def test_the_order_of_rows_and_columns_changes_nothing(learner: str) -> None:
    trial = known(1_000)
    order = np.random.default_rng(0).permutation(len(trial.y))
    turned = trial.X.iloc[order, ::-1]
    one = Uplift(learner).fit(trial.X, trial.y, **trial.given)
    other = Uplift(learner).fit(turned, trial.y[order], **{**trial.given, "arm": trial.arm[order]})
    assert one.predict(turned).equals(one.predict(trial.X).iloc[order])
    if learner in {"s", "t", "transformed"}:  # the others cut customers into parts by their order
        assert other.predict(trial.X).to_numpy() == pytest.approx(one.predict(trial.X).to_numpy(), abs=1e-6)


def test_probabilities_may_come_in_every_form() -> None:
    trial = known(1_500)
    table = pd.DataFrame(CHANCES, index=trial.X.index)
    forms = [CHANCES, table, table[["none", "call", "mail"]].to_numpy(), np.array([CHANCES[one] for one in trial.arm])]
    found = [
        Uplift("dr").fit(trial.X, trial.y, arm=trial.arm, control="none", propensity=form).predict(trial.X)
        for form in forms
    ]
    assert all(one.to_numpy() == pytest.approx(found[0].to_numpy(), abs=1e-12) for one in found)


def test_estimated_probabilities_undo_a_choice_by_features() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=20_000)
    arm = np.where(rng.random(20_000) < 1 / (1 + np.exp(-x)), "mail", "none")
    y = 2 * x + 1.0 * (arm == "mail") + rng.normal(size=20_000)
    given = {"arm": arm, "control": "none"}
    put_right = Uplift("dr").fit(x[:, None], y, propensity="estimated", **given).predict(x[:, None])
    taken_for_random = Uplift("transformed").fit(x[:, None], y, propensity={"mail": 0.5, "none": 0.5}, **given)
    assert put_right["mail"].mean() == pytest.approx(1, abs=0.06)
    assert taken_for_random.predict(x[:, None])["mail"].mean() > 2


def test_intervals_of_the_regression_and_of_customers_drawn_again_agree() -> None:
    trial = known(3_000, logistic=False)
    width = {}
    for replicates in (0, 60):
        model = Uplift("t", replicates=replicates).fit(trial.X, trial.y, **trial.given)
        found = model.interval(trial.X)
        assert found["call"].columns.tolist() == ["estimate", "low", "high"]
        assert found["mail"]["estimate"].equals(model.predict(trial.X)["mail"].rename("estimate"))
        width[replicates] = (found["mail"]["high"] - found["mail"]["low"]).mean()
    assert width[60] == pytest.approx(width[0], rel=0.15)


def test_boosted_trees_have_no_interval_without_replicates() -> None:
    trial = known(400)
    model = Uplift("s", model="boosted").fit(trial.X, trial.y, **trial.given)
    with pytest.raises(SpecError, match=r"learner 's' of model 'boosted' has no interval of its own; fit it with rep"):
        model.interval(trial.X)


def test_response_is_the_expected_outcome_whatever_the_arm() -> None:
    trial = known(8_000)
    found = Uplift("response").fit(trial.X, trial.y, **trial.given).predict(trial.X)
    assert found["call"].equals(found["mail"].rename("call"))
    assert found["mail"].mean() == pytest.approx(trial.y.mean(), abs=0.005)


@pytest.mark.parametrize("learner", [*LINEAR, "forest", "response"])
@pytest.mark.parametrize("model", ["linear", "boosted"])
def test_a_stored_model_predicts_the_same(learner: str, model: str, tmp_path: object) -> None:
    trial = known(400)
    replicates = 2 if learner == "s" else 0
    made = Uplift(learner, model=model, replicates=replicates).fit(trial.X, trial.y, **trial.given)
    again = load(save(made, f"{tmp_path}/model"))
    assert again.predict(trial.X).equals(made.predict(trial.X))
    assert again.get_params() == made.get_params()
    if replicates:
        assert again.interval(trial.X).equals(made.interval(trial.X))


def test_causalmls_learners_answer_in_the_same_shape_and_leave_settings_alone() -> None:
    script = """
import sys, matplotlib as mpl
from cjlab.models import Uplift, save
from tests.models.uplift.trials import known
assert "causalml" not in sys.modules
before = dict(mpl.rcParams)
trial = known(2_000)
for learner in ("s", "t", "x", "dr"):
    found = Uplift(f"causalml:{learner}").fit(trial.X, trial.y, **trial.given).predict(trial.X)
    assert found.columns.tolist() == ["call", "mail"] and found.index.equals(trial.X.index)
    assert abs(found.mean() - trial.effect.mean()).max() < 0.08, (learner, found.mean())
assert dict(mpl.rcParams) == before
"""
    subprocess.run([sys.executable, "-c", script], check=True)
