"""The page of next offers decides, says whether there is enough, and never takes a hit for an effect."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import cjlab as cj
from cjlab.models import OfferPlan
from cjlab.reports import NextOfferPage
from cjlab.reports.pages._part import Part

SECTIONS = ("top", "whom", "replaced", "stock")


@cache
def found() -> OfferPlan:
    return OfferPlan.of(cj.datasets.simulated_shop(n_customers=1_500, seed=1))


def page(plan: OfferPlan | None = None, language: str = "en", cost: float = 0.1) -> NextOfferPage:
    return NextOfferPage(plan or found(), cost, "simulated_shop", language)


def spoken(one: NextOfferPage) -> str:
    """All words of a page: of its parts, and of what its figures say and list."""
    made = [*(part for name in SECTIONS for part in getattr(one, name)), one.method]
    told = [
        part.html if isinstance(part, Part) else json.dumps(part.layout.meta["cjlab"], ensure_ascii=False)
        for part in made
    ]
    return " ".join([*map(str, told), one.result.answer]).replace("\xa0", " ").replace("\u202f", " ")


def even() -> OfferPlan:
    """Return a plan whose offers were bought as often as the most popular things."""
    hits = found().hits.hits.copy()
    hits[:, 0] = hits[:, 1]
    hits[:2, :2] = [[True, False], [False, True]]
    return replace(found(), hits=replace(found().hits, hits=hits))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_its_first_sentence_decides_and_has_its_interval(language: str) -> None:
    decision, comma = page(language=language).result.bundle["decision"], "," if language == "fr" else "."
    assert decision.startswith("Proposer à chacun des " if language == "fr" else "Offer each of the ")
    for end in (*found().taken(), *found().ahead):
        assert f"{100 * abs(float(end)):.1f}".replace(".", comma) in decision
    assert page().result.bundle["tone"] == "good"


@pytest.mark.parametrize("language", ["en", "fr"])
def test_it_warns_that_a_hit_is_not_an_effect_and_says_nothing_unknown(language: str) -> None:
    text = spoken(page(language=language))
    warning = "ne dit pas que l’offre l’a décidé" if language == "fr" else "does not say that the offer moved him"
    assert warning in text
    assert " nan" not in text.lower()
    assert "{" not in text.replace('{"', "")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_offers_that_are_not_surely_ahead_change_nothing(language: str) -> None:
    one = page(even(), language)
    assert one.result.bundle["tone"] == "wait"
    said = "Continuer à proposer les plus vendus" if language == "fr" else "Keep offering what is most popular"
    assert one.result.bundle["decision"].startswith(said)
    assert language == "fr" or "the 3 most popular things that a customer has not got, as today" in spoken(one)
    today = found().cover("popularity").query("customers >= 11")["item"].tolist()
    assert one._said.cover["item"].tolist() == today != page()._said.cover["item"].tolist()


def test_offers_that_fall_behind_are_said_to() -> None:
    hits = found().hits.hits.copy()
    hits[:, 0], hits[:, 1] = hits[:, 1].copy(), hits[:, 0].copy()
    one = page(replace(found(), hits=replace(found().hits, hits=hits)))
    assert "fewer bought one of 3 things chosen for them" in one.result.bundle["decision"]


def test_unknown_stock_consent_and_money_are_said_to_be() -> None:
    text = spoken(page(replace(found(), stock=None, consents=False, brings=None)))
    assert "Stock is not known in this log" in text
    assert "who allows marketing is not known in this log" in text
    assert "this log has no amounts" in text
    assert "In stock" not in text


def test_what_there_is_too_little_of_is_named() -> None:
    plan = found()
    item = str(plan.cover()["item"].iloc[0])
    assert plan.stock is not None
    text = spoken(page(replace(plan, stock=plan.stock | {item: 0.5}, names={item: "RED MUG"})))
    assert "there is less than would be bought even unasked: Red mug." in text
    assert "order more of Red mug or leave it out" in text
    assert "no: order or leave out" in text


def test_a_contact_pays_from_as_many_purchases_as_its_cost() -> None:
    cover = found().cover()
    least = 1_000 * 0.1 / np.average(cover["brings"], weights=cover["expected"])
    assert f"{least:.1f} more of 1,000" in spoken(page()).replace("**", "").replace("<strong>", "").replace(
        "</strong>", ""
    )
    assert "a contact costs" not in spoken(page(cost=0.0))


def test_few_customers_are_not_counted_out() -> None:
    plan = found()
    segment = np.where(np.arange(len(plan.segment)) < 5, 2, np.minimum(plan.segment, 1))
    few = replace(plan, segment=segment, all_offered=np.array([900, 400, 7]))
    html = str(page(few).whom[0].html)
    assert "under 11" in html
    assert html.count("not known") == 3  # what is offered, taken, and taken of today's
    assert min(page()._said.cover["customers"]) >= 11


def test_words_of_analysts_stay_in_the_method() -> None:
    one = page()
    shown = " ".join(str(part.html) for name in ("top", "whom", "stock") for part in getattr(one, name))
    assert not [word for word in ("logit", "cosine", "association", "Wilson") if word in shown]
    assert "conditional logit" in str(one.method.html)


def test_its_numbers_are_those_of_the_plan() -> None:
    entries = {(one["metric"], one["by"]): one for one in page().result.bundle["entries"]}
    assert entries["taken", "model"]["estimate"] == float(found().taken().estimate)
    assert entries["ahead", "popularity"]["low"] == float(found().ahead.low)
    hits = found().hits.to_frame().set_index("method")
    assert entries["hit", "popularity"]["high"] == hits.loc["popularity", "high"]
    assert page().result.bundle["contacts"] == len(found().offers.customers)
