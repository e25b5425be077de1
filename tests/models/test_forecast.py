"""Who will buy: learnt from earlier dates and other customers, judged by the last date, chosen by what pays."""

from __future__ import annotations

from functools import cache

import numpy as np
import polars as pl
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

import cjlab as cj
from cjlab.errors import EvidenceError, SpecError
from cjlab.models import Forecast, Propensity, Worth


@cache
def log() -> cj.tables.Log:
    return cj.datasets.simulated_shop(n_customers=500, seed=3)


FEW = cj.features.Recipe(
    cj.features.Recency(), cj.features.Frequency(), cj.features.Frequency("visit", window="30D"), cj.features.Monetary()
)
PLAIN = Propensity("logistic", within="30D")


@cache
def found() -> Forecast:
    return Forecast.of(log(), within="30D", dates=2, recipe=FEW, model=PLAIN, folds=2)


def test_its_dates_lie_before_what_is_not_known_yet() -> None:
    assert [str(one.date()) for one in found().dates] == ["2025-01-30", "2025-03-01"]  # 23:00 in UTC
    assert str(found().as_of) == "2025-03-31 22:00:00+00:00"
    assert str(found().ends) == "2025-04-30 22:00:00+00:00"
    assert found().judged.out_of_time


def test_what_came_is_counted_in_the_log_itself() -> None:
    judged, start, end = found().judged, found().dates[-1], found().as_of
    bought = log().events.filter(pl.col("event") == "purchase", pl.col("at") >= start, pl.col("at") < end)
    buyers = set(bought.select("customer_id").unique().collect()["customer_id"])
    undone = set(
        log()
        .events.filter(pl.col("event") == "return", pl.col("at") >= start, pl.col("at") < end)
        .select("customer_id")
        .collect()["customer_id"]
    )
    for customer, came in zip(judged.customer, judged.outcome, strict=True):
        if customer not in undone:
            assert (customer in buyers) == bool(came)


def test_its_figures_are_those_of_scikit_learn_on_the_same_chances() -> None:
    judged = found().judged
    assert judged.figure("auc").estimate == pytest.approx(roc_auc_score(judged.outcome, judged.score))
    assert judged.figure("brier").estimate == pytest.approx(brier_score_loss(judged.outcome, judged.score))
    expected = average_precision_score(judged.outcome, judged.score)
    assert judged.figure("average_precision").estimate == pytest.approx(expected)


@pytest.mark.parametrize("rule", [False, True])
def test_a_budget_counts_the_buyers_among_the_first(*, rule: bool) -> None:
    judged = found().judged
    score, n = found().today if rule else judged.score, len(judged.outcome)
    worth = Worth(margin=20, cost=0.5, caused=0.25)
    count = int(0.2 * n)
    cut = np.sort(score)[::-1][count - 1]
    sure, tied = score > cut, score == cut
    buyers = judged.outcome[sure].sum() + judged.outcome[tied].mean() * (count - sure.sum())  # ties share a place
    one = found().budget([count / n], worth, rule=rule)
    assert one.found[0] == pytest.approx(buyers)
    assert one.recall[0] == pytest.approx(buyers / judged.outcome.sum())
    assert one.net[0] == pytest.approx(20 * 0.25 * buyers - 0.5 * count)


def test_today_s_rule_puts_the_last_buyers_first() -> None:
    start = found().dates[-1]
    known_at = pl.max_horizontal("at", "known_at")  # what was not known yet cannot have ruled
    bought = log().events.filter(pl.col("event") == "purchase", known_at < start)
    last = dict(bought.group_by("customer_id").agg(pl.col("at").max()).collect().iter_rows())
    order = np.argsort(-found().today, kind="stable")
    times = [last.get(customer) for customer in found().judged.customer[order]]
    known = [one for one in times if one is not None]
    assert known == sorted(known, reverse=True)
    assert all(one is None for one in times[len(known) :])


def test_rfm_can_be_today_s_rule_and_others_cannot() -> None:
    rfm = Forecast.of(log(), within="30D", dates=2, rule="rfm", recipe=FEW, model=PLAIN, folds=2)
    assert set(np.unique(rfm.today)) <= set(range(2, 16))  # sums of three quintiles, and one less for who never bought
    with pytest.raises(SpecError, match="rule is 'abc'"):
        Forecast.of(log(), dates=2, rule="abc", recipe=FEW, model=PLAIN, folds=2)


def test_those_are_chosen_whose_chance_pays_within_the_budget() -> None:
    score = found().score.to_numpy()
    assert (np.diff(score) <= 0).all()
    worth = Worth(margin=10, cost=0.5, budget=1.0, caused=0.1)
    assert found().contacts(worth) == (score * 10 * 0.1 > 0.5).sum()
    assert found().contacts(Worth(margin=10, cost=0, budget=0.1)) == int(0.1 * len(score))
    assert found().contacts(Worth(margin=10, cost=11, caused=1.0)) == 0


def test_a_short_log_is_refused() -> None:
    short = cj.simulator.simulate(cj.simulator.World.retail(n_customers=50), days=60).log
    with pytest.raises(EvidenceError, match=r"the log begins on .*, too late to learn from a date"):
        Forecast.of(short, within="30D")


def test_what_is_worth_nothing_is_refused() -> None:
    assert (Worth(margin=20, caused=0.1).value, Worth(margin=20, cost=1).least) == (2.0, 0.05)
    with pytest.raises(SpecError, match="margin is 0 and cost"):
        Worth(margin=0)
    with pytest.raises(SpecError, match="cost -1"):
        Worth(cost=-1)
    with pytest.raises(SpecError, match="caused is 0; give a share above 0"):
        Worth(caused=0)
    with pytest.raises(SpecError, match=r"budget is 1\.5"):
        Worth(budget=1.5)
