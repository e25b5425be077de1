"""What budgets find and bring: hand-computed tables, ties, and money."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

import cjlab as cj
from cjlab.errors import EvidenceError, SpecError, TableError

TEST = {"arm": list("acac"), "control": "c", "propensity": [0.5] * 4}


def test_ten_customers_by_hand() -> None:
    outcome = [1, 1, 0, 1, 0, 0, 1, 0, 0, 0]
    found = cj.metrics.at_budget(outcome, list(range(10, 0, -1)), shares=(0.1, 0.2, 0.4, 1.0), value=50, cost=10)
    assert found.contacted.tolist() == [1, 2, 4, 10]
    assert found.threshold.tolist() == [10, 9, 7, 1]
    assert found.found == pytest.approx([1, 2, 3, 4])
    assert found.recall == pytest.approx([0.25, 0.5, 0.75, 1])
    assert found.precision == pytest.approx([1, 1, 0.75, 0.4])
    assert found.lift == pytest.approx([2.5, 2.5, 1.875, 1])
    assert found.cost == pytest.approx([10, 20, 40, 100])
    assert found.net == pytest.approx([40, 80, 110, 100])
    assert found.recall_low[-1] == found.recall_high[-1] == 1  # all of them, for sure
    assert (found.precision_low < found.precision)[:3].all()


def test_rows_with_one_score_share_what_comes_of_them() -> None:
    found = cj.metrics.gain([1, 0, 0, 1, 1], [2, 2, 1, 1, 1])  # 1 of 3 within the first two, 2 of 3 in the others
    assert found.estimate[[0, 20, 40, 60, 80, 100]] == pytest.approx([0, 1 / 6, 1 / 3, 5 / 9, 7 / 9, 1], abs=1e-15)
    assert cj.metrics.gain([0, 1, 1, 0, 1], [2, 2, 1, 1, 1]).estimate == pytest.approx(found.estimate, abs=1e-15)


def test_all_tied_is_a_straight_line() -> None:
    found = cj.metrics.gain([1, 0, 0, 1, 0], [2] * 5)
    assert found.estimate == pytest.approx(found.share, abs=1e-15)


def test_gain_and_budget_agree() -> None:
    rng = np.random.default_rng(0)
    score = rng.random(500)
    outcome = (rng.random(500) < score).astype(int)
    gain, budget = cj.metrics.gain(outcome, score), cj.metrics.at_budget(outcome, score, shares=[0.17, 0.64])
    assert gain.estimate[[17, 64]] == pytest.approx(budget.recall)
    assert gain.low[[17, 64]] == pytest.approx(budget.recall_low)
    assert gain.high[[17, 64]] == pytest.approx(budget.recall_high)


def test_the_share_that_finds_enough() -> None:
    found = cj.metrics.gain([1, 1, 0, 1, 0, 0, 1, 0, 0, 0], list(range(10, 0, -1)))
    assert found.reaching(0.5).estimate == pytest.approx(0.2)
    assert found.reaching(0.6).estimate == pytest.approx(0.34)  # two of four by .2, the third between .3 and .4
    assert found.reaching(1.0).estimate == pytest.approx(0.7)
    assert found.reaching(0.0).estimate == 0
    few = found.reaching(0.5)
    assert few.low < few.estimate < few.high <= 1
    assert math.isnan(found.reaching(1.1).estimate)
    with pytest.raises(SpecError, match="value is nan; give a finite number"):
        found.reaching(math.nan)


def test_the_share_that_finds_enough_lies_in_its_interval() -> None:
    held = []
    for seed in range(300):
        rng = np.random.default_rng(seed)
        score = rng.random(500)
        ends = cj.metrics.gain((rng.random(500) < score).astype(int), score).reaching(0.8)
        held.append(ends.low <= 1 - math.sqrt(0.2) <= ends.high)  # 1 − (1 − q)² of them are within the share q
    assert 0.9 <= np.mean(held) <= 0.985


def test_each_customer_may_cost_and_be_worth_his_own() -> None:
    found = cj.metrics.at_budget([1, 0, 1], [3, 2, 1], shares=[2 / 3], value=[7, 7, 9], cost=[1, 2, 4])
    assert (found.cost[0], found.net[0]) == pytest.approx((3, 4))


def test_profit_by_hand() -> None:
    # z = 1.5, .5, −.5, .5 as in the Qini of these rows; worth 10 each, a contact costs 1
    found = cj.metrics.profit_curve([1, 0, 0, 0], [0.4, 0.3, 0.02, 0.01], **TEST, value=10, cost=1)
    assert found.curve.estimate[[0, 25, 50, 75, 100]] == pytest.approx([0, 14, 18, 12, 16])
    assert (found.planned_share, found.planned.estimate) == (0.5, pytest.approx(18))
    assert (found.best_share, found.everyone.estimate) == (0.5, pytest.approx(16))


def test_each_customer_gets_the_arm_that_pays_most() -> None:
    arm = ["a"] * 20 + ["b"] * 20 + ["c"] * 20
    score = pd.DataFrame({"a": [0.3, 0.1] * 30, "b": [0.4, 0.15] * 30})
    given = {"arm": arm, "control": "c", "propensity": {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3}}
    outcome = np.tile([1.0, 0.0], 30)
    # net by score: a .3 − .1 > b .4 − .25; for the others a .1 − .1 = 0, b below: nobody else is planned
    found = cj.metrics.profit_curve(outcome, score, cost={"a": 0.1, "b": 0.25}, **given)
    alone = cj.metrics.profit_curve(outcome, score[["a"]], cost={"a": 0.1}, **given)
    assert found.planned_share == alone.planned_share == 0.5
    assert found.planned == pytest.approx(alone.planned)
    assert found.arms == ("a", "b")


def test_money_goes_where_most_is_promised_for_it() -> None:
    arm = ["call"] * 20 + ["mail"] * 20 + ["none"] * 20
    outcome = np.array([1.0] * 15 + [0.0] * 5 + [1.0] * 10 + [0.0] * 10 + [1.0] * 5 + [0.0] * 15)
    given = {"arm": arm, "control": "none", "propensity": {"call": 1 / 3, "mail": 1 / 3, "none": 1 / 3}}
    score = pd.DataFrame({"call": np.full(60, 0.5), "mail": np.full(60, 0.25)})
    found = cj.metrics.budget_curve(outcome, score, cost={"call": 3.0, "mail": 1.0}, **given)
    # by mail .25 for 1, then .25 for 2 more by a call: 60 mails, then 60 steps to a call
    assert found.budget[-1] == pytest.approx(180)
    assert np.interp([30, 60, 120, 180], found.budget, found.estimate) == pytest.approx([7.5, 15, 22.5, 30], abs=0.06)
    assert np.interp([30, 60, 180], found.budget, found.treated) == pytest.approx([0.5, 1, 1], abs=0.01)


def test_an_arm_that_another_beats_at_its_price_is_never_used() -> None:
    arm = ["dear"] * 20 + ["cheap"] * 20 + ["none"] * 20
    given = {"arm": arm, "control": "none", "propensity": {"dear": 1 / 3, "cheap": 1 / 3, "none": 1 / 3}}
    score = pd.DataFrame({"dear": np.full(60, 0.2), "cheap": np.full(60, 0.3)})
    outcome = np.tile([1.0, 0.0], 30)
    both = cj.metrics.budget_curve(outcome, score, cost={"dear": 2.0, "cheap": 1.0}, **given)
    alone = cj.metrics.budget_curve(outcome, score[["cheap"]], cost={"cheap": 1.0}, **given)
    assert both.to_frame().equals(alone.to_frame())


def test_one_arm_of_one_price_is_the_profit_curve_along_money() -> None:
    rng = np.random.default_rng(3)
    n = 800
    arm = np.where(np.arange(n) % 2, "a", "c")
    score, outcome = rng.integers(1, 40, n) / 100, rng.integers(0, 2, n)
    given = {"arm": arm, "control": "c", "propensity": {"a": 0.5, "c": 0.5}}
    money = cj.metrics.budget_curve(outcome, score, cost=2.0, value=9.0, **given)
    net = cj.metrics.profit_curve(outcome, score, cost=2.0, value=9.0, **given).curve
    assert money.budget == pytest.approx(2 * n * net.share)
    assert money.estimate - money.budget == pytest.approx(net.estimate)
    assert money.standard_error == pytest.approx(net.standard_error)


def test_what_cannot_be_asked_is_named() -> None:
    with pytest.raises(SpecError, match=r"shares is 1\.2; give a number from 0 to 1"):
        cj.metrics.at_budget([1, 0], [1, 2], shares=[1.2])
    with pytest.raises(SpecError, match="shares has 0; give shares above 0"):
        cj.metrics.at_budget([1, 0], [1, 2], shares=[0.0])
    for wrong in ([], 0.2):
        with pytest.raises(
            SpecError, match=r"shares is .*; give a list of shares of customers, such as \[0\.1, 0\.2\]"
        ):
            cj.metrics.at_budget([1, 0], [1, 2], shares=wrong)  # type: ignore[arg-type]
    with pytest.raises(TableError, match="cost is -1 in row 0; a contact costs 0 or more"):
        cj.metrics.profit_curve([1, 0, 0, 0], [4, 3, 2, 1], cost=-1, **TEST)
    with pytest.raises(EvidenceError, match="score promises no gain for anybody; there is nothing to spend on"):
        cj.metrics.budget_curve([1, 0, 0, 0], [-4, -3, -2, -1], cost=1, **TEST)
    with pytest.raises(EvidenceError, match="cost is 0 for a treated row, and whatever is free needs no budget"):
        cj.metrics.budget_curve([1, 0, 0, 0], [4, 3, 2, 1], cost=0, **TEST)
