import numpy as np
import pandas as pd
import pytest

from cjlab.errors import SpecError, TableError
from cjlab.metrics import policy_value
from cjlab.models import Uplift, choose
from tests.models.uplift.trials import CHANCES, known

FAST = {"s": Uplift()}


def simple(rows: int, *, effect: object = 0.0, seed: int = 0) -> dict[str, object]:
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.normal(size=(rows, 4)), columns=list("abcd"))
    arm = rng.choice(["none", "mail"], rows)
    lift = effect(table) if callable(effect) else effect
    y = table["a"] + lift * (arm == "mail") + rng.normal(size=rows)
    return {"X": table, "y": y, "arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}


def test_where_no_contact_does_anything_nobody_is_contacted() -> None:
    said = [choose(**simple(600, seed=seed), contenders=FAST).chosen for seed in range(40)]
    assert said.count("no one") >= 37


def test_where_everybody_gains_alike_no_model_is_taken() -> None:
    assert choose(**simple(1_500, effect=0.5), contenders=FAST).chosen == "everyone"


def test_where_contacts_cost_more_than_they_bring_nobody_is_contacted() -> None:
    found = choose(**simple(1_500, effect=0.5), contenders=FAST, costs={"mail": 1.0})
    assert found.chosen == "no one"


def test_where_some_gain_and_some_lose_a_model_is_taken_and_finds_them() -> None:
    given = simple(3_000, effect=lambda table: table["b"])
    found = choose(**given, contenders=FAST)
    told = found.to_frame().set_index("name")
    assert found.chosen == "s"
    assert told.index.tolist() == ["no one", "everyone", "response", "s"]
    assert told.loc["s", "gain_low"] > 0.2
    assert told.loc["s", "value"] == pytest.approx(0.4, abs=0.1)  # the mean of the positive part of a normal number
    decided = found.decide(given["X"])
    assert ((decided == "mail") == (given["X"]["b"] > 0)).mean() > 0.9


def test_of_several_arms_each_customer_gets_the_one_that_pays() -> None:
    trial = known(20_000)
    found = choose(trial.X, trial.y, **trial.given, value=100.0, costs={"call": 4.0, "mail": 1.0}, contenders=FAST)
    net = 100 * trial.effect - [4.0, 1.0]
    best = np.where(net.max(axis=1) > 0, net.idxmax(axis=1), "none")
    assert found.chosen == "s"
    assert (found.decide(trial.X).to_numpy() == best).mean() > 0.75


def test_a_value_is_that_of_the_policy_and_differences_are_of_the_same_customers() -> None:
    trial = known(3_000)
    found = choose(trial.X, trial.y, **trial.given, contenders=FAST, confidence=0.9).to_frame().set_index("name")
    everyone = found.loc["everyone: mail"]
    plain = policy_value(trial.y, ["mail"] * 3_000, arm=trial.arm, propensity=CHANCES, confidence=0.9)
    assert everyone["value"] == pytest.approx(plain.dr.estimate, abs=0.01)
    assert everyone["high"] - everyone["low"] < plain.dr.high - plain.dr.low  # what is expected explains a part
    nobody = found.loc["no one"]
    pairs = found[(found["against"] == "no one")]
    assert pairs["gain"].to_numpy() == pytest.approx((pairs["value"] - nobody["value"]).to_numpy(), abs=1e-12)


def test_rows_of_one_customer_are_one_piece_of_evidence() -> None:
    once = simple(800, effect=0.1)
    twice = {**once, **{name: np.tile(np.asarray(once[name]), 2) for name in ("y", "arm")}}
    twice["X"] = pd.concat([once["X"], once["X"]], ignore_index=True)
    table = {
        name: choose(**given, contenders={}, customer=whose).to_frame().set_index("name").loc["everyone"]
        for name, given, whose in (("once", once, None), ("twice", twice, np.tile(np.arange(800), 2)))
    }
    width = {name: one["high"] - one["low"] for name, one in table.items()}
    assert width["twice"] == pytest.approx(width["once"], rel=0.02)


def test_the_names_of_those_who_always_run_are_taken() -> None:
    with pytest.raises(SpecError, match=r"contender 'response' is .*; give models of the class Uplift, under"):
        choose(**simple(100), contenders={"response": Uplift()})
    with pytest.raises(SpecError, match="contender 's' is 's'; give models of the class Uplift"):
        choose(**simple(100), contenders={"s": "s"})


def test_costs_are_of_arms_and_not_negative() -> None:
    with pytest.raises(SpecError, match="costs names 'fax'; the treated arms are 'mail'"):
        choose(**simple(100), costs={"fax": 1.0})
    with pytest.raises(SpecError, match="costs holds -1; give what a contact costs, 0 or more"):
        choose(**simple(100), costs={"mail": -1.0})


def test_a_value_needs_probabilities() -> None:
    with pytest.raises(TableError, match="a policy's value needs the probability with which each arm was chosen"):
        choose(**{**simple(100), "propensity": None})
