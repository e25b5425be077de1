"""Every model that can be stored has a card, which learns and judges nothing."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest

import cjlab as cj
from cjlab.errors import SpecError
from cjlab.models import Card, Figure, card, load, save

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LATER = "2024-05-15"


@cache
def shop() -> cj.tables.Log:
    return cj.simulator.simulate(cj.simulator.World.retail(n_customers=400, seed=3), days=180).log


@cache
def base() -> tuple[pd.DataFrame, np.ndarray, np.ndarray]:
    """Return customers of one date, what came of them, and how long each was seen."""
    rng = np.random.default_rng(0)
    keys = pd.MultiIndex.from_product([["2024-03-01"], range(400)], names=["as_of", "customer_id"])
    X = pd.DataFrame({"visits": rng.poisson(3, 400), "zone": rng.choice(["north", "south"], 400)}, index=keys)
    return X, (rng.random(400) < 0.2 + 0.3 * (X["zone"] == "south")).to_numpy(), rng.exponential(10, 400) + 0.1


def churn() -> tuple[Any, Any]:
    X, y, _ = base()
    model = cj.models.Churn("logistic", folds=2).fit(X, y)
    return model, cj.models.judge(model, X, y, folds=2, repeats=1)


def uplift() -> tuple[Any, Any]:
    X, y, _ = base()
    given: dict[str, Any] = {"arm": np.arange(400) % 2, "control": 0, "propensity": {0: 0.5, 1: 0.5}}
    return cj.models.Uplift().fit(X, y, **given), cj.models.judge_uplift(cj.models.Uplift(folds=2), X, y, **given)


def survival() -> tuple[Any, Any]:
    X, _, time = base()
    model = cj.models.Survival(rounds=10, folds=2).fit(X, time, left=time < 15)
    return model, model.judge(X, time, left=time < 15, at=[5])


def value() -> tuple[Any, Any]:
    table = cj.datasets.cdnow_summary()
    model = cj.models.CustomerValue(within="39W").fit(table)
    return model, model.judge(table, pd.Series(24.7, index=table.index))


def offer() -> tuple[Any, Any]:
    model = cj.models.NextOffer(per="category", again=True).fit(shop(), as_of=LATER)
    return model, model.judge(shop(), as_of=LATER)


def interaction() -> tuple[Any, Any]:
    model = cj.models.NextInteraction().fit(shop(), as_of=LATER)
    return model, model.judge(shop(), as_of=LATER)


def personas() -> tuple[Any, Any]:
    X = pd.DataFrame({"orders": np.r_[np.zeros(300), np.full(200, 9)]})
    return cj.models.Personas(resamples=5).fit(X), None


def tiers() -> tuple[Any, Any]:
    return cj.models.Tiers().fit(pd.Series(np.arange(100.0))), None


def count() -> tuple[Any, Any]:
    return cj.models.BetaGeometric().fit(shop(), as_of=LATER), None


def spend() -> tuple[Any, Any]:
    return cj.models.GammaGamma().fit(cj.datasets.cdnow_summary()), None


ALL = (churn, uplift, survival, value, offer, interaction, personas, tiers, count, spend)


@cache
def made(make: Callable[[], tuple[Any, Any]]) -> tuple[Any, Any]:
    return make()


@cache
def told(make: Callable[[], tuple[Any, Any]]) -> Card:
    return card(*made(make), question="What is asked?")


@pytest.mark.parametrize("make", ALL)
def test_every_model_has_a_card_and_a_stored_one_the_same(make: Callable[[], tuple[Any, Any]], tmp_path: Path) -> None:
    model, judged = made(make)
    own = told(make)
    assert own.rows >= own.customers > 0
    assert own.features
    assert own.model.startswith(type(model).__name__)
    assert own.limits[-2].startswith("Reasons and scores are signs")
    assert all(isinstance(one, Figure) and np.isfinite(one.estimate) for one in own.figures)
    again = card(load(save(model, tmp_path / "model")), judged, question="What is asked?")
    assert again.to_frame().equals(own.to_frame())
    assert load(save(own, tmp_path / "card")).to_frame().equals(own.to_frame())


def test_the_card_says_what_was_learnt_from() -> None:
    own = told(uplift)
    assert (own.rows, own.customers, own.dates) == (400, 400, ("2024-03-01",))
    assert own.share == base()[1].mean()
    assert own.features == ("visits", "zone")
    assert own.model == "Uplift, 's' (linear): 1 against 0"
    assert told(count).dates == (LATER,)
    assert told(offer).dates == ("2024-01-01", LATER)
    assert "share with the outcome" not in set(told(offer).to_frame()["item"])


def test_parameters_stand_on_the_card_with_their_intervals() -> None:
    found = {one.measure: one for one in told(spend).figures}
    assert found["p"].estimate == pytest.approx(6.25, abs=0.01)  # as published
    assert found["p"].low < 6.25 < found["p"].high
    assert told(spend).judged == "nobody has judged it with customers it has not learnt from"
    known = {one.measure: one for one in told(value).figures}
    assert known["came over promised"].estimate == pytest.approx(0.97, abs=0.005)
    assert known["r"].estimate == pytest.approx(0.243, abs=5e-4)


def test_personas_say_how_surely_they_are_found_again() -> None:
    first = told(personas).figures[0]
    assert (first.measure, first.estimate) == ("found again (adjusted Rand)", 1.0)
    assert told(personas).model == "Personas, 2: orders at most 4; orders 5 or more"


def test_tiers_say_from_where_each_is_had() -> None:
    assert [(one.measure, one.estimate) for one in told(tiers).figures] == [
        ("bronze from", 50.0),
        ("silver from", 80.0),
        ("gold from", 95.0),
    ]


def test_what_is_no_model_and_no_judge_is_named() -> None:
    with pytest.raises(SpecError, match=r"model is 'a model'; give a model of cjlab\.models that has learnt"):
        card("a model", None, question="Who?")  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="judged is 3; give what judged the model"):
        card(made(spend)[0], 3, question="Who?")  # type: ignore[arg-type]
    with pytest.raises(SpecError, match="these Tiers are not fitted"):
        card(cj.models.Tiers(), None, question="Who?")
