"""The page of personas keeps those that change something, names those it drops, and claims no answer unmeasured."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache

import pytest

import cjlab as cj
from cjlab.models import Gallery
from cjlab.models.personas import Split
from cjlab.reports import PersonasPage
from cjlab.reports.pages._cast import Cast
from cjlab.reports.pages._part import Part
from cjlab.reports.pages._voice import Voice

INF = float("inf")


@cache
def found() -> Gallery:
    return Gallery.of(cj.datasets.promotion_test(n_customers=3_000), within="14D", value=10.0, cost=0.1)


@cache
def shop() -> Gallery:
    return Gallery.of(cj.datasets.simulated_shop(n_customers=900, seed=4))


def changing() -> Gallery:
    """Let the first persona need another action, and the last another channel."""
    lines = found().lines.copy()
    lines.iloc[0, lines.columns.get_loc("action")] = "no_contact"
    for name, value in (("gain", 0.5), ("gain_low", 0.2), ("gain_high", 0.8)):
        lines.iloc[0, lines.columns.get_loc(name)] = value
    return replace(found(), lines=lines.assign(kept=lines["action"] != ""))


def page(gallery: Gallery | None = None, language: str = "en") -> PersonasPage:
    return PersonasPage(gallery or found(), "promotion_test", "14D", language, "EUR")


def spoken(one: PersonasPage) -> str:
    made = [*one.top, *one.people, *one.answers, one.dropped, one.stable, one.method]
    told = [
        part.html if isinstance(part, Part) else json.dumps(part.layout.meta["cjlab"], ensure_ascii=False)
        for part in made
    ]
    return " ".join([*map(str, told), one.result.answer]).replace("\xa0", " ")


CASES = {"none": found, "some": changing, "untried": shop, "no sales": lambda: replace(found(), brought="")}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("case", CASES)
def test_every_case_can_be_said_in_every_language(case: str, language: str) -> None:
    one = page(CASES[case](), language)
    text = spoken(one)
    assert "nan" not in re.sub(r"\w*(fi|mai|te)nan\w*", "", text.lower())
    assert "{" not in one.result.answer
    assert "**" not in text
    assert one.result.bundle["tone"] == ("good" if one.found.lines["kept"].any() else "wait")


def test_a_persona_that_changes_nothing_is_dropped_by_name() -> None:
    one, tried = page(changing()), found().tried
    best = "no contact" if tried.best == tried.control else f"“{tried.best}”"
    names = list(Cast(one.found, Voice("promotion_test", "en")).names.values())
    assert names[0] in one.result.bundle["decision"]
    told = f"brings €0.50 (€0.20 to €0.80) more a customer than {best}"
    assert told in spoken(one)
    dropped = str(one.dropped.html)
    assert [name in dropped for name in names] == [False, *[True] * (len(names) - 1)]
    every = page()
    assert (
        every.result.bundle["decision"] == f"Do not plan by personas: none of the {len(names)} found changes what we do"
    )
    assert all(name in str(every.dropped.html) for name in names)


def test_where_nothing_was_drawn_by_lot_it_says_so() -> None:
    assert "nobody knows whether personas answer differently" in spoken(page(shop()))
    assert len(page(shop()).answers) == 1
    assert "nobody knows" not in spoken(page())
    assert "no larger than chance makes them" in spoken(page())
    other = replace(found(), tried=found().tried._replace(p=0.01))
    assert "personas answer differently, more so than chance would make them" in spoken(page(other))


def test_names_tell_personas_apart_and_rules_can_be_read() -> None:
    for gallery in (found(), shop()):
        cast = Cast(gallery, Voice("promotion_test", "en", "EUR"))
        assert len(set(cast.names.values())) == len(gallery.lines)
        assert not [one for one in cast.rules.values() if re.search(r"inf|through_|_", one)]


@pytest.mark.parametrize(
    ("splits", "name", "rule"),
    [
        ((Split("silence", "unknown", 0.5, INF),), "never bought", "Has never bought"),
        ((Split("purchases", "whole", -INF, 0.0),), "nothing in a year", "Bought nothing in the past year"),
        (
            (Split("purchases", "whole", 0.0, 3.0), Split("basket", "number", 20.0, 45.5)),
            "occasional, middling baskets",
            "Days with purchases in a year: 1 to 3; spend a time: €20 to €46",
        ),
        (
            (Split("through_store", "number", 0.6, INF), Split("silence", "number", 90.2, INF)),
            "store buyers, gone quiet",
            "Share of purchases (store): above 60\xa0%; days since the last purchase: above 90",
        ),
        (
            (Split("age", "whole", 39.0, INF), Split("zone", "is not", -INF, 0.5, "north")),
            "age: 40 or more, zone: not north",
            "Age: 40 or more; zone: not north",
        ),
        ((Split("mens", "whole", 0.0, INF),), "mens: yes", "Mens: yes"),
        ((Split("basket", "known", -INF, 0.5),), "buyers", "Bought in the past year"),
    ],
)
def test_a_rule_by_hand(splits: tuple[Split, ...], name: str, rule: str) -> None:
    cast = Cast(found(), Voice("promotion_test", "en", "EUR"))
    assert cast._named(splits, "store") == name
    assert cast._ruled(splits) == rule


def test_few_customers_are_not_counted_out() -> None:
    lines = found().lines.copy()
    lines.iloc[0, lines.columns.get_loc("customers")] = 7
    one = page(replace(found(), lines=lines))
    assert "under 11" in spoken(one)
    first = Cast(one.found, Voice("promotion_test", "en")).rules[str(lines.index[0])]
    assert (
        f"{100 * lines['share'].iloc[0]:.1f}" not in str(one.people[-1].html).partition(first)[2].partition("</tr>")[0]
    )
    assert not [entry for entry in one.result.bundle["entries"] if entry["persona"] == lines.index[0]]


def test_every_number_is_kept() -> None:
    entries = [one for one in page().result.bundle["entries"] if one["metric"] == "effect"]
    assert [one["estimate"] for one in entries] == pytest.approx(
        [found().tried.effects.loc[one["persona"], "effect"] for one in entries], nan_ok=True
    )
    assert len(entries) == len(found().lines)


def test_no_sentence_needs_a_statistician() -> None:
    text = spoken(page()).replace(str(page().method.html).replace("\xa0", " "), "")
    assert not re.search(r"Rand|Bonferroni|bootstrap|Cochran|p-value|cluster", text)
