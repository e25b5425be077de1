"""The page of customer value decides, says how the last forecast came out, and gives no small group away."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

import cjlab as cj
from cjlab.models import Portfolio
from cjlab.models.value import Moves
from cjlab.reports import ValuePage
from cjlab.reports.pages._moved import Moved
from cjlab.reports.pages._part import Part
from cjlab.reports.pages._voice import Voice
from cjlab.statistics import Interval

SECTIONS = ("top", "tiers", "spend", "moved", "past")


@cache
def found() -> Portfolio:
    log = cj.datasets.simulated_shop(n_customers=900, seed=4)
    return Portfolio.of(log, within="26W", margin=0.3)


def checked(*ratio: float, **tiers: tuple[float, float, float]) -> Portfolio:
    """Return the portfolio as if all tiers had come to as much, but those that are named."""
    held = found().held
    table = held.tiers.assign(ratio=ratio[0], low=ratio[1], high=ratio[2])
    for name, three in tiers.items():
        table.loc[name, ["ratio", "low", "high"]] = three
    return replace(found(), held=replace(held, ratio=Interval(*ratio), tiers=table))


def page(portfolio: Portfolio | None = None, language: str = "en", cost: float = 0.5) -> ValuePage:
    return ValuePage(portfolio or found(), cost, "simulated_shop", language, "EUR")


def spoken(one: ValuePage) -> str:
    made = [*(part for name in SECTIONS for part in getattr(one, name)), one.method]
    told = [
        part.html if isinstance(part, Part) else json.dumps(part.layout.meta["cjlab"], ensure_ascii=False)
        for part in made
    ]
    return " ".join([*map(str, told), one.result.answer])


CASES = {
    "held": lambda: checked(1.01, 0.97, 1.05),
    "less": lambda: checked(0.7, 0.65, 0.75),
    "more": lambda: checked(1.3, 1.2, 1.4),
    "untested": lambda: replace(found(), held=None),
    "few": lambda: replace(found(), tiers=found().tiers.assign(customers=4)),
}


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("case", CASES)
def test_every_case_can_be_said_in_every_language(case: str, language: str) -> None:
    one = page(CASES[case](), language)
    text = spoken(one)
    assert "nan" not in re.sub(r"\w*(fi|mai|te)nan\w*", "", text.lower())
    assert "{" not in one.result.answer
    assert one.result.bundle["tone"] == ("good" if case == "held" else "wait")
    assert one.result.bundle["data_until"] == "2025-03-31"


@pytest.mark.parametrize("case", ["held", "less", "more"])
def test_the_decision_has_its_interval(case: str) -> None:
    portfolio = CASES[case]()
    decision, best = page(portfolio).result.bundle["decision"], portfolio.tiers.iloc[-1]
    assert f"€{best['cap']:.2f}" in decision or f"€{best['cap']:,.0f}" in decision
    ends = portfolio.held.ratio if case != "held" else best[["part", "part_low", "part_high"]]
    digits = 1 if case == "held" else 0
    for end in ends:
        assert f"{100 * end:.{digits}f}" in decision


def test_a_forecast_that_was_off_is_said_to_be_off() -> None:
    text = spoken(page(CASES["less"]())).replace("\xa0", " ")
    assert "It was too high" in text
    assert "if it errs by as much again" in text
    again = 0.7 * found().total.estimate
    assert f"€{again:,.0f} if it errs as last time" in text
    assert "It held" in spoken(page(CASES["held"]()))
    assert "nobody knows yet how far it can be trusted" in spoken(page(CASES["untested"]()))


def test_value_is_never_taken_for_an_effect() -> None:
    assert "It does not say what spending on them changes" in spoken(page())
    assert "a random 10\xa0% of each tier gets only what it gets today" in spoken(page())


def test_an_interval_that_is_not_known_is_not_made_up() -> None:
    endless = replace(found(), held=replace(found().held, promised=Interval(1000.0, np.nan, np.nan)))
    assert "€1,000 (interval not known)" in spoken(page(endless))


def test_a_contact_that_is_free_has_no_limit() -> None:
    assert "no limit" in page(cost=0.0).spend[0].html
    assert ">none<" in page(cost=5000.0).spend[0].html


MOVES = Moves(("none", "low", "high"), np.array([[50, 0, 0], [0, 400, 5], [0, 30, 95]]))


def test_few_who_moved_are_not_counted_nor_given_away() -> None:
    moved = Moved(MOVES, Voice("shop", "en"))
    rows = moved.grid().rows
    assert rows == [["High", "not told", "30"], ["Low", "under 11", "400"]]  # 100 are high: 95 would tell the 5
    assert moved.words == {"up": "under 11", "down": "30", "new": "0", "left": "30"}
    some = Moves(("none", "low", "mid", "high"), np.array([[0] * 4, [0, 90, 0, 0], [0, 0, 80, 0], [0, 3, 60, 70]]))
    assert Moved(some, Voice("shop", "en")).words["left"] == "more than 60"


def test_sums_beside_sums_tell_no_few_who_moved() -> None:
    """Of each tier's count, and of all who rose, one could be taken from the other: then neither x nor y is a few."""
    some = Moves(("none", "low", "mid", "high"), np.array([[0] * 4, [0, 90, 60, 3], [0, 0, 80, 4], [0, 30, 60, 70]]))
    assert Moved(some, Voice("shop", "en")).words["up"].startswith("more than ")
    assert Moved(some, Voice("shop", "en")).words["down"] == "90"


