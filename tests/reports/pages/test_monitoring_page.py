"""The page of monitoring: what it decides of a loop, a test and campaigns, and what it says it cannot claim."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from functools import cache

import numpy as np
import pandas as pd
import pytest

import cjlab as cj
from cjlab.loop import Aim, Batch, Replayed, Watched
from cjlab.reports import MonitoringPage
from cjlab.statistics import Interval
from tests.loop.test_monitor import played

UNTIL = dt.datetime(2025, 5, 1, tzinfo=dt.UTC)
CAMPAIGNS = pd.DataFrame(
    {
        "campaign": ["spring", "summer"],
        "at": pd.to_datetime(["2025-01-01", "2025-02-01"], utc=True),
        "contacts": [900, 800],
        "sent": [900, 800],
        "answered": [90, 8],
        "share": [0.1, 0.01],
        "low": [0.08, 0.005],
        "high": [0.12, 0.02],
    }
)
ANSWERED = Interval(98 / 1_700, 0.045, 0.07)


@cache
def of_a_loop(kept: float = 1.0, language: str = "en") -> MonitoringPage:
    drawn = np.random.default_rng(0)
    drifted = cj.loop.drift(
        pd.DataFrame({"frequency_visit_90D": drawn.normal(size=900)}),
        pd.DataFrame({"frequency_visit_90D": drawn.normal(size=900) + (1.0 if kept < 1 else 0.0)}),
    )
    found = played(0, kept=kept).monitored(drifted=drifted)
    watched = Watched("loop", Aim(), UNTIL, "UTC", CAMPAIGNS[:1], drifted, monitored=found)
    return MonitoringPage(watched, "loop", language, "EUR")


def of_a_test(gain: float, nobody: float = 0.5, language: str = "en") -> MonitoringPage:
    batches = [
        Batch(name, against, 900, 600, 1.0, 1.0 - by, by, by - 0.1, by + 0.1)
        for name in ("2", "pooled")
        for against, by in (("everybody", gain), ("nobody", nobody))
    ]
    aim = Aim(column=None, event="visit")
    watched = Watched("test", aim, UNTIL, "UTC", CAMPAIGNS[:1], None, replayed=Replayed(tuple(batches)))
    return MonitoringPage(watched, "hillstrom", language)


def of_campaigns(language: str = "en") -> MonitoringPage:
    watched = Watched("campaigns", Aim(), UNTIL, "UTC", CAMPAIGNS, None, answered=ANSWERED)
    return MonitoringPage(watched, "complete_journey", language)


def spoken(page: MonitoringPage) -> str:
    parts = [*page.top, page.came[0], *page.agreed, *page.moved, page.claims, page.method]
    return " ".join([*(part.html for part in parts), page.result.answer])


def test_a_loop_in_order_runs_on() -> None:
    page = of_a_loop()
    assert page.top[1].title == "Let it run: 4 waves, and nothing is wrong"
    assert 'class="decision good"' in page.top[1].html
    assert "Everything on this page is simulated" in page.top[0].html + page.top[1].html
    assert page.agreed[0].html.count("<tr>") == 5
    came = page.watched.monitored.measured.readings[0]
    assert f"€{1_000 * came.came:,.0f}" in page.top[2].html


def test_amounts_of_a_chart_and_shares_drawn_by_lot_have_their_unit_and_their_interval() -> None:
    page = of_a_loop()
    chart, wave = page.came[1].layout, page.watched.monitored.waves.iloc[-1]
    assert all(row[2].lstrip("−").startswith("€") for row in chart.meta["cjlab"]["table"]["rows"])
    assert all("€" in tick for tick in chart.xaxis.ticktext)
    drawn = [f"{100 * wave[f'{name}_{end}']:.1f}" for name in ("explored", "held") for end in ("low", "high")]
    said = page.agreed[0].html.replace("\u2060", "").rpartition("<tr>")[2]
    assert [one for one in drawn if one not in said] == []
    assert "visits more per" in of_a_test(0.3).came[1].layout.xaxis.title.text


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Over all waves {} more came for each one promised"), ("fr", "Sur toutes les vagues, {} est venu de plus")],
)
def test_the_slope_of_what_came_stands_wave_by_wave_with_its_interval(language: str, said: str) -> None:
    page = of_a_loop(language=language)
    looked = page.watched.monitored
    assert looked is not None
    table = page.came[-1].layout.meta["cjlab"]["table"]["rows"]
    assert len(table) == looked.waves["slope"].notna().sum() + 1 > 2
    slope = f"{looked.slope['slope']:.2f}".replace(".", "," if language == "fr" else ".")
    assert said.format(slope) in page.came[-1].layout.meta["cjlab"]["finding"]
    told = [one for one in page.result.bundle["entries"] if one["kind"] == "slope"]
    assert [one["wave"] for one in told][-1] == "all"
    assert (told[-1]["low"], told[-1]["high"]) == (looked.slope["slope_low"], looked.slope["slope_high"])
    waves = looked.waves[["slope", "slope_low", "slope_high"]].dropna().to_numpy()
    assert [[one["estimate"], one["low"], one["high"]] for one in told[:-1]] == pytest.approx(waves)


def test_without_promises_there_is_no_slope() -> None:
    watched = of_a_loop().watched
    assert watched.monitored is not None
    unknown = dict.fromkeys(watched.monitored.slope, float("nan"))
    waves = watched.monitored.waves.assign(**unknown)
    page = MonitoringPage(replace(watched, monitored=replace(watched.monitored, slope=unknown, waves=waves)), "loop")
    assert len(page.came) == 2
    assert not [one for one in page.result.bundle["entries"] if one["kind"] == "slope"]


def test_a_loop_that_broke_its_promise_is_looked_into_with_what_to_do() -> None:
    page = of_a_loop(kept=0.0)
    assert page.top[1].title == "Look into 3 alarms before the next wave"
    assert 'class="decision stop"' in page.top[1].html
    said = page.top[3].html
    assert "less than asked. Give the contact by chance alone" in said
    assert "Learn anew, and judge it by a challenge" in said
    assert "“frequency visit 90D” moved" in said


@pytest.mark.parametrize(
    ("gain", "nobody", "said"),
    [
        (0.3, 0.5, "Let the model choose: it brings 300.0 (200.0 to 400.0) more per 1,000 customers"),
        (0.0, 0.5, "Contact everybody: that choosing brings more is not shown"),
        (0.0, 0.05, "Contact nobody: that contacts bring more than they cost is not shown"),
    ],
)
def test_a_test_says_whether_choosing_pays(gain: float, nobody: float, said: str) -> None:
    page = of_a_test(gain, nobody)
    assert page.top[1].title.startswith(said)
    assert "no wear and no drift" in page.claims.html
    assert page.agreed == ()
    assert "no two tables of features" in page.moved[0].html


def test_of_campaigns_no_effect_is_told() -> None:
    page = of_campaigns()
    assert page.top[1].title == "No effect can be told: nobody was left alone by chance"
    assert "Of these 5.8\xa0% (4.5 to 7.0\xa0%) were answered" in page.top[1].html.replace("\u2060", "")
    assert "4.5 to 7.0\xa0% of all messages" in page.top[2].html.replace("\u2060", "")
    kept = page.result.bundle["entries"][0]
    assert (kept["metric"], kept["low"], kept["high"], kept["n"]) == ("all", 0.045, 0.07, 1_700)
    assert page.came[1].layout.meta["cjlab"]["table"]["rows"][0][2] == "10.0\xa0%"
    assert not re.search(r"(brought|more than they cost)", spoken(page))


def test_campaigns_that_nobody_could_answer_say_so() -> None:
    none = CAMPAIGNS.assign(answered=0, share=0.0, low=0.0, high=0.01)
    page = MonitoringPage(Watched("campaigns", Aim(), UNTIL, "UTC", none, None), "complete_journey")
    assert len(page.came) == 1
    assert "never says which message was answered" in page.came[0].html


def test_every_number_is_in_the_result_with_its_ends() -> None:
    bundle = of_a_loop().result.bundle
    assert (bundle["reader"], bundle["data_until"]) == ("analyst", "2025-04-30")
    kinds = {one["kind"] for one in bundle["entries"]}
    assert kinds == {"came", "share", "slope", "answered", "drift"}
    pending = [one for one in bundle["entries"] if one["kind"] == "came"][-1]
    assert pending["estimate"] is None


@pytest.mark.parametrize("made", [of_a_loop, lambda language: of_a_test(0.3, language=language), of_campaigns])
def test_french_speaks_of_the_same(made: object) -> None:
    page = made(language="fr")  # type: ignore[operator] # a function of a language
    said = spoken(page)
    assert "Nos envois font-ils encore" in page.result.bundle["question"]
    assert not re.search(r"\b(the|customers|wave|nobody)\b", re.sub(r"<[^>]*>", " ", said))
    assert "Ce qu’on ne peut pas affirmer" in page.claims.title


def test_words_of_the_craft_stay_in_the_method() -> None:
    page = of_a_loop()
    above = " ".join(part.html for part in (*page.top, page.came[0], *page.agreed, *page.moved, page.claims))
    assert not [word for word in ("PSI", "doubly robust", "Holm") if word in above]
    assert "PSI" in page.method.html
