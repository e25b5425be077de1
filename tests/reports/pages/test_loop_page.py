"""The page of the closed loop decides, with its interval, says why in both languages, and gives no small group away."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from cjlab.decisions import Action, Rules, Terms
from cjlab.errors import TurnError
from cjlab.features import Recency, Recipe
from cjlab.loop import Aim, Brought, Cycle, Gate, Reading, Turn, Turns, Wave
from cjlab.loop.cycle._turn import Learnt, Shift, Step
from cjlab.reports import LoopPage
from cjlab.reports.pages._part import Part

NAN = float("nan")
SECTIONS = ("top", "promised", "contacted", "challenged", "decided", "history", "next")
CYCLE = Cycle(
    name="spring",
    rules=Rules((Action("news", "email", 0.1),)),
    terms=Terms("spring"),
    recipe=Recipe(Recency("purchase")),
    aim=Aim(within="20D"),
)
GATES = (
    Gate("data", 900, NAN, NAN, 1, passed=True, said=""),
    Gate("unseen", 30.0, NAN, NAN, 0.0, passed=True, said=""),
    Gate("kept", 0.1, NAN, NAN, 200.0, passed=True, said=""),
    Gate("fast", 0.4, 0.4, 0.4, 100.0, passed=True, said=""),
    Gate("ranking", 0.01, -0.01, 0.03, 0.0, passed=True, said=""),
    Gate("promise", 0.5, 0.1, 0.9, 1.8, passed=True, said=""),
    Gate("segment north", 0.1, -0.2, 0.4, 0.0, passed=True, said=""),
    Gate("value", 0.05, -0.1, 0.2, 0.0, passed=False, said=""),
)
GUARDS = (
    Gate("contacts pay", 0.4, 0.1, 0.7, 0.0, passed=True, said=""),
    Gate("unsubscribed", 0.01, 0.005, 0.02, 0.05, passed=True, said=""),
)
COUNTS = {"customers": 900, "decided": 700, "random": 70, "control": 0, "holdout": 35, "contacted": 600, "ramp": 65}
PLAN = {"action": "news", "channel": "email", "sent": 600, "by_policy": 596, "at_random": 4, "withheld": 0}


def turn(month: int, **more: Any) -> Turn:
    day = dt.date(2024, month, 1)
    at = dt.datetime(2024, month, 1, tzinfo=dt.UTC)
    counts = COUNTS | {"cost": 60.0, "expected": 300.0}
    plan = (PLAN | {"cost": 60.0, "expected": 300.0, "charge": 0.0},)
    kept = ({"action": "news", "reason": "holdout", "customers": 35, "share": 0.04},)
    return Turn(
        name="spring", day=day.isoformat(), as_of=at, **{"counts": counts, "plan": plan, "excluded": kept} | more
    )


def waves(*totals: tuple[float, float, float]) -> Brought:
    made = [
        Wave(dt.datetime(2024, month, 1, tzinfo=dt.UTC), 665, 600, *ends, *ends)
        for month, ends in enumerate(totals, start=1)
    ]
    return Brought(tuple(made))


READING = Reading("news", "everybody", 665, 600, 0.5, 0.4, 0.1, 0.7, 0.1, "held", "")
SERVED = turn(3, champion=2, states={"mature": 1_400, "pending": 7, "censored": 3}, readings=(READING,), guards=GUARDS)
KEPT = replace(SERVED, gates=GATES, learnt=Learnt(3, ("2024-01-01",), 650, 1_300))
CASES: dict[str, tuple[Turn, Brought]] = {
    "pays": (KEPT, waves((100.0, 20.0, 180.0), (250.0, 90.0, 410.0))),
    "unsure": (SERVED, waves((100.0, -20.0, 220.0), (50.0, -90.0, 190.0))),
    "loses": (SERVED, waves((-100.0, -180.0, -20.0), (-250.0, -410.0, -90.0))),
    "early": (SERVED, waves((NAN, NAN, NAN))),
    "pilot": (turn(3), waves((10.0, -20.0, 40.0))),
    "stopped": (turn(3, stopped=2, guards=GUARDS, demoted=("news",)), waves((-100.0, -180.0, -20.0))),
}


def page(case: str, language: str = "en", **more: Any) -> LoopPage:
    last, brought = CASES[case]
    return LoopPage(
        CYCLE, Turns((turn(1), turn(2, champion=2), replace(last, **more))), brought, "spring", language, "EUR"
    )


def spoken(one: LoopPage) -> str:
    made = [*(part for name in SECTIONS for part in getattr(one, name)), one.method]
    told = [
        str(part.html) if isinstance(part, Part) else json.dumps(part.layout.meta["cjlab"], ensure_ascii=False)
        for part in made
    ]
    return re.sub(r"\s+", " ", " ".join([*told, one.result.answer]).replace("\u2060", ""))


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("case", CASES)
def test_every_case_can_be_said_in_every_language(case: str, language: str) -> None:
    one = page(case, language)
    text = spoken(one)
    assert "nan" not in re.sub(r"\w*(fi|mai|te)nan\w*", "", text.lower())
    assert "{" not in one.result.answer
    tones = {"pays": "good", "loses": "stop", "stopped": "stop"}
    assert one.result.bundle["tone"] == tones.get(case, "wait")
    assert one.result.bundle["language"] == language


def test_the_decision_has_its_interval() -> None:
    assert page("pays").result.bundle["decision"] == (
        "Let it go on: its contacts have brought €250 more than no contact would have (€90 to €410)"
    )
    assert "(€50, −€90 to €190)" in page("unsure").result.bundle["decision"]


def test_what_was_promised_stands_beside_what_came() -> None:
    text = spoken(page("pays"))
    assert "“news” had promised €0.50 a contact; €0.40 (€0.10 to €0.70) came: kept its promise." in text
    assert "Nothing can be read yet" in spoken(page("pilot"))


@pytest.mark.parametrize(
    ("language", "planned"),
    [("en", "promise, not a measured result"), ("fr", "promesse du modèle, et non un résultat mesuré")],
)
def test_what_a_model_promises_is_no_estimate(language: str, planned: str) -> None:
    """A sum of predictions has no interval: it says nothing of how wrong they are, above all of those chosen for it."""
    text = spoken(page("pays", language))
    assert planned in text
    assert "interval" in str(page("pays", language).contacted[0].html)
    assert "is expected" not in text
    assert "il en est attendu" not in text
    assert "promises" not in str(page("pilot").contacted[0].html)


def test_every_question_has_its_figure_its_threshold_and_its_verdict() -> None:
    text = re.sub(r"<[^>]+>", " ", spoken(page("pays")))
    text = re.sub(r"\s+", " ", text)
    assert "Does it bring more than what serves, a customer? €0.05 (−€0.10 to €0.20) surely above 0 not passed" in text
    assert "could have shown a gain of €0.21 a customer in four of five cases" in text
    assert "Does it promise no more than can have come? €0.50; €0.10 to €0.90 came at most €1.80 passed" in text
    assert "Is it no worse among “north”? €0.10 (−€0.20 to €0.40) not surely below 0 passed" in text
    assert "Do few enough unsubscribe? 1.0 % (0.5 to 2.0 %) at most 5.0 % passed" in text.replace("\xa0", " ")
    assert "Version 3 was learnt from 650 decisions of 1 turns." in text


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize(
    ("kind", "alias"),
    [("promotion", "champion"), ("promotion", "challenger"), ("rollback", "champion"), ("retirement", "challenger")],
)
def test_every_move_is_said(kind: str, alias: str, language: str) -> None:
    shift = Shift(kind, alias, None if kind == "retirement" else 3, 2, "")
    learnt = Learnt(3, ("2024-01-01",), 650, 1_300) if kind == "promotion" else None
    text = spoken(page("unsure", language, shifts=(shift,), learnt=learnt, challenger=3))
    assert "cl_" not in text
    assert "65" in text  # the customers of the trial


@pytest.mark.parametrize("code", ["not due", "no overlap", "left out", "away", "not moved"])
def test_what_was_not_done_is_said(code: str) -> None:
    plain, told = spoken(page("unsure")), spoken(page("unsure", steps=(Step(code, "in other words"),)))
    assert len(told) > len(plain)
    assert "in other words" not in told  # the words of a turn are English; the page says it in the reader's


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Drawn for too few to be learnt: “text” and “call”."),
        ("fr", "Tiré au sort pour trop peu de clients pour être appris : « text » et « call »."),
    ],
)
def test_an_action_that_was_left_out_is_named(language: str, said: str) -> None:
    learnt = Learnt(3, ("2024-01-01",), 650, 1_300, ("text", "call"))
    one = page("unsure", language, learnt=learnt, steps=(Step("left out", "in other words"),))
    assert said in re.sub(r"\s", " ", one.decided[0].html)
    assert one.decided[0].html.count("text") == 1  # said once


def test_a_trial_without_a_champion_is_no_lot_for_all() -> None:
    text = spoken(page("unsure", champion=None, challenger=3))
    assert "version 3 decided for 65 customers on trial" in text
    assert "nobody was chosen by a model" not in text
    assert "nothing is expected from them" not in text
    assert "version 3 for those on trial" in text


def test_where_nobody_is_held_out_nothing_is_said_to_be_measured_by_it() -> None:
    text = spoken(page("unsure", counts=SERVED.counts | {"holdout": 0}))
    assert "what all contacts change together cannot be measured" in text
    assert "0 are held out" not in text
    assert "0 more held out" not in text
    assert "0 customers get nothing" not in text


def test_what_is_bold_in_the_decision_is_plain_below_it() -> None:
    moved = Shift("promotion", "challenger", 3, None, "")
    one = page("pays", shifts=(moved,), challenger=3)
    assert "<strong>decides for a few customers first</strong>" in one.top[1].html
    assert "decides for a few customers first." in one.challenged[0].html


def test_few_customers_are_not_told_apart() -> None:
    text = spoken(page("pays"))
    assert text.count("under 11") == text.count("not told") == 1  # four were drawn by lot: the others would tell them
    assert "596" not in text


def test_of_an_action_of_few_neither_cost_nor_the_next_smallest_is_told() -> None:
    """Contacts in all, and what one costs, are told: of 950 the others would leave the 5, and so would 0.50 euros."""
    rest = {"at_random": 0, "withheld": 0, "channel": "email", "cost": 1.0, "expected": 2.0}
    plan = [{"action": name, "sent": n, "by_policy": n, **rest} for name, n in (("a", 5), ("b", 95), ("c", 850))]
    (shown,) = re.findall("<tbody>.*</tbody>", str(page("pays", plan=tuple(plan)).contacted[0].html), re.DOTALL)
    rows = [re.findall("<td[^>]*>([^<]*)</td>", row) for row in shown.split("</tr>")[:-1]]
    hidden = ["not told"] * 2
    assert [row[-6:] for row in rows[:2]] == [["under 11", *hidden, "0", *hidden], ["not told", *hidden, "0", *hidden]]
    assert rows[2][-6:-3] == ["850", "850", "0"]


def test_a_file_of_results_has_every_number() -> None:
    entries = page("pays").result.bundle["entries"]
    assert [one["estimate"] for one in entries if one["metric"] == "total"] == [100.0, 250.0]
    (came,) = (one for one in entries if one["metric"] == "came")
    assert (came["estimate"], came["promised"], came["n"]) == (0.4, 0.5, 600)
    assert sum(one["kind"] == "gate" for one in entries) == len(GATES)
    early = page("early").result.bundle["entries"]
    assert json.loads(json.dumps(early, allow_nan=False))[0]["estimate"] is None


def test_the_running_total_is_drawn_with_its_interval() -> None:
    (figure,) = (part for part in page("pays").history if not isinstance(part, Part))
    assert figure.layout.meta["cjlab"]["table"]["rows"] == [["1", "€100 (€20 to €180)"], ["2", "€250 (€90 to €410)"]]
    assert np.isclose(max(max(trace.y) for trace in figure.data if trace.y is not None), 410)


def test_a_loop_without_a_turn_is_named() -> None:
    with pytest.raises(TurnError, match="no turn has been taken here"):
        _ = LoopPage(CYCLE, Turns(()), Brought(()), "spring").top
