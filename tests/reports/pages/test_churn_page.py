"""The page of churn decides in its first sentence, with intervals, and says that nothing was tested."""

from __future__ import annotations

from functools import cache

import numpy as np
import pandas as pd
import pytest

import cjlab as cj
from cjlab._display import Wording
from cjlab.models._arguments import KINDS
from cjlab.reports import ChurnPage


@cache
def page(cost: float = 9.0, language: str = "en") -> ChurnPage:
    rng = np.random.default_rng(0)
    X = pd.DataFrame(
        {"complaints": rng.poisson(1, 2000), "recency_visit": rng.exponential(20, 2000)},
        index=pd.RangeIndex(2000, name="customer_id"),
    )
    y = rng.random(2000) < 1 / (1 + np.exp(3 - 0.8 * X["complaints"] - 0.02 * X["recency_visit"]))
    model = cj.models.Churn("logistic", folds=2).fit(X, y)
    judged = cj.models.judge(model, X, y, folds=2)
    plan = cj.models.defend(model, X, judged, budget=300, value=150.0, cost=cost, language=language)
    return ChurnPage(plan, judged, "simulated_operator", "2025-06-01", 90, language)


def spoken(made: ChurnPage) -> str:
    parts = [*made.top, *made.why, made.reach[0], made.method]
    return " ".join([*(part.html for part in parts), made.result.answer])


def test_a_list_that_may_pay_is_tested_on_a_half() -> None:
    made = page()
    plan = made.plan
    assert made.plan.verdict == "test"
    assert made.top[1].title == (
        f"Call a random half of 300 customers as a test: {plan.leavers.estimate:.0f} of them "
        f"({plan.leavers.low:.0f} to {plan.leavers.high:.0f}) leave without us"
    )
    assert "calling the other half costs €1,350" in spoken(made)
    assert "nobody has tested it" in spoken(made)
    assert made.top[1].html.count("wait") == 1


def test_a_list_that_pays_is_called_but_for_a_tenth() -> None:
    made = page(cost=0.5)
    assert made.top[1].title.startswith("Call 300 of 2,000 customers: ")
    assert "a random tenth of the list" in spoken(made)


def test_a_list_that_cannot_pay_is_not_called() -> None:
    made = page(cost=60.0)
    assert made.result.bundle["decision"] == "Do not call: 300 calls cost more than they can bring back"
    assert "a cheaper contact, or a shorter list" in spoken(made)


@pytest.mark.parametrize(("language", "said"), [("en", "Method"), ("fr", "Méthode")])
def test_words_of_the_craft_stay_in_the_method(language: str, said: str) -> None:
    made = page(language=language)
    assert made.method.title == said
    above = " ".join(part.html for part in (*made.top, *made.why, made.reach[0]))
    assert not [word for word in ("AUC", "ROC", "Shapley", "Brier") if word in above]
    assert "ROC" in made.method.html


def test_every_number_is_in_the_result_with_its_ends() -> None:
    bundle = page().result.bundle
    assert bundle["data_until"] == "2025-05-31"
    assert bundle["reader"] == "decider"
    told = {one["metric"]: one for one in bundle["entries"]}
    assert told["leavers"]["low"] < told["leavers"]["estimate"] < told["leavers"]["high"]
    assert {"net", "kept", "break_even", "needed", "auc", "recall_0.3"} <= set(told)


def test_french_numbers_and_words() -> None:
    told = spoken(page(language="fr"))
    assert "Appeler au hasard la moitié de 300 clients" in told
    assert "service et réclamations".capitalize() in told
    assert "Régler ce qui est en cours" in told


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_kind_of_reason_has_a_name_and_an_argument(language: str) -> None:
    names, arguments = (Wording.of(room, language) for room in ("cjlab.reports.pages", "cjlab.models"))
    assert all(names(f"q_topic_{kind}") and arguments(kind) for kind in KINDS)
