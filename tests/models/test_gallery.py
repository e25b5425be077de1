"""Personas of a log: traits of the past alone, effects of the test alone, and kept only where something changes."""

from __future__ import annotations

import datetime as dt
from functools import cache

import numpy as np
import pandas as pd
import polars as pl
import pytest
from scipy.stats import ttest_ind

import cjlab as cj
from cjlab.errors import EvidenceError
from cjlab.models import Gallery, Personas
from cjlab.models.personas._lots import Answers, Lots
from cjlab.models.personas._tried import quantile
from cjlab.tables import Log

START = dt.datetime(2025, 3, 1, tzinfo=dt.UTC)
FIRST = dt.datetime(2024, 9, 1, tzinfo=dt.UTC)


@cache
def promotion() -> Log:
    return cj.datasets.promotion_test(n_customers=6_000)


def made(*, effects: tuple[float, float], n: int = 4_000, tested: bool = True, seed: int = 0) -> Log:
    """Make two kinds of customers: of the web and of the store; a mail brings each what is said."""
    rng = np.random.default_rng(seed)
    store, treated = np.arange(n) % 2 == 1, rng.random(n) < 0.5
    before = [
        {"customer_id": one, "at": START - dt.timedelta(days=5 + 10 * place), "event": "purchase"}
        | {"channel": "store" if store[one] else "web", "amount": 60.0 if store[one] else 20.0}
        for one in range(n)
        for place in range(6 if store[one] else 2)
    ]
    chance = 0.2 + treated * np.where(store, effects[1], effects[0])
    after = [
        {"customer_id": one, "at": START + dt.timedelta(days=3), "event": "purchase", "channel": "web", "amount": 5.0}
        for one in np.flatnonzero(rng.random(n) < chance)
    ]
    end = [{"customer_id": 0, "at": START + dt.timedelta(days=20), "event": "visit", "channel": "web", "amount": None}]
    arms = pd.DataFrame({"customer_id": range(n), "contact_id": range(n), "arm": np.where(treated, "mail", "none")})
    contacts = arms.assign(at=START, campaign="spring", channel="email", sent=treated, propensity=0.5)
    customers = pd.DataFrame({"customer_id": range(n), "joined": FIRST})
    events = pd.DataFrame([*before, *after, *end])
    return Log.of(events=events, contacts=contacts if tested else None, customers=customers)


def test_who_answers_otherwise_is_kept_and_told_what_to_get() -> None:
    found = Gallery.of(made(effects=(0.2, -0.1)), within="14D", value=10.0, cost=0.2)
    assert found.tried.best == "mail"
    assert found.tried.p < 1e-6
    assert found.tried.effects.iloc[:-1]["effect"].between(-0.2, 0.3).all()
    store = found.lines["channel"] == "store"
    assert (found.lines.loc[store, "action"] == "none").all()
    assert (found.lines.loc[~store, "action"] == "").all()
    gain = found.lines.loc[store, ["gain_low", "gain", "gain_high"]].iloc[0]
    assert gain["gain_low"] < 10 * 0.1 + 0.2 < gain["gain_high"]  # what the mail takes, and its cost


def test_where_all_answer_alike_only_the_channel_is_kept() -> None:
    found = Gallery.of(made(effects=(0.1, 0.1), seed=1), within="14D", value=10.0, cost=0.2)
    assert (found.lines["action"] == "").all()
    assert found.lines["other_channel"].sum() == 1
    other = found.lines[found.lines["other_channel"]].iloc[0]
    assert other["channel"] != found.channel
    assert other["through"] == 1
    assert found.lines["kept"].tolist() == found.lines["other_channel"].tolist()


def test_of_personas_alike_few_seem_to_need_another_action() -> None:
    kept = [
        (Gallery.of(made(effects=(0.0, 0.0), n=1_000, seed=seed), within="14D", value=10.0).lines["action"] != "").any()
        for seed in range(30)
    ]
    assert sum(kept) <= 5  # at a rate of 1 in 20, 6 of 30 or more come once in 300


