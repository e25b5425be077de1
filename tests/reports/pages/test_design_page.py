"""The page of a plan says whether a test is worth beginning."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from cjlab import datasets
from cjlab.experiments import Design, Experiment
from cjlab.reports import DesignPage
from cjlab.reports.pages._part import Part

DECLARED = Path(__file__).parents[3] / "notebooks" / "experiments" / "promotion.toml"
PARTS = ("header", "decision", "key_numbers", "groups", "visible", "curve", "method", "result")


@pytest.fixture(scope="module")
def design() -> Design:
    log = datasets.promotion_test(n_customers=8000)
    test = replace(Experiment.read(DECLARED), planned_customers=None, value=None)
    return test.design(log, as_of="2025-09-01", per_day=500)


def test_a_plan_within_reach_says_how_many_and_how_long(design: Design) -> None:
    page = DesignPage(design)
    assert design.needed is not None
    assert page.decision.title == f"Plan for {design.needed:,} customers, and read the result after {design.days} days"
    assert 'class="decision neutral"' in page.decision.html
    assert "500 customers enter a day" in page.key_numbers.html


def test_a_plan_out_of_reach_is_refused(design: Design) -> None:
    page = DesignPage(replace(design, needed=90_000))
    assert page.decision.title == "Too few customers for this test"
    assert 'class="decision stop"' in page.decision.html
    assert "90,000" in page.decision.html


def test_a_plan_without_an_expected_effect_says_what_can_be_seen(design: Design) -> None:
    page = DesignPage(replace(design, needed=None, expected=None))
    assert 'class="decision wait"' in page.decision.html
    assert "Declare the effect that is expected" in page.decision.html


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_part_is_made_and_its_numbers_are_kept(design: Design, language: str) -> None:
    page = DesignPage(design, language)
    made = [getattr(page, name) for name in PARTS]
    assert sum(isinstance(part, Part) for part in made) == len(PARTS) - 2
    entries = json.loads(json.dumps(page.result.bundle, allow_nan=False))["entries"]
    assert {"kind": "plan", "name": "needed", "estimate": design.needed} in entries
    assert sum(entry["kind"] == "curve" for entry in entries) == len(design.curve)


def test_groups_get_their_shares(design: Design) -> None:
    assert DesignPage(design).groups.html.count("33.3") == 3


@pytest.mark.parametrize(
    ("changes", "english", "french"),
    [
        ({}, "The plan declares 20,000 customers, which covers", "Le plan déclare 20\u202f000 clients, ce qui couvre"),
        ({"planned_customers": 6000}, "which is not enough: declare ", "ce qui ne suffit pas\u202f: en déclarer "),
        ({}, "cannot say how many customers it takes for: customers who unsub", "L’historique ne permet pas de dire"),
        ({}, "the cost of a contact, not declared, comes on top", "le coût d’un contact, non déclaré, est à déduire"),
    ],
)
def test_a_plan_names_what_else_is_to_be_shown(changes: dict[str, int], english: str, french: str) -> None:
    log = datasets.promotion_test(n_customers=20_000)
    made = replace(Experiment.read(DECLARED), **changes).design(log, as_of="2025-09-01")
    assert english in DesignPage(made).result.answer
    assert french in DesignPage(made, "fr").result.answer


def test_a_plan_that_would_lose_says_so() -> None:
    test = Experiment.read(DECLARED)
    costly = replace(test, arms=(test.arms[0], *(replace(arm, cost=50.0) for arm in test.arms[1:])))
    made = costly.design(datasets.promotion_test(n_customers=8000), as_of="2025-09-01")
    assert "it would cost more than it brings" in DesignPage(made).decision.html
    assert "le coût dépasserait le gain" in DesignPage(made, "fr").decision.html


def test_a_plan_larger_than_the_history_is_too_large() -> None:
    made = Experiment.read(DECLARED).design(datasets.promotion_test(n_customers=8000), as_of="2025-09-01")
    assert DesignPage(made).decision.title == "Too few customers for this test"
