"""The page of a propensity decides, says how far it can be trusted, and never takes a score for an effect."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest

import cjlab as cj
from cjlab.models import Forecast, Propensity, Worth
from cjlab.models.alarm._leakage import Finding
from cjlab.reports import PropensityPage
from cjlab.reports.pages._part import Part

if TYPE_CHECKING:
    from collections.abc import Callable

SECTIONS = ("top", "found", "true", "net")


@cache
def found() -> Forecast:
    log = cj.datasets.simulated_shop(n_customers=700, seed=3)
    F = cj.features
    few = F.Recipe(F.Recency(), F.Frequency(), F.Frequency("visit", window="30D"), F.Monetary(), F.Tenure())
    return Forecast.of(log, dates=2, recipe=few, model=Propensity("logistic", within="30D"), folds=2)


def page(forecast: Forecast | None = None, worth: Worth | None = None, language: str = "en") -> PropensityPage:
    return PropensityPage(forecast or found(), worth or Worth(), "simulated_shop", language)


def spoken(one: PropensityPage) -> str:
    """All words of a page: of its parts, and of what its figures say and list."""
    made = [*(part for name in SECTIONS for part in getattr(one, name)), one.anyway, one.heard, one.method]
    told = [
        part.html if isinstance(part, Part) else json.dumps(part.layout.meta["cjlab"], ensure_ascii=False)
        for part in made
    ]
    return " ".join([*map(str, told), one.result.answer])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_its_first_sentence_decides_and_has_its_interval(language: str) -> None:
    chosen = found().contacts(Worth())
    budget = found().budget([chosen / len(found().score)], Worth())
    decision, comma = page(language=language).result.bundle["decision"], "," if language == "fr" else "."
    assert decision.startswith(f"Contacter les {chosen} " if language == "fr" else f"Contact the {chosen} ")
    for end in (budget.precision, budget.precision_low, budget.precision_high):
        assert f"{100 * end[0]:.1f}".replace(".", comma) in decision
    assert page().result.bundle["tone"] == "good"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_it_warns_that_a_score_is_not_an_effect_and_says_nothing_unknown(language: str) -> None:
    text = spoken(page(language=language))
    assert ("un score n’est pas un effet" if language == "fr" else "a score is not an effect") in text
    assert "nan" not in text.lower().replace("nance", "")
    assert "{" not in text.replace('{"', "")


def test_words_of_analysts_stay_in_the_method() -> None:
    one = page()
    shown = " ".join(str(part.html) for part in (*one.top, one.anyway, one.heard))
    assert not [word for word in ("AUC", "Brier", "logit", "ECE") if word in shown]
    assert "AUC" in str(one.method.html)


def test_its_numbers_are_those_of_the_forecast() -> None:
    entries = {one["metric"]: one for one in page().result.bundle["entries"] if "share" not in one}
    assert entries["auc"]["estimate"] == found().judged.figure("auc").estimate
    share = found().contacts(Worth()) / len(found().score)
    chosen = {one["metric"]: one["estimate"] for one in page().result.bundle["entries"]}
    assert chosen["chosen_recall_ahead"] == pytest.approx(chosen["chosen_recall"] - chosen["chosen_recall_today"])
    brought = found().budget([share], Worth())
    sent = page().result.bundle["contacts"] - round(0.1 * page().result.bundle["contacts"])
    assert chosen["chosen_net"] == pytest.approx(sent * brought.net[0] / brought.contacted[0])


def test_half_the_effect_brings_half_the_purchases() -> None:
    whole, half = (PropensityPage(found(), Worth(caused=one, cost=0.01), "x")._said for one in (0.2, 0.1))
    assert whole.chosen == half.chosen
    assert whole.brings(0.5) == pytest.approx(half.net["net"])


@pytest.mark.parametrize(
    ("broken", "begins", "tone"),
    [
        (lambda one: replace(one, today=one.judged.score), "Keep today’s rule: ", "wait"),
        (lambda one: replace(one, today=one.judged.outcome + 0.0), "Keep today’s rule: ", "wait"),
        (
            lambda one: replace(one, heard=replace(one.heard, findings=(Finding("too good alone", "closed_at", "x"),))),
            "Do not use this score yet: 1 of",
            "stop",
        ),
    ],
    ids=["as good as today's rule", "behind today's rule", "leaks"],
)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_it_does_not_sell_a_score_that_is_of_no_use(
    broken: Callable[[Forecast], Forecast], begins: str, tone: str, language: str
) -> None:
    one = page(broken(found()), language=language)
    assert one.result.bundle["tone"] == tone
    assert "plan" not in {part.kind for part in one.top}
    assert language == "fr" or one.result.bundle["decision"].startswith(begins)
    assert "closed at" not in spoken(one) or tone == "stop"


def test_where_no_contact_pays_nobody_is_contacted() -> None:
    one = page(worth=Worth(margin=1, cost=5))
    assert one.result.bundle["decision"].startswith("Contact nobody by this score yet: ")
    assert (one.result.bundle["contacts"], one.result.bundle["tone"]) == (0, "wait")
    assert "no number of contacts pays" in spoken(one)
    assert "never" in spoken(one)


def test_everything_owed_to_the_contact_has_one_column() -> None:
    html = str(page(worth=Worth(caused=1.0)).net[-1].html)
    assert html.count("Net at 100") == 1


def test_chances_that_do_not_hold_are_said_not_to() -> None:
    judged = replace(found().judged, score=np.clip(found().judged.score / 4, 0.001, 0.999))
    assert "Trust its order, and not its chances" in page(replace(found(), judged=judged)).result.answer