def test_without_lots_nothing_is_known_of_answers() -> None:
    found = Gallery.of(made(effects=(0.2, 0.0), tested=False))
    assert found.tried is None
    assert (found.lines["action"] == "").all()
    later = Gallery.of(made(effects=(0.2, 0.0)), "2025-03-15")
    assert later.tried is None


def test_shares_by_hand() -> None:
    found = Gallery.of(made(effects=(0.1, 0.1), n=400), within="14D").lines.set_index("channel")
    assert found.loc["store", "part"] == pytest.approx(360 / 400)  # 6 of 60 beside 2 of 20
    assert found["share"].tolist() == pytest.approx([0.5, 0.5])
    reach = 1.959964 * np.sqrt(200 * 360**2 * 0.1**2 + 200 * 40**2 * 0.9**2) / (200 * 400)
    assert found.loc["store", "part_high"] == pytest.approx(0.9 + reach)
    assert found["through"].tolist() == [1.0, 1.0]


def test_effects_are_welchs_where_chances_are_the_same() -> None:
    lots = Lots.found(promotion())
    known = cj.features.outcome(promotion(), event="purchase", as_of=lots.starts, within="14D").y
    answers, who = Answers.of(lots, known)
    groups = [answers.outcome[answers.arm == arm] for arm in ("discount", "no_contact")]
    oracle = ttest_ind(*groups, equal_var=False)
    found = answers.difference("discount", "no_contact", quantile=quantile(0.05))
    assert found.estimate == pytest.approx(groups[0].mean() - groups[1].mean())
    assert found.estimate / (found.high - found.estimate) * 1.959964 == pytest.approx(oracle.statistic)
    assert len(who) == 6_000


def test_unequal_chances_are_weighed() -> None:
    rng = np.random.default_rng(2)
    hot = rng.random(20_000) < 0.5
    chance = np.where(hot, 0.8, 0.2)
    got = rng.random(20_000) < chance
    y = hot + 0.3 * got + rng.normal(size=20_000)
    answers = Answers(y, np.where(got, "mail", "none"), 1 / np.where(got, chance, 1 - chance))
    found = answers.difference("mail", "none", quantile=1.96)
    assert found.low < 0.3 < found.high
    assert y[got].mean() - y[~got].mean() > 0.7  # what the plain difference says


def test_nothing_at_or_after_the_test_is_a_trait() -> None:
    log = made(effects=(0.2, 0.0))
    later = pl.when(pl.col("at") >= START).then(1e6).otherwise(pl.col("amount"))
    other = Log.of(
        events=log.events.with_columns(amount=later),
        contacts=log.contacts,
        customers=log.customers,
        timezone=log.timezone,
    )
    one, two = (Gallery.of(each, within="14D") for each in (log, other))
    assert one.personas.rules == two.personas.rules
    assert one.lines["part"].tolist() == two.lines["part"].tolist()


def test_profiles_are_traits() -> None:
    log = cj.datasets.hillstrom() if cj.datasets.at_hand("hillstrom") else pytest.skip("no real data")
    found = Gallery.of(log, event="visit", within="14D", value=1.0, cost=0.03, personas=Personas(resamples=5))
    assert any("mens" in rule for rule in found.personas.rules)
    assert found.brought == ""
    assert not found.lines["kept"].any()  # the men's e-mail is best for all of them
    assert (found.tried.best, found.tried.control) == ("Mens E-Mail", "No E-Mail")
    assert found.tried.effects.loc["all", "effect"] == pytest.approx(0.0766, abs=1e-4)


def test_too_few_are_refused() -> None:
    with pytest.raises(EvidenceError, match="customers are too few for personas"):
        Gallery.of(made(effects=(0.1, 0.1), n=60), within="14D")
