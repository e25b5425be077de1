"""Values of policies: hand-computed, shifted by constants, and refused where the log cannot tell."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

import cjlab as cj
from cjlab.errors import EvidenceError, TableError

EVEN = {"a": 0.5, "b": 0.5}


def logged(n: int = 40) -> dict[str, Any]:
    return {"arm": ["a", "a", "b", "b"] * (n // 4), "propensity": EVEN}


def test_three_estimates_by_hand() -> None:
    # weights 2 for a: IPS 2 (3 + 1) / 4, SNIPS (3 + 1) / 2; what is expected, 1 + 2 (3 − 1 + 1 − 1) / 4
    outcome = [3.0, 1.0, 5.0, 7.0] * 20
    found = cj.metrics.policy_value(outcome, ["a"] * 80, **logged(80), expected={"a": 1.0, "b": 0.0})
    assert (found.ips.estimate, found.snips.estimate, found.dr.estimate) == (2, 2, 2)
    assert (found.followed, found.effective, found.largest_weight) == (40, 40, 2)
    assert found.ips.standard_error == pytest.approx(np.std([6, 2, 0, 0] * 20, ddof=1) / np.sqrt(80))
    assert found.snips.standard_error == pytest.approx(np.std([2, -2, 0, 0] * 20, ddof=1) / np.sqrt(80))


def test_a_constant_added_to_outcomes_is_added_to_snips_and_dr() -> None:
    rng = np.random.default_rng(0)
    arm, outcome = rng.choice(["a", "b"], 200), rng.normal(size=200)
    log: dict[str, Any] = {"policy": {"a": 0.7, "b": 0.3}, "arm": arm, "propensity": EVEN}
    one, other = cj.metrics.policy_value(outcome, **log), cj.metrics.policy_value(outcome + 50, **log)
    for name in ("snips", "dr"):
        assert getattr(other, name).estimate == pytest.approx(getattr(one, name).estimate + 50)
        assert getattr(other, name).standard_error == pytest.approx(getattr(one, name).standard_error)
    assert other.ips.standard_error > 5 * one.ips.standard_error


def test_the_logged_policy_is_worth_what_was_seen() -> None:
    outcome = np.arange(40.0)
    found = cj.metrics.policy_value(outcome, EVEN, **logged())
    for one in (found.ips, found.snips, found.dr):
        assert one[:2] == pytest.approx((19.5, outcome.std(ddof=1) / np.sqrt(40)), rel=0.05)
    assert found.effective == 40


def test_frames_of_both_libraries_and_numbers_say_the_same() -> None:
    outcome, arm = np.arange(40.0) % 7, ["a", "b"] * 20
    frame = pd.DataFrame({"a": np.full(40, 0.5), "b": np.full(40, 0.5)})
    found = [
        cj.metrics.policy_value(outcome, policy, arm=arm, propensity=chance).to_frame()
        for policy, chance in ((frame, frame), (pl.DataFrame(frame), pl.DataFrame(frame)), (EVEN, np.full(40, 0.5)))
    ]
    assert found[0].equals(found[1])
    assert found[0].equals(found[2])


def test_what_the_log_cannot_tell_is_refused() -> None:
    outcome = np.zeros(40)
    with pytest.raises(EvidenceError, match="policy gives 'c', which no row received; the log tells of 'a'"):
        cj.metrics.policy_value(outcome, ["c"] * 40, **logged())
    with pytest.raises(EvidenceError, match=r"20 of 40 rows received .* worth 20\.0 rows of evidence; at least 30"):
        cj.metrics.policy_value(outcome, ["a"] * 40, **logged())
    never = pd.DataFrame({"a": np.where(np.arange(400) < 40, 0.0, 0.5), "b": np.where(np.arange(400) < 40, 1.0, 0.5)})
    arm = np.where((np.arange(400) < 40) | (np.arange(400) % 2 == 0), "b", "a")
    with pytest.raises(EvidenceError, match="policy gives 'a' to 40 of 400 rows that could not have received it"):
        cj.metrics.policy_value(np.zeros(400), ["a"] * 400, arm=arm, propensity=never)
    one = np.where(np.arange(400) < 40, 1.0, 0.5)
    with pytest.raises(EvidenceError, match=r"the weights have the mean 0\.\d+ where 1 is due"):
        cj.metrics.policy_value(np.zeros(4_000), ["a"] * 4_000, arm=np.tile(arm, 10), propensity=np.tile(one, 10))
    with pytest.raises(TableError, match=r"policy has .* in row 0; give probabilities that add up to 1 over arms"):
        cj.metrics.policy_value(outcome, {"a": 0.5, "b": 0.6}, **logged())
    with pytest.raises(TableError, match="propensity is None"):
        cj.metrics.policy_value(outcome, ["a"] * 40, arm=["a"] * 40, propensity=None)
