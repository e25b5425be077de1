import numpy as np
import pandas as pd
import pytest

from cjlab.errors import CjlabError, EvidenceError, ModelError, SpecError, TableError
from cjlab.models import Uplift, save
from tests.models.uplift.trials import CHANCES, known

TRIAL = known(300)
GIVEN = TRIAL.given


def refused(message: str, error: type[CjlabError], learner: str = "s", **changed: object) -> None:
    given = {"X": TRIAL.X, "y": TRIAL.y, **GIVEN, **changed}
    with pytest.raises(error, match=message):
        Uplift(learner).fit(**given)


def test_one_arm_alone() -> None:
    refused(r"X has 300 sample\(s\), all of arm 'none'; an effect needs", EvidenceError, arm=np.repeat("none", 300))


def test_an_arm_of_three_customers() -> None:
    arm = np.where(np.arange(300) < 3, "fax", np.where(TRIAL.arm == "none", "none", "mail"))
    refused("arm 'fax' has 3 customers; a model needs at least 5 of each arm", EvidenceError, arm=arm)


def test_an_unknown_control() -> None:
    refused("control is 'nobody'; the arms are 'call', 'mail' or 'none'", TableError, control="nobody")


def test_a_missing_arm() -> None:
    refused(
        "arm is missing in 1 rows", TableError, arm=pd.Series(TRIAL.arm, index=TRIAL.X.index).mask(TRIAL.X.index == 1)
    )


def test_one_outcome_for_an_arm() -> None:
    y = np.where(TRIAL.arm == "mail", 0.0, TRIAL.y)
    refused("the outcome is 0 for all .* customers of arm 'mail'", EvidenceError, y=y)


def test_one_outcome_for_all() -> None:
    refused("the outcome is 7 for every customer; there is nothing to learn", EvidenceError, y=np.full(300, 7.0))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_an_outcome_that_is_none(value: float) -> None:
    y = TRIAL.y.copy()
    y[4] = value
    refused("y is missing or infinite in 1 rows, first in row 4", TableError, y=y)


def test_text_for_an_outcome() -> None:
    refused("y holds 'bought'; give numbers", TableError, y=np.repeat("bought", 300))


def test_rows_of_another_length() -> None:
    refused(r"y has the shape \(299,\) and X has 300 rows", TableError, y=TRIAL.y[:-1])


def test_rows_of_another_index() -> None:
    y = pd.Series(TRIAL.y, index=TRIAL.X.index[::-1])
    refused("y and X do not have the same rows in the same order", TableError, y=y)


def test_an_infinite_feature() -> None:
    refused("column 'age' holds infinity in 300 rows", TableError, X=TRIAL.X.assign(age=np.inf))


@pytest.mark.parametrize("learner", ["x", "r", "dr", "transformed"])
def test_no_propensity_where_one_is_needed(learner: str) -> None:
    refused(
        f"learner '{learner}' needs the probability .* propensity='estimated'", TableError, learner, propensity=None
    )


@pytest.mark.parametrize("value", [0.0, -0.1, 1.2, np.nan])
def test_a_propensity_that_is_none(value: float) -> None:
    chances = np.full(300, 0.4)
    chances[:2] = value
    refused("propensity is missing, or not above 0 and at most 1, in 2 rows", TableError, propensity=chances)


def test_a_propensity_of_another_length() -> None:
    refused(r"propensity has the shape \(299,\) and X has 300 rows", TableError, propensity=np.full(299, 0.4))


def test_a_propensity_of_too_few_columns() -> None:
    refused("propensity has 2 columns and there are 3 arms", TableError, propensity=np.full((300, 2), 0.5))


def test_a_propensity_without_an_arm() -> None:
    refused("propensity has no arm 'call'; give the prob", TableError, propensity={"none": 0.5, "mail": 0.5})


def test_propensities_that_do_not_add_up() -> None:
    refused(
        r"propensity does not add up to 1 in 300 rows \(first: 1.2\)", TableError, propensity={**CHANCES, "call": 0.4}
    )


def test_a_propensity_of_the_arm_received_that_differs_is_not_enough_for_all() -> None:
    chances = np.linspace(0.2, 0.6, 300)
    refused(r"learner 'dr' needs the probability of every arm.*give \(n, 3\)", TableError, "dr", propensity=chances)
    Uplift("transformed").fit(TRIAL.X, TRIAL.y, **{**GIVEN, "propensity": chances})


def test_estimated_probabilities_without_overlap() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=3_000)
    arm = np.where(x + 0.1 * rng.normal(size=3_000) > 0, "mail", "none")
    with pytest.raises(EvidenceError, match="customers have an estimated chance below 1% of an arm"):
        Uplift("dr").fit(x[:, None], x, arm=arm, control="none", propensity="estimated")


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"learner": "tau"}, "learner is 'tau'; allowed: 's', 't'"),
        ({"model": "deep"}, "model is 'deep'; allowed: 'linear' or 'boosted'"),
        ({"folds": 1}, "folds is 1; give a whole number from 2 to 50"),
        ({"replicates": -1}, "replicates is -1; give a whole number from 0"),
    ],
)
def test_parameters_are_checked_when_it_learns(changed: dict[str, object], message: str) -> None:
    with pytest.raises(SpecError, match=message):
        Uplift(**changed).fit(TRIAL.X, TRIAL.y, **GIVEN)


def test_another_table_is_brought_into_shape_or_refused() -> None:
    model = Uplift().fit(TRIAL.X, TRIAL.y, **GIVEN)
    assert model.predict(TRIAL.X[["card", "zone", "age", "visits"]]).equals(model.predict(TRIAL.X))
    new = model.predict(TRIAL.X.assign(zone="west", age=np.nan))
    assert new.notna().all(axis=None)
    with pytest.raises(TableError, match="X has no column 'age', which the model has learnt from"):
        model.predict(TRIAL.X.drop(columns="age"))
    with pytest.raises(TableError, match="column 'age' holds infinity"):
        model.predict(TRIAL.X.assign(age=-np.inf))


def test_causalmls_learners_cannot_be_stored(tmp_path: object) -> None:
    model = Uplift("causalml:t").fit(TRIAL.X, TRIAL.y, **GIVEN)
    with pytest.raises(ModelError, match="learner 'causalml:t' cannot be stored; one of s, t, x, r, dr"):
        save(model, f"{tmp_path}/model")
