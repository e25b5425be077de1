"""What is proven of choices, in short: the code of the sections at a small size, and what they count, by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from benchmarks.proof import crossed, defended, incentives, policies, won_back
from benchmarks.proof.spread import Spread
from benchmarks.proof.trials import Design, Trial
from benchmarks.proof.uplift import Market

if TYPE_CHECKING:
    from collections.abc import Sequence


KINDS = (incentives.DIFFERENT, incentives.ALIKE, incentives.CHANNELS)


def trial(arms: Sequence[str] = ("control", "a", "b", "a")) -> Trial:
    truth = pd.DataFrame({"a": [1.0, -1.0, 0.5, 0.0], "b": [0.0, 2.0, 0.5, -1.0]})
    table = pd.DataFrame({"x": range(4)})
    return Trial(Design(("a", "b"), control=0.5), table, np.zeros(4), np.array(arms), truth, np.array(["p"] * 4))


def test_a_spread_is_the_mean_with_students_interval() -> None:
    found = Spread.of([1.0, 2.0, 4.0])
    half = t.isf(0.025, 2) * np.std([1, 2, 4], ddof=1) / 3**0.5
    assert found == pytest.approx((7 / 3, 7 / 3 - half, 7 / 3 + half, 3))
    assert Spread.of([-1.0, -1.0]).row("what", 1) == ("what", "−1.0", "−1.0 to −1.0", "2")
    assert Spread.of([1.0]).row("what")[2:] == ("not known", "1")


def test_a_choice_of_arms_is_worth_its_true_effects_after_costs() -> None:
    chosen = np.array(["a", "b", "control", "b"])
    assert trial().worth(chosen, {"a": 0.25, "b": 0.5}) == pytest.approx((0.75 + 1.5 + 0 - 1.5) / 4)


def test_of_one_arm_and_the_control_each_had_the_same_chance() -> None:
    found = incentives.only(trial(), "a")
    assert found.arm.tolist() == ["control", "a", "a"]
    assert found.design.chances == {"control": 0.5, "a": 0.5}


def test_incentives_are_right_where_they_truly_bring_more_or_where_nothing_is_taken() -> None:
    better = incentives.Found(chosen=2.0, single=1.0, everyone=0.0, name="everyone: mail")
    for one, counts in ((better, [1, 1, 1]), (better._replace(single=3.0, name="s"), [0, 0, 0])):
        rates = list(incentives.bars({kind.name: [one] for kind in KINDS}))
        assert [rate.count for rate in rates] == counts
        assert [rate.runs for rate in rates] == [1, 1, 1]


def test_every_channel_of_a_market_moves_those_whom_it_should() -> None:
    market = incentives.CHANNELS.trial(0, 1_500)
    assert set(market.arm) == {"control", "mail", "text", "paper"}
    assert market.truth["paper"][market.persona == "occasional"].mean() > 0.02
    assert market.truth["mail"][market.persona == "faithful"].mean() == pytest.approx(0.0, abs=0.005)


def test_the_lapsed_are_those_who_bought_and_long_ago() -> None:
    market = won_back.market(0, 1_500)
    assert 100 < len(market.y) < 1_000
    assert (market.X["recency_purchase"] >= 59).all()
    assert market.truth["come_back"].mean() > 0.01
    assert not won_back.market(0, 1_000, null=True).truth.to_numpy().any()


def test_a_policy_is_worth_a_share_of_what_the_oracle_brings() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=3_000)
    truth = np.where(x > 0, 0.4, -0.4)
    arm = rng.choice(["control", "discount"], 3_000)
    y = (rng.random(3_000) < 0.5 + truth * (arm == "discount")).astype(float)
    market = Market(pd.DataFrame({"x": x}), y, arm, truth)
    found = policies.judged_by(market.rows(np.arange(2_000)), market.rows(np.arange(2_000, 3_000)))
    assert found.chosen > 0.9
    assert list(found.members) == ["s", "dr", "s boosted", "blend"]
    assert min(found.members.values()) > 0.9
    assert not found.nothing
    assert found.allowed == pytest.approx(1.0, abs=0.01)
    assert found.everyone == pytest.approx(
        (market.truth[2_000:] - 0.03).sum() / np.maximum(truth[2_000:] - 0.03, 0).sum()
    )


def test_increments_of_categories_add_up_to_that_of_the_total() -> None:
    found = crossed.lived(0, 2_000)
    assert sum(found.own) == pytest.approx(found.total)
    assert found.low < found.total < found.high
    assert next(crossed.bars([found])).count == int(found.low <= found.truth <= found.high)


def test_matched_arguments_are_set_against_the_better_of_the_two() -> None:
    one = defended.Found(0.2, 0.15, 0.18, 0.10, 0.2, 0.3)
    found = [one, replace_matched(one, 0.11), replace_matched(one, 0.09)]
    said, holds = defended.verdict(found)
    assert holds
    assert "the call for all" in said
    assert not defended.verdict([replace_matched(one, 0.15), replace_matched(one, 0.16)])[1]


def replace_matched(one: defended.Found, matched: float) -> defended.Found:
    return one._replace(matched=matched)
