"""The page of a fitted market says what it is good for, from what holds and from nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache

import pytest

from benchmarks.proof.fitting import lived
from cjlab.reports import FitPage
from cjlab.reports.pages._part import Part
from cjlab.simulator import Fit, Validity, fit
from cjlab.simulator.judging import Judged

PARTS = ("header", "decision", "key_numbers", "uses", "limits", "margins", "chart", "estimates", "method", "result")
NAMES = (
    "days between orders",
    "orders a customer",
    "value of an order",
    "weekday of an order",
    "events a customer-week, web",
    "opened, after 0 contacts in 14 days",
    "real told from simulated",
)


@cache
def found() -> Fit:
    return fit(lived(0, customers=400).log, personas=1)


def judged(*off: str) -> Validity:
    """All margins hold but those named."""
    return Validity(
        tuple(
            Judged(
                name, "classifier" if "told" in name else "total variation", 0.6, 0.5, 0.7, 0.7, 0.5, 90, 80, verdict
            )
            for name in NAMES
            for verdict in ["does not hold" if name in off else "holds"]
        )
    )


@pytest.mark.parametrize("language", ["en", "fr"])
def test_every_part_is_made_and_its_numbers_are_kept(language: str) -> None:
    page = FitPage(found(), judged("value of an order"), "a shop", language)
    made = [getattr(page, name) for name in PARTS]
    assert sum(isinstance(part, Part) for part in made) == len(PARTS) - 2
    entries = json.loads(json.dumps(page.result.bundle, allow_nan=False))["entries"]
    assert next(one for one in entries if one["metric"] == "value of an order")["verdict"] == "does not hold"


def test_what_holds_allows_a_use_and_what_does_not_refuses_it_by_name() -> None:
    page = FitPage(found(), judged("value of an order"), "a shop")
    assert "how many fall silent, if nothing changes" in page.uses.html
    assert "customers spend" not in page.uses.html
    assert "To foresee order values or spending: value of an order." in page.limits.html
    assert "6 of 7" in page.decision.html
    assert "what does not, or cannot be told: value of an order" in page.decision.html


def test_customers_who_are_told_apart_are_no_stand_ins() -> None:
    page = FitPage(found(), judged("real told from simulated"), "a shop")
    assert "too well (area under the curve 0.60)" in page.limits.html
    assert "models of single customers" not in page.uses.html


def test_what_is_too_uncertain_is_no_verdict() -> None:
    open_ = tuple(one._replace(verdict="not known") if "told" in one.name else one for one in judged().judged)
    page = FitPage(found(), Validity(open_), "a shop")
    assert "may tell real customers from simulated ones too well" in page.limits.html
    assert "do not hold: 0; cannot be told: 1" in page.key_numbers.html


def test_messages_are_judged_only_where_their_effects_are_known() -> None:
    known = FitPage(found(), judged(), "a shop")
    assert "drawn at random" in known.uses.html
    still = {name: replace(action, effects={}, pulls_forward=0.0) for name, action in found().world.actions.items()}
    silent = FitPage(replace(found(), world=found().world.but(actions=still)), judged(), "a shop")
    assert "drawn at random" not in silent.uses.html
    assert "in this market they change nothing" in silent.limits.html


def test_where_nothing_holds_nothing_is_allowed() -> None:
    still = {name: replace(action, effects={}, pulls_forward=0.0) for name, action in found().world.actions.items()}
    page = FitPage(replace(found(), world=found().world.but(actions=still)), judged(*NAMES), "a shop")
    assert "Nothing yet" in page.uses.html
    assert "As proof" in page.limits.html
