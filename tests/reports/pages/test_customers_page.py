"""The page of the base shows ten pictures and a life where the log has them, and says what it has not."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pytest

import cjlab as cj
from cjlab.reports import CustomersPage
from cjlab.reports.pages._part import Part

if TYPE_CHECKING:
    from pathlib import Path

    from cjlab.tables import Log

SECTIONS = ("top", "who", "how_often", "worth", "when", "one")


@cache
def shop() -> Log:
    return cj.datasets.simulated_shop(n_customers=600, seed=5)


def page_of(log: Log, source: str = "simulated_shop", language: str = "en") -> CustomersPage:
    return CustomersPage(cj.features.Base.of(log), cj.features.Chronicle.of(log), source, language)


def drawn(page: CustomersPage) -> list[dict[str, object]]:
    made = [one for name in SECTIONS for one in getattr(page, name)]
    return [one.layout.meta["cjlab"] for one in made if not isinstance(one, Part)]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_ten_pictures_and_a_life(language: str) -> None:
    page = page_of(shop(), language=language)
    figures = drawn(page)
    assert len(figures) == 11
    assert all(one["finding"] and one["table"] for one in figures)
    assert "NaN" not in json.dumps(figures)
    assert not {"nan", "inf"} & set(json.dumps(figures).lower().replace('"', " ").split())


def test_its_first_sentence_has_its_numbers_and_their_intervals() -> None:
    page = page_of(shop())
    for ends in (page.base.top, page.base.once):
        for end in ends:
            assert f"{100 * end:.1f}" in page.result.bundle["decision"]
    assert "simulated" in page.top[1].html
    assert page.result.bundle["data_until"] == "2025-03-31"


def test_every_number_is_kept() -> None:
    page = page_of(shop())
    entries = {(one["kind"], one["metric"]): one for one in page.result.bundle["entries"]}
    assert entries["level", "top"]["estimate"] == page.base.top[0]
    assert json.loads(json.dumps(page.result.bundle))
    assert sum(1 for kind, _ in entries if kind == "often") == 6


def test_who_is_shown_is_not_named() -> None:
    page = page_of(shop())
    assert page.life.customer not in {
        cell for one in drawn(page)[-1:] for row in one["table"]["rows"] for cell in row[:1]
    }  # type: ignore[index]
    assert "customer_id" not in str(page.one[1].to_dict())


@pytest.mark.parametrize("language", ["en", "fr"])
def test_it_says_whose_life_it_is_and_gives_a_drawn_one_no_dates(language: str) -> None:
    page = page_of(shop(), language=language)
    lead, figure = page.one
    assert str(page.life.among) in lead.html
    assert ("drawn by chance" if language == "en" else "tiré au sort") in lead.html
    assert not {"2024", "2025"} & set(re.findall(r"20\d\d", str(figure.to_dict())))
    named = replace(page, life=cj.features.Chronicle.of(shop(), page.life.customer))
    assert ("chose this customer" if language == "en" else "a choisi ce client") in named.one[0].html
    assert "2025" in str(named.one[1].to_dict())


def test_nobody_is_shown_where_none_is_asked_or_few_could_be_meant() -> None:
    page = page_of(shop())
    assert replace(page, life=None).one == ()
    (alone,) = replace(page, life=replace(page.life, among=10)).one
    assert "fewer than 11: nobody’s life is shown" in alone.html


def test_cells_of_few_customers_are_empty() -> None:
    page = page_of(shop())
    few = [cell for one in drawn(page) for row in one["table"]["rows"] for cell in row[1:] if cell == "under 11"]  # type: ignore[index]
    assert few
    counts = page.base.rfm["customers"].unstack(fill_value=0)
    sizes = page.worth[-1].data[0]
    assert len(sizes.x) == int((counts >= 11).to_numpy().sum())


def test_a_log_without_amounts_says_so() -> None:
    page = page_of(replace(shop(), events=shop().events.drop("amount")))
    assert "what customers spend cannot be told" in page.worth[0].html
    assert len(drawn(page)) == 10
    assert "only once" in page.result.bundle["decision"]
    assert "€" not in page.result.answer


def test_one_channel_and_no_fields_are_sentences() -> None:
    log = replace(
        shop(),
        profiles=None,
        contacts=shop().contacts.clear(),
        events=shop().events.filter(event="purchase", channel="web"),
    )
    page = page_of(log)
    assert "one channel: site" in page.who[0].html
    assert "nothing of who they are" in page.who[0].html
    assert "messages are not in this log" in drawn(page)[-1]["finding"]  # type: ignore[operator]


@pytest.mark.parametrize("source", ["online_retail", "complete_journey", "cdnow_sample"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_real_logs_are_drawn_as_far_as_they_go(data: Path, source: str, language: str) -> None:
    assert data
    page = page_of(cj.datasets.named(source), source, language)
    assert len(drawn(page)) >= 8
    assert "simul" not in page.top[1].html
