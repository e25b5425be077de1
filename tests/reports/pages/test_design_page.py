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
    return Experiment.read(DECLARED).design(log, as_of="2025-09-01", per_day=500)


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