def test_how_many_rose_begins_its_sentence() -> None:
    some = Moves(("none", "low", "mid", "high"), np.array([[0] * 4, [0, 90, 60, 3], [0, 0, 80, 0], [0, 30, 60, 70]]))
    assert Moved(some, Voice("shop", "en")).words["up"] == "more than 60"
    assert "did not buy. More than 60 rose" in page(replace(found(), moves=some)).moved[0].html


def test_tiers_of_few_tell_nothing() -> None:
    few = found().tiers.copy()
    few.loc["gold", "customers"] = 7
    one = page(replace(found(), tiers=few))
    assert "under 11" in one.tiers[2].html
    assert not [entry for entry in one.result.bundle["entries"] if entry.get("tier") == "gold"]
    assert f"{100 * few.loc['gold', 'part']:.1f}" not in spoken(one)


def test_every_number_is_kept() -> None:
    entries = page().result.bundle["entries"]
    value = {one["tier"]: one for one in entries if one["metric"] == "value"}
    assert value["gold"]["low"] == found().tiers.loc["gold", "value_low"]
    assert {"expected_margin", "came_of_promised", "part", "cap"} <= {one["metric"] for one in entries}


def test_no_sentence_needs_a_statistician() -> None:
    text = " ".join(str(part.html) for name in SECTIONS for part in getattr(page(), name) if isinstance(part, Part))
    assert not re.search(r"BG/NBD|gamma|likelihood|variance|delta", text)
    assert "BG/NBD" in page().method.html


@pytest.mark.parametrize(
    ("language", "sentence", "said"),
    [
        ("en", "Not so in every tier", "“bronze” brought more than was promised, 133 % of it (123 to 143 %)"),
        (
            "fr",
            "Il n’en va pas ainsi de chaque palier",
            "« bronze » a apporté plus que promis, soit 133 % (123 à 143 %)",
        ),
    ],
)
def test_a_total_that_held_hides_no_tier_that_missed(language: str, sentence: str, said: str) -> None:
    portfolio = checked(1.03, 0.99, 1.07, bronze=(1.33, 1.23, 1.43))
    one = page(portfolio, language)
    decided = re.sub(r"\s", " ", one.top[1].html.replace("\u2060", ""))
    assert f"<strong>{sentence}</strong>" in decided
    assert said in decided
    assert said in re.sub(r"\s", " ", one.past[1].layout.meta["cjlab"]["finding"])
    assert one.result.bundle["tone"] == "wait"
    kept = {entry.get("tier"): entry for entry in one.result.bundle["entries"] if entry["metric"] == "came_of_promised"}
    assert (kept["bronze"]["estimate"], kept["bronze"]["low"], kept["bronze"]["high"]) == (1.33, 1.23, 1.43)


def test_a_cap_that_was_lowered_is_said_whatever_the_total_did() -> None:
    lowered = "What may be spent is lowered for the tiers that brought less"
    assert lowered in spoken(page(checked(1.0, 0.96, 1.04, gold=(0.8, 0.75, 0.85))))
    assert "have lower caps" in spoken(page(checked(1.0, 0.96, 1.04, gold=(0.8, 0.75, 0.85))))
    unsure = dict.fromkeys(found().held.tiers.index, (0.9, 0.85, 0.96))
    assert lowered not in spoken(page(checked(0.9, 0.88, 0.92, **unsure)))  # less in all, and surely in no tier


def test_a_tier_of_few_customers_that_missed_is_not_told() -> None:
    portfolio = checked(1.0, 0.96, 1.04, gold=(2.22, 2.0, 2.4))
    portfolio.held.tiers.loc["gold", "customers"] = 7
    one = page(portfolio)
    assert "222" not in spoken(one)
    assert one.result.bundle["tone"] == "good"
