"""The page of the engagement audit says what the log can tell, each share with its interval, and no more."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import pandas as pd
import pytest

import cjlab as cj
from cjlab.reports import EngagementPage
from cjlab.reports.pages._part import Part

if TYPE_CHECKING:
    from pathlib import Path

    from cjlab.features import Listening

SECTIONS = ("top", "silences", "scenarios", "late")


@cache
def found() -> Listening:
    return cj.features.Listening.of(cj.datasets.simulated_shop(n_customers=700, seed=3))


def spoken(page: EngagementPage) -> str:
    """All words of a page: of its parts, and of what its figures say and list."""
    made = [one for name in SECTIONS for one in getattr(page, name)]
    told = [
        one.html if isinstance(one, Part) else json.dumps(one.layout.meta["cjlab"], ensure_ascii=False) for one in made
    ]
    return " ".join([*told, str(page.method.html), page.result.answer])


@pytest.mark.parametrize("language", ["en", "fr"])
def test_its_first_sentence_decides_and_has_its_interval(language: str) -> None:
    page = EngagementPage(found(), "simulated_shop", language)
    first, comma = found().silences.loc["no_open"], "," if language == "fr" else "."
    for end in ("share", "low", "high"):
        assert f"{100 * first[end]:.1f}".replace(".", comma) in page.result.bundle["decision"]
    assert page.result.bundle["decision"].startswith("Écrire moins à" if language == "fr" else "Write less to")
    assert ("simulé" if language == "fr" else "simulated") in page.top[1].html


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_number_is_kept_and_none_is_written_as_nan(language: str) -> None:
    page = EngagementPage(found(), "simulated_shop", language)
    entries = {(one["kind"], one["metric"]): one for one in page.result.bundle["entries"]}
    first = found().silences.loc["no_open"]
    assert entries["silence", "no_open"]["estimate"] == first["share"]
    assert entries["silence", "no_open"]["n"] == first["customers"]
    assert "nan" not in spoken(page).lower().replace("nance", "")
    assert page.result.bundle["data_until"] == "2025-03-31"


def test_costs_are_in_the_currency_of_the_log_or_in_the_one_given() -> None:
    cost = round(found().silences.loc["no_open", "cost"])
    assert f"€{cost}" in EngagementPage(found(), "simulated_shop").result.answer
    assert f"£{cost}" in EngagementPage(found(), "simulated_shop", currency="GBP").result.answer
    assert f"cost {cost}," in EngagementPage(found(), "/somewhere/else").result.answer


def test_what_costs_nothing_known_has_no_cost() -> None:
    bare = replace(found(), lacking=("machine", "cost"), with_machines=(float("nan"),) * 3)
    text = spoken(EngagementPage(bare, "simulated_shop"))
    assert "What messages cost is not in this log." in text
    assert "€" not in text
    assert "The log does not say which opens are a machine’s" in text


def test_fewer_than_eleven_are_counted_nowhere() -> None:
    silences = found().silences.copy()
    silences.loc["no_open":, "customers"], silences.loc["no_open":, ["share", "low", "high"]] = 3, (0.004, 0.001, 0.012)
    groups = found().groups.copy()
    groups.loc["silent", "customers"] = 3
    page = EngagementPage(replace(found(), silences=silences, groups=groups, early=0), "simulated_shop")
    assert (
        page.result.bundle["decision"]
        == "Hardly anybody has gone: at most 1.2\xa0% of those we write to opened nothing for a year"
    )
    assert "Fewer than 11 of the" in page.result.answer
    assert "0.4\xa0%" not in " ".join(str(part.html) for part in page.top)
    assert len(page.silences) == 2
    assert "plan" not in {part.kind for part in page.top}


def test_a_group_of_few_cannot_be_found_by_subtraction() -> None:
    groups = found().groups.copy()
    written, reads = found().written, int(groups.loc["reads", "customers"])
    groups.loc["silent", "customers"] = 3
    groups.loc["comes", "customers"] = written - reads - 3
    told = EngagementPage(replace(found(), groups=groups), "simulated_shop").silences[-1].html
    largest, other = sorted([reads, written - reads - 3], reverse=True)
    assert ">not told<" in told
    assert f">{largest:,}<" in told
    assert f"{other:,}" not in told


def test_a_fortnight_is_too_soon_to_call_anybody_silent() -> None:
    early = int(found().silences.loc["no_open", "customers"])
    page = EngagementPage(replace(found(), early=early), "simulated_shop")
    assert page.result.bundle["decision"].startswith("Too soon to tell: ")
    assert page.result.bundle["tone"] == "neutral"
    assert "plan" not in {part.kind for part in page.top}


def test_without_messages_the_page_says_so_and_shows_who_is_late() -> None:
    empty = found().silences.iloc[:0]
    bare = replace(
        found(),
        silences=empty,
        groups=found().groups.iloc[:0],
        channels=found().channels.iloc[:0],
        scenarios=found().scenarios.iloc[:0],
    )
    page = EngagementPage(bare, "simulated_shop")
    assert page.result.bundle["decision"].startswith("No message is in this log; ")
    assert page.silences == page.scenarios == ()
    assert "Whether anybody listens cannot be told" in page.top[1].html
    assert len(page.late) == 2
    silent = EngagementPage(replace(bare, late=pd.DataFrame()), "simulated_shop")
    assert silent.result.bundle["decision"] == "This log has no messages, and too few purchases to tell who is late"
    assert len(silent.late) == 1


def test_without_answers_no_scenario_is_called_endless() -> None:
    page = EngagementPage(replace(found(), scenarios=found().scenarios.iloc[:0]), "simulated_shop")
    assert "This log holds no answers to messages" in page.scenarios[0].html
    assert "goes on and on" not in page.result.answer
    calm = found().scenarios.assign(replayed=0.0, share=0.0)
    page = EngagementPage(replace(found(), scenarios=calm), "simulated_shop")
    assert "No scenario was sent to anybody six times or more" in page.scenarios[0].html


def test_a_channel_without_opens_is_named_and_not_drawn() -> None:
    channels = found().channels.copy()
    channels.loc["paper", ["share", "low", "high"]] = float("nan")
    parts = EngagementPage(replace(found(), channels=channels), "simulated_shop").scenarios
    assert "Whether a message by letter is opened is not in this log." in parts[-1].html
    assert [row[0] for row in parts[-2].layout.meta["cjlab"]["table"]["rows"]] == ["E-mail"]


def test_who_has_no_contract_any_more_is_said_and_few_are_not() -> None:
    said = "436 of them have no contract any more"
    assert said in EngagementPage(replace(found(), left=436), "simulated_shop").result.answer
    for few in (0, 10):
        assert "no contract" not in EngagementPage(replace(found(), left=few), "simulated_shop").result.answer


def test_one_scenario_is_all_messages_and_is_not_ended() -> None:
    one = found().scenarios.iloc[:1].assign(replayed=40.0, share=0.2, low=0.15, high=0.25)
    many = pd.concat([one, one.rename(index=lambda _: "other").assign(share=0.1)])
    alone, both = (EngagementPage(replace(found(), scenarios=table), "simulated_shop") for table in (one, many))
    assert "20.0\xa0% of those we write to (15.0 to 25.0\xa0%) were written to six times or more" in alone.result.answer
    assert "goes on and on" in both.result.answer
    assert [">End<" in page.top[-1].html for page in (alone, both)] == [False, True]


def test_a_channel_that_takes_most_of_the_cost_for_few_messages_is_named() -> None:
    words = ["customers", "messages", "cost", "share", "low", "high"]
    lines = {"email": [500.0, 800.0, 10.0, 0.4, 0.3, 0.5], "phone": [90.0, 200.0, 90.0, 0.6, 0.5, 0.7]}
    dear = pd.DataFrame.from_dict(lines, orient="index", columns=words)
    answer = EngagementPage(replace(found(), channels=dear), "simulated_shop").result.answer
    said = "Phone takes 90.0\xa0% of what messages cost, for 20.0\xa0% of them; 60.0\xa0% of those reached by it opened"
    assert said in answer
    even = dear.assign(cost=dear["messages"])
    assert "of what messages cost, for" not in EngagementPage(replace(found(), channels=even), "x").result.answer


def test_nobody_late_is_a_sentence_and_no_chart() -> None:
    none = found().late.assign(late=0.0, share=0.0, low=0.0, high=0.014)
    page = EngagementPage(replace(found(), late=none), "simulated_shop")
    judged = f"{int(none.loc['all', 'judged']):,}"
    assert (
        f"None of the {judged} customers with a rhythm of their own is late by it (at most 1.4\xa0%)"
        in page.result.answer
    )
    assert [part.kind for part in page.late] == ["section"]


def test_writing_less_saves_a_quarter_of_what_those_messages_cost() -> None:
    groups = found().groups
    rest = found().silences.loc["no_open", "customers"] - found().silences.loc["no_purchase", "customers"]
    assert groups.loc["comes", "customers"] == rest
    page = EngagementPage(found(), "simulated_shop")
    assert f"€{groups.loc['comes', 'cost'] / 4:.0f} more (" in page.top[-1].html


@pytest.mark.parametrize("source", ["online_retail", "complete_journey", "hillstrom"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_real_logs_are_told_as_far_as_they_go(data: Path, source: str, language: str) -> None:
    assert data
    page = EngagementPage(cj.features.Listening.of(cj.datasets.named(source)), source, language)
    text = spoken(page)
    assert "simul" not in page.top[1].html
    assert "NaN" not in text
    for absent in page.found.lacking:
        assert (page._say(f"l_lacking_{absent}") in page.method.html) == bool(page.found.written)
