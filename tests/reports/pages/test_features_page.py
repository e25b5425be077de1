"""The page of a recipe says how far features moved, what is missing and what is stale, and for an analyst."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

import cjlab as cj
from cjlab.features import Drift, Frequency, Recency, Recipe, Tenure, Topics
from cjlab.reports import FeaturesPage
from cjlab.reports.pages._part import Part

if TYPE_CHECKING:
    from pathlib import Path

    from cjlab.tables import Log

RECIPE = Recipe(Frequency("visit", window="30D"), Frequency(window="90D"), Recency(), Tenure())


@cache
def found() -> Drift:
    return Drift.of(cj.datasets.simulated_shop(n_customers=600, seed=5), RECIPE, "2024-09-01", "2025-03-01")


def words(page: FeaturesPage) -> str:
    made = [*page.top, *page.moved, *page.missing, page.recipe, page.method]
    return " ".join(str(one.html) if isinstance(one, Part) else json.dumps(one.layout.meta["cjlab"]) for one in made)


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_feature_that_moved_most_is_named_with_its_interval(language: str) -> None:
    page = FeaturesPage(found(), "simulated_shop", language)
    known = found().columns[found().columns["covered"]].sort_values("distance", ascending=False)
    said = page.result.bundle["decision"]
    assert known.index[0].replace("_", " ") in said
    for end in ("distance", "low", "high"):
        assert f"{100 * known[end].iloc[0]:.1f}".replace(".", "," if language == "fr" else ".") in said
    assert "NaN" not in words(page)


def test_every_feature_is_listed_with_what_its_absence_means() -> None:
    page = FeaturesPage(found(), "simulated_shop")
    for name in found().columns.index:
        assert f">{name}</th>" in page.recipe.html
    assert "missing: it never happened" in page.recipe.html
    entries = {one["metric"]: one for one in page.result.bundle["entries"]}
    assert entries["frequency_visit_30D"]["floor"] == found().columns.loc["frequency_visit_30D", "floor"]
    assert page.result.bundle["reader"] == "analyst"


def test_twins_are_drawn_once_and_captions_hold_the_distance() -> None:
    recipe = Recipe(Frequency("visit", window="30D", name="one"), Frequency("visit", window="30D", name="two"))
    drift = Drift.of(cj.datasets.simulated_shop(n_customers=600, seed=5), recipe, "2024-09-01", "2025-03-01")
    _, bars, *curves = FeaturesPage(drift, "simulated_shop").moved
    assert len(bars.layout.yaxis.ticktext) == 2
    assert len(curves) == 1
    name = str(drift.columns.sort_values("distance", ascending=False, kind="stable").index[0])
    value, early, late = drift.widest(name)
    finding = curves[0].layout.meta["cjlab"]["finding"]
    assert (
        f"{100 * late:.1f}\xa0% of customers have at most {value:g} now, {100 * early:.1f}\xa0% had before" in finding
    )


def test_without_anything_to_compare_or_any_field_it_says_so() -> None:
    columns = found().columns.assign(verdict="not comparable", missing=0.0)
    page = FeaturesPage(replace(found(), columns=columns, fields=found().fields.iloc[:0]), "simulated_shop")
    assert page.result.bundle["decision"].startswith("No feature can be compared")
    assert len(page.moved) == 1
    assert "no field can be stale" in words(page)
    assert "No feature is missing for anybody" in words(page)


@pytest.mark.parametrize("source", ["online_retail", "complete_journey"])
def test_real_logs_have_their_page(data: Path, source: str) -> None:
    assert data
    page = FeaturesPage(Drift.of(cj.datasets.named(source)), source)
    assert "NaN" not in words(page)
    assert "simul" not in page.top[1].html


def test_what_taught_the_recipe_is_said_and_when() -> None:
    log = cj.datasets.simulated_shop(n_customers=300, seed=5)
    dates = ("2024-09-01", "2025-01-01")
    scores = cj.features.RFM.fitted(log, "2024-09-01")
    late = replace(scores, learned="2024-11-30T23:00:00+00:00")
    said = {
        recipe: words(FeaturesPage(Drift.of(log, recipe, *dates), "simulated_shop"))
        for recipe in (RECIPE, Recipe(scores), Recipe(late, hindsight=True))
    }
    assert "Nothing that the recipe holds was learned of a log" in said[RECIPE]
    assert "a log taught it until 31 August 2024, before the first date" in said[Recipe(scores)]
    seen = said[Recipe(late, hindsight=True)]
    assert seen.count("With hindsight: what the recipe holds") == 2  # in the reasons, and in the method
    assert "until 30 November 2024, after the first date" in seen


@cache
def wrote(since: int) -> tuple[Drift, Log]:
    """Return a telecom market in which a topic comes up on a day, and what is asked of it."""
    world = cj.simulator.World.telecom(n_customers=4_000, seed=2).but({"service.topics.roaming.since": since})
    log = cj.simulator.simulate(world, days=210).log
    topics = Topics.fitted(log, "2024-06-01", of="case_opened", window="90D")
    return Drift.of(log, Recipe(Tenure(), topics), "2024-06-01", "2024-07-29", replicates=20), log


@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_new_topic_is_drawn_and_named(language: str) -> None:
    drift, log = wrote(196)
    head, news, weekly = FeaturesPage(drift, "telecom", language, log).texts
    assert ("1\xa0% of looks" if language == "en" else "1\u202f% des examens") in head.html
    finding = news.layout.meta["cjlab"]["finding"]
    assert "roaming" in finding
    assert ("are new" if language == "en" else "sont nouveaux") in finding
    assert any(trace.uid == "bad-intervals" for trace in news.data)
    counts = Topics.fitted(log, drift.late, of="case_opened").weekly(log, drift.late)["texts"]
    assert f"{counts.iloc[-1]}" in weekly.layout.meta["cjlab"]["finding"]
    cells = [cell for row in weekly.layout.meta["cjlab"]["table"]["rows"] for cell in row[1:] if cell]
    assert all(int(cell.replace(",", "")) >= 11 for cell in cells if cell.replace(",", "").isdigit())


def test_without_news_or_texts_it_says_so() -> None:
    drift, log = wrote(0)
    assert (
        "no topic and no word takes a larger part"
        in FeaturesPage(drift, "telecom", "en", log).texts[1].layout.meta["cjlab"]["finding"]
    )
    assert (
        FeaturesPage(found(), "simulated_shop", "en", cj.datasets.simulated_shop(n_customers=600, seed=5)).texts == ()
    )
    early = replace(drift, late=drift.early - dt.timedelta(days=151))
    assert "Too few texts" in FeaturesPage(early, "telecom", "en", log).texts[1].html
