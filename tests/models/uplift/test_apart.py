"""Trials in which not everybody could get every arm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from benchmarks.proof.consents import learnt, market
from cjlab.errors import EvidenceError, ModelError, TableError
from cjlab.models import Uplift, choose, load, save
from tests.models.uplift.trials import known

if TYPE_CHECKING:
    from pathlib import Path

OWN = market(0, customers=12_000)
GIVEN = {"arm": OWN.arm, "control": "none", "propensity": OWN.chances}


@pytest.mark.parametrize("learner", ["s", "t", "x", "r", "dr", "transformed"])
def test_who_may_be_sent_a_text_buys_more_and_that_is_no_effect_of_it(learner: str) -> None:
    found = Uplift(learner).fit(OWN.X, OWN.outcome, **GIVEN).predict(OWN.X)
    assert abs((found["text"] - OWN.effect["text"]).mean()) < 0.3
    assert np.corrcoef(found["text"], OWN.effect["text"])[0, 1] > 0.8
    assert (learnt(OWN, naive=True).predict(OWN.X)["text"] - OWN.effect["text"]).mean() > 0.9  # what it would be


def test_a_forest_learns_each_arm_apart() -> None:
    found = Uplift("forest", trees=100).fit(OWN.X, OWN.outcome, **GIVEN)
    ends = found.interval(OWN.X[:50])["text"]
    assert (ends["low"] < ends["high"]).all()
    assert abs((found.predict(OWN.X)["text"] - OWN.effect["text"]).mean()) < 0.3


def test_arms_that_all_could_get_are_learnt_as_before() -> None:
    trial = known(2_000)
    frame = pd.DataFrame({"none": 0.4, "call": 0.2, "mail": 0.4}, trial.X.index)
    one, other = (
        Uplift().fit(trial.X, trial.y, **{**trial.given, "propensity": given}) for given in (frame, frame.to_numpy())
    )
    order = {"none": 0.4, "call": 0.2, "mail": 0.4}
    assert one.predict(trial.X).equals(
        Uplift().fit(trial.X, trial.y, **{**trial.given, "propensity": order}).predict(trial.X)
    )
    assert one.predict(trial.X).equals(other.predict(trial.X))


def test_the_interval_is_that_of_each_arm_learnt_alone() -> None:
    model = Uplift().fit(OWN.X, OWN.outcome, **GIVEN)
    pair = OWN.allowed["text"].to_numpy() & np.isin(OWN.arm, ("none", "text"))
    assert model.interval(OWN.X[:9])["text"].notna().all(axis=None)
    alone = Uplift("t").fit(OWN.X[pair], OWN.outcome[pair], arm=OWN.arm[pair], control="none")
    both = Uplift("t").fit(OWN.X, OWN.outcome, **GIVEN)
    np.testing.assert_allclose(both.predict(OWN.X[:9])["text"], alone.predict(OWN.X[:9])["text"], atol=0.05)


def test_it_is_stored_and_says_the_same(tmp_path: Path) -> None:
    model = Uplift().fit(OWN.X, OWN.outcome, **GIVEN)
    again = load(save(model, tmp_path / "stored"))
    assert again.predict(OWN.X).equals(model.predict(OWN.X))
    assert again.interval(OWN.X[:5]).equals(model.interval(OWN.X[:5]))


def test_causalml_is_not_stored(tmp_path: Path) -> None:
    model = Uplift("causalml:t").fit(OWN.X[:3_000], OWN.outcome[:3_000], **_of(3_000))
    with pytest.raises(ModelError, match="cannot be stored"):
        save(model, tmp_path / "stored")


def test_an_arm_that_was_got_had_a_chance() -> None:
    wrong = OWN.chances.assign(none=0.0)
    wrong = wrong.div(wrong.sum(axis=1).replace(0.0, 1.0), axis=0)
    with pytest.raises(TableError, match="propensity is missing, or not above 0"):
        Uplift().fit(OWN.X, OWN.outcome, **{**GIVEN, "propensity": wrong})


def test_an_arm_that_nobody_could_have_got_instead_of_none() -> None:
    got = OWN.arm == "text"
    sure = OWN.chances.assign(text=0.0)
    sure = sure.div(sure.sum(axis=1), axis=0)
    sure[got] = [0.0, 0.0, 1.0]
    with pytest.raises(EvidenceError, match="arm 'none' has 0 customers"):
        Uplift().fit(OWN.X, OWN.outcome, **{**GIVEN, "propensity": sure})


def test_what_is_chosen_between_must_be_open_to_all() -> None:
    with pytest.raises(TableError, match="propensity is missing, or not above 0"):
        choose(OWN.X, OWN.outcome, **GIVEN)


def _of(rows: int) -> dict[str, object]:
    return {"arm": OWN.arm[:rows], "control": "none", "propensity": OWN.chances[:rows]}
