"""Topics week by week: counted by hand, quiet where nothing changes, raised where a topic is planted."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest
from scipy.stats import binomtest

import cjlab as cj
from cjlab.errors import EvidenceError, SpecError
from cjlab.features import Topics
from cjlab.tables import Log

BEGIN, END, ZONE = dt.datetime(2024, 1, 1, tzinfo=dt.UTC), "2024-07-15", "Europe/Paris"
THEMES = (
    ("colis", "livraison", "retard", "livreur", "entrepôt"),
    ("facture", "prélèvement", "remboursement", "montant", "payé"),
    ("résilier", "concurrent", "partir", "contrat", "départ"),
)
NEW = ("panne", "serveur", "écran", "noir", "redémarrer")
TOLD = Topics.told({"parcel": ("colis", "livreur"), "money": ("facture", "payé")})


def log_of(rows: list[tuple[int, float, str]]) -> Log:
    """Return a log of texts: a customer, a day, and what he wrote."""
    who, days, texts = zip(*rows, strict=True)
    at = [BEGIN + dt.timedelta(days=day) for day in days]
    frame = {"customer_id": list(who), "at": at, "event": "case_opened", "channel": "email", "text": list(texts)}
    return Log.of(events=pl.DataFrame(frame), timezone=ZONE)


def drawn(seed: int, *, new: int = 0, writers: int = 300) -> Log:
    """Draw texts of half a year, of people with themes of their own, some of whom write much; then of something new."""
    draw = np.random.default_rng(seed)
    likes = draw.dirichlet([0.6] * 3, writers)
    whose = (writers * draw.random(700) ** 1.5).astype(int)
    rows = [(int(who), 196 * draw.random(), THEMES[draw.choice(3, p=likes[who])]) for who in whose]
    rows += [(writers + one, 182 + 13 * draw.random(), NEW) for one in range(new)]
    texts = [" ".join([*draw.choice(words, 3, replace=False), "bonjour"]) for _, _, words in rows]
    return log_of([(who, float(day), text) for (who, day, _), text in zip(rows, texts, strict=True)])


def test_weeks_hold_what_was_written_in_them() -> None:
    rows = [
        (1, 0.0, "colis"),
        (1, 6.9, "colis facture"),
        (2, 7.1, "FACTURE payé"),
        (2, 13.5, "rien"),
        (3, 13.999, "livreur"),  # 14 January, one in the morning of the 15th in Paris
    ]
    found = TOLD.weekly(log_of(rows), "2024-01-15", weeks=2)
    assert found.index.tolist() == [dt.date(2024, 1, 1), dt.date(2024, 1, 8)]
    assert found["texts"].tolist() == [2, 2]
    assert found["parcel"].tolist() == [1.5, 0.0]
    assert found["money"].tolist() == [0.5, 1.0]
    assert found["unread"].tolist() == [0.0, 1.0]


def test_chance_is_how_often_exchanged_dates_do_as_much() -> None:
    log = drawn(1, new=4)
    found = TOLD.news(log, END, draws=4_999, rate=0.05)
    rows = log.events.sort("customer_id", "at", "text").collect()
    assert rows["customer_id"].n_unique() > 200
    raised = found.loc["unread"]
    assert raised["before_low"] < raised["before"] < raised["before_high"]
    assert 0.0 <= raised["now_low"] <= raised["now"] <= raised["now_high"] <= 1.0
    assert found["chance"].between(1 / 5_000, 1).all()
    again = TOLD.news(log, END, draws=4_999, rate=0.05, seed=0)
    assert found.equals(again)
    upside_down = Log.of(events=log.events.reverse(), timezone=ZONE)
    assert TOLD.news(upside_down, END, draws=4_999, rate=0.05).equals(found)


def test_who_writes_often_counts_once() -> None:
    rows = [
        (who, float(day), "colis" if who % 2 else "facture") for who in range(60) for day in range(who % 3, 196, 60)
    ]
    rows += [(who, 190.0 + who / 100, "colis" if who % 2 else "facture") for who in range(60, 90)]
    rows += [(1, 183.0 + place / 20, "colis") for place in range(200)]
    found = TOLD.news(log_of(rows), END, rate=0.05)
    assert set(found["news"]) == {""}
    assert found.loc["parcel", "now"] < 0.7


def test_alarms_where_nothing_changes_are_as_rare_as_said() -> None:
    raised = 0
    for seed in range(100):
        log = drawn(seed)
        topics = Topics.fitted(log, END, topics=8, fewest=3)
        raised += bool((topics.news(log, END, rate=0.05, draws=99, seed=seed)["news"] != "").any())
    assert binomtest(raised, 100, 0.05, alternative="greater").pvalue > 0.005


def test_a_topic_that_came_up_within_a_fortnight_is_found() -> None:
    found = 0
    for seed in range(20):
        log = drawn(1_000 + seed, new=10)
        news = Topics.fitted(log, END, topics=8, fewest=3).news(log, END, rate=0.05, draws=99, seed=seed)
        found += any(word in name for name in news.index[news["news"] != ""] for word in NEW)
    assert found >= 18


def test_words_that_were_not_known_when_topics_were_learned_show_as_unread() -> None:
    log = drawn(5, new=12)
    early = Topics.fitted(log, "2024-06-01", topics=4, fewest=3, stop=("bonjour",))
    found = early.news(log, END, rate=0.01, draws=199)
    assert found.index[found["news"] != ""].tolist() == ["unread"]


def test_a_planted_complaint_of_a_simulated_market_is_found() -> None:
    world = cj.simulator.World.telecom(n_customers=4_000, seed=2).but({"service.topics.roaming.since": 196})
    log = cj.simulator.simulate(world, days=210).log
    news = Topics.fitted(log, "2024-07-29", of="case_opened").news(log, "2024-07-29")
    named = news.index[(news["news"] == "new") & (news["kind"] == "topic")].tolist()
    words = set(news.index[news["kind"] == "word"])
    assert words & {"roaming", "abroad", "holiday", "pass", "data"}
    assert named
    assert all(set(name.split("_")) & {"roaming", "abroad", "holiday", "pass", "data"} for name in named)


def test_what_cannot_be_asked_is_named() -> None:
    log = drawn(1)
    with pytest.raises(EvidenceError, match="0 customers wrote in recent='1D' before 2025-01-01, too few"):
        TOLD.news(log, "2025-01-01", recent="1D")
    with pytest.raises(SpecError, match="rate is 0"):
        TOLD.news(log, END, rate=0)
    with pytest.raises(SpecError, match="draws is 50"):
        TOLD.news(log, END, rate=0.01, draws=50)
    with pytest.raises(SpecError, match="weeks is 0"):
        TOLD.weekly(log, END, 0)
    with pytest.raises(SpecError, match="recent is 'x'"):
        TOLD.news(log, END, recent="x")
