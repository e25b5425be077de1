"""The page of a simulated market says what is simulated, and every number with its interval."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from cjlab._display import Numbers
from cjlab.reports import SimulationPage
from cjlab.reports.pages._part import Part
from cjlab.simulator import Everyone, Nobody, World, simulate

PARTS = ("header", "decision", "key_numbers", "life", "compared", "gains", "whom", "helped", "method", "result")


@pytest.fixture(scope="module", params=["en", "fr"])
def page(request: pytest.FixtureRequest) -> SimulationPage:
    """A page in each language."""
    run = simulate(World.retail(n_customers=600, seed=7), days=90)
    often, careful = run.branch(20, Everyone(every=7)), run.branch(20, Nobody())
    return SimulationPage(
        often, careful, 20, 7, "text", run.effect_of("text", 20, 28, replicates=10), 28, request.param
    )


def test_every_part_is_made_and_its_numbers_are_kept(page: SimulationPage) -> None:
    made = [getattr(page, name) for name in PARTS]
    assert sum(isinstance(part, Part) for part in made) == len(PARTS) - 3
    entries = json.loads(json.dumps(page.result.bundle, allow_nan=False))["entries"]
    net = next(entry for entry in entries if entry["metric"] == "net")
    found = page.careful.against(page.often, since=20).to_frame().set_index("outcome").loc["net"]
    assert (net["estimate"], net["low"], net["high"]) == pytest.approx((found.difference, found.low, found.high))


def test_it_says_first_that_it_is_simulated(page: SimulationPage) -> None:
    assert ("simulé" if page.language == "fr" else "simulated") in page.decision.html
    assert ("fictifs" if page.language == "fr" else "made-up") in page.header.html


def test_who_is_hurt_is_counted_from_the_truth(page: SimulationPage) -> None:
    hurt = (page.often.truth.inclined("text") < 0).mean()
    assert f"<strong>{100 * hurt:.0f}" in page.whom.html


def test_no_difference_is_said_as_such(page: SimulationPage) -> None:
    same = SimulationPage(page.often, page.often, 20, 7, "text", page.effects, 28, page.language)
    assert same.decision.title == same._say("s_open")


def test_both_ways_stand_beside_silence_with_their_intervals(page: SimulationPage) -> None:
    heard = simulate(page.often.world, Everyone(every=30), days=90)
    beside = SimulationPage(page.often, heard, 20, 7, "text", page.effects, 28, page.language, page.careful)
    entries = {
        (one["arm"], one["versus"]): one for one in beside.result.bundle["entries"] if one.get("metric") == "net"
    }
    assert set(entries) == {("little", "much"), ("much", "nobody"), ("little", "nobody")}
    numbers = Numbers(page.language)
    for (_, versus), one in entries.items():
        if versus == "nobody":
            for end in ("estimate", "low", "high"):
                said = numbers.money(1000 * one[end], "EUR", digits=0, signed=True)
                assert said in beside.result.answer
    columns = re.findall(r"<th[^>]*>([^<]+)</th>", str(beside.compared.html))
    assert columns[:4] == (
        ["Par client", "Beaucoup", "Peu", "Personne"]
        if page.language == "fr"
        else ["Per customer", "Much", "Little", "Nobody"]
    )
    assert "Personne" not in page.compared.html
    assert "Nobody" not in page.compared.html


@pytest.mark.parametrize(
    ("gentle", "said"),
    [
        ("reminder", {"en": "reminders only", "fr": "des rappels seulement"}),
        ("loyalty_gift", {"en": "“loyalty gift” only", "fr": "«\u202floyalty gift\u202f» seulement"}),
    ],
)
def test_the_one_message_of_the_careful_way_is_named(page: SimulationPage, gentle: str, said: dict[str, str]) -> None:
    assert f"<strong>{said[page.language]}</strong>" in replace(page, gentle=gentle).decision.html
