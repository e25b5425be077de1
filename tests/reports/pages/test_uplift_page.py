"""The page of an audience decides in its first sentence, with its interval, and claims what was measured."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

from cjlab.models import Audience
from cjlab.reports import UpliftPage
from cjlab.reports.pages._part import Part


@cache
def found() -> Audience:
    rng = np.random.default_rng(0)
    kind, arm = rng.integers(-1, 2, 4_000), rng.choice(["none", "mail"], 4_000)
    y = kind * (arm == "mail") + rng.normal(size=4_000)
    given = {"arm": arm, "control": "none", "propensity": {"none": 0.5, "mail": 0.5}}
    return Audience.of(pd.DataFrame({"kind": kind}), y, treated="mail", value=10.0, cost=2.0, **given)


def chosen(name: str) -> Audience:
    return replace(found(), choice=replace(found().choice, chosen=name))


def spoken(page: UpliftPage) -> str:
    made = [*page.top, *page.people, *page.value]
    told = [
        one.html if isinstance(one, Part) else json.dumps(one.layout.meta["cjlab"], ensure_ascii=False) for one in made
    ]
    return " ".join([*told, str(page.method.html), page.result.answer])


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("name", ["no one", "everyone", "response", "model"])
def test_every_decision_can_be_said_in_every_language(name: str, language: str) -> None:
    page = UpliftPage(chosen(name), "hillstrom", language, "EUR", "2025-09-30")
    text = spoken(page)
    assert "nan" not in text.lower().replace("nance", "")
    assert "{" not in page.result.answer
    assert page.result.bundle["decision"].startswith(("Do not send", "Ne pas envoyer", "Send", "Envoyer"))
    assert page.result.bundle["data_until"] == "2025-09-30"


def test_the_decision_has_the_money_and_its_interval() -> None:
    page = UpliftPage(found(), "hillstrom", currency="EUR")
    one = next(one for one in found().choice.runners if one.name == "model")
    assert found().choice.chosen == "model"
    for end in (one.brought, one.brought_low, one.brought_high):
        assert f"€{round(4_000 * end):,}" in page.result.bundle["decision"]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_what_goes_to_everybody_is_held_against_no_choice(language: str) -> None:
    made = spoken(UpliftPage(chosen("everyone"), "hillstrom", language))
    assert "surely less than the choice" not in made
    assert "sûrement moins que ce choix" not in made
    assert "of the others get it" not in made  # there are no others
    assert "des autres le reçoivent" not in made
    assert "surely less than the choice" in spoken(UpliftPage(found(), "hillstrom"))


@pytest.mark.parametrize("name", ["no one", "everyone", "response", "model"])
def test_the_chart_marks_the_decision_with_its_number_and_its_interval(name: str) -> None:
    page = UpliftPage(chosen(name), "hillstrom", currency="EUR")
    drawn = page.value[1].layout
    one = next(one for one in found().choice.runners if one.name == (name if name != "no one" else "model"))
    said = f"€{abs(4_000 * one.brought):,.0f} ("
    assert said in drawn.meta["cjlab"]["finding"]
    assert f"{round(4_000 * one.contacted):,} contacts" in drawn.meta["cjlab"]["finding"]
    assert ("not taken" in drawn.meta["cjlab"]["finding"]) == (name == "no one")
    if name != "no one":
        assert said.rstrip(" (") in page.result.bundle["decision"]
        interval = drawn.meta["cjlab"]["finding"].split("(")[1].split(")")[0]
        assert f"({interval})" in page.result.bundle["decision"]


def test_the_chart_has_its_currency() -> None:
    drawn = UpliftPage(found(), "hillstrom", currency="EUR").value[1].layout
    place = round(100 * next(one for one in found().choice.runners if one.name == "model").contacted)
    assert f"€{found().today.low[place]:,.0f} to" in drawn.meta["cjlab"]["finding"].replace("−", "")
    assert all("€" in row[1] for row in drawn.meta["cjlab"]["table"]["rows"])


def test_who_is_put_off_is_said_only_where_it_was_measured() -> None:
    assert "lowers the outcome. Do not disturb them." in spoken(UpliftPage(found(), "hillstrom"))
    doubtful = found().kinds.copy()
    doubtful.loc["disturb", "high"] = 0.1
    assert "the test does not bear that out" in spoken(UpliftPage(replace(found(), kinds=doubtful), "hillstrom"))


def test_fewer_than_eleven_customers_are_not_counted_out() -> None:
    kinds = found().kinds.copy()
    kinds.loc["anyway", "customers"] = 7
    page = UpliftPage(replace(found(), kinds=kinds), "hillstrom")
    assert "under 11" in page.people[0].html
    assert ">7<" not in page.people[0].html


def test_every_number_is_kept() -> None:
    entries = {one["metric"]: one for one in UpliftPage(found(), "hillstrom").result.bundle["entries"]}
    assert entries["contact"]["estimate"] == found().kinds.loc["contact", "net"]
    assert set(entries) == {"contact", "anyway", "nothing", "disturb", "no one", "everyone", "response", "model"}
