"""Paired differences: the test of DeLong, resamples that agree with influences, and none where there is none."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cjlab as cj
from cjlab.errors import SpecError


def drawn(seed: int, n: int = 300) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw outcomes and two scores that know different things."""
    rng = np.random.default_rng(seed)
    known, other = rng.normal(size=(2, n))
    outcome = (rng.normal(size=n) + known + other > 0.5).astype(float)
    outcome[:4] = 0, 1, 0, 1
    return outcome, known, (known + 2 * other).round(1)


@given(st.integers(0, 10_000))
def test_areas_are_compared_as_delong_does(seed: int) -> None:
    outcome, one, other = drawn(seed, 80)
    ones, zeros = outcome == 1, outcome == 0
    parts = []
    for score in (one, other):
        pairs = np.sign(score[ones][:, None] - score[zeros]) / 2 + 0.5
        parts.append((pairs.mean(axis=1), pairs.mean(axis=0)))
    (a10, a01), (b10, b01) = parts
    variance = (a10 - b10).var(ddof=1) / ones.sum() + (a01 - b01).var(ddof=1) / zeros.sum()
    found = cj.metrics.compare("auc", one, other, outcome=outcome)
    assert found.estimate == pytest.approx(a10.mean() - b10.mean(), abs=1e-12)
    assert found.standard_error == pytest.approx(np.sqrt(variance), rel=1e-9)


def test_a_function_of_ones_own_is_resampled_to_the_same_answer() -> None:
    outcome, one, other = drawn(1)
    probabilities = [1 / (1 + np.exp(-score)) for score in (one, other)]

    def squares(*, outcome: np.ndarray, score: np.ndarray) -> float:
        return float(np.mean((outcome - score) ** 2))

    exact = cj.metrics.compare("brier", *probabilities, outcome=outcome)
    drawn_anew = cj.metrics.compare(squares, *probabilities, outcome=outcome, repeats=2_000, seed=3)
    assert drawn_anew.measure == "squares"
    assert drawn_anew.estimate == pytest.approx(exact.estimate, abs=1e-15)
    assert drawn_anew.standard_error == pytest.approx(exact.standard_error, rel=0.05)
    assert (drawn_anew.low, drawn_anew.high) == pytest.approx((exact.low, exact.high), abs=0.15 * exact.standard_error)
    again = cj.metrics.compare(squares, *probabilities, outcome=outcome, repeats=2_000, seed=3)
    assert again.to_frame().equals(drawn_anew.to_frame())


def test_customers_are_drawn_whole() -> None:
    outcome, one, other = (np.repeat(column, 4) for column in drawn(2))
    customer = np.repeat(np.arange(300), 4)

    def difference(*, outcome: np.ndarray, score: np.ndarray) -> float:
        return float(np.mean(outcome * score))

    once = cj.metrics.compare(difference, one[::4], other[::4], outcome=outcome[::4])
    whole = cj.metrics.compare(difference, one, other, outcome=outcome, customer=customer)
    parts = cj.metrics.compare(difference, one, other, outcome=outcome)
    assert whole.standard_error == pytest.approx(once.standard_error, rel=0.1)
    assert parts.standard_error == pytest.approx(once.standard_error / 2, rel=0.1)
    sure = cj.metrics.compare("auc", one, other, outcome=outcome, customer=customer)
    assert sure.standard_error == pytest.approx(
        cj.metrics.compare("auc", one[::4], other[::4], outcome=outcome[::4]).standard_error, rel=0.01
    )


def test_what_has_one_value_a_row_is_resampled_with_the_score() -> None:
    n = 60
    columns: dict[str, Any] = {
        "outcome": np.arange(n),
        "frame": pd.DataFrame({"x": np.arange(n)}),
        "mapped": {"y": np.arange(n), "rate": 0.5},
        "names": ["same", "for", "all"],
    }

    def holds(*, outcome: np.ndarray, score: np.ndarray, frame: pd.DataFrame, mapped: Any, names: list[str]) -> float:
        same = (outcome == score).all() and (frame["x"] == score).all() and (mapped["y"] == score).all()
        return float(same and mapped["rate"] == 0.5 and names == ["same", "for", "all"])

    found = cj.metrics.compare(holds, np.arange(n), np.arange(n), repeats=100, **columns)
    assert (found.first, found.second, found.standard_error) == (1, 1, 0)


@pytest.mark.parametrize("metric", ["auc", "average_precision", "brier", "qini", "auuc", "recall"])
def test_a_score_is_no_better_than_itself(metric: str) -> None:
    outcome, one, _ = drawn(4)
    score = 1 / (1 + np.exp(-one))
    given: dict[str, Any] = {"outcome": outcome}
    if metric in {"qini", "auuc"}:
        given |= {"arm": ["t", "c"] * 150, "control": "c", "propensity": {"t": 0.5, "c": 0.5}}
    if metric == "recall":
        given["share"] = 0.2
    found = cj.metrics.compare(metric, score, score, **given)
    assert (found.estimate, found.standard_error, found.p) == (0, 0, 1)


def test_policies_are_compared_on_the_same_rows() -> None:
    rng = np.random.default_rng(0)
    arm = rng.choice(["mail", "none"], 2_000)
    responds = rng.random(2_000) < 0.5
    outcome = 0.2 * ((arm == "mail") & responds) + rng.normal(0, 0.1, 2_000)
    given: dict[str, Any] = {"outcome": outcome, "arm": arm, "propensity": {"mail": 0.5, "none": 0.5}}
    chosen, everyone = np.where(responds, "mail", "none"), np.full(2_000, "mail")
    found = cj.metrics.compare("policy_value", chosen, everyone, **given)
    assert found.low < 0 < found.high
    better = cj.metrics.compare("policy_value", chosen, np.full(2_000, "none"), **given)
    assert better.low < 0.1 < better.high
    assert better.p < 1e-6


def test_what_is_not_known_is_named() -> None:
    with pytest.raises(SpecError, match="metric is 'gini'; allowed: 'auc', 'average_precision', 'brier', 'recall'"):
        cj.metrics.compare("gini", [1, 2], [2, 1], outcome=[0, 1])
    with pytest.raises(SpecError, match="the measure takes no 'contol'; it takes 'outcome', 'arm', 'control', "):
        cj.metrics.compare(
            "qini", [1, 2], [2, 1], outcome=[0, 1], arm=["a", "c"], contol="c", control="c", propensity=[0.5, 0.5]
        )
    with pytest.raises(SpecError, match="the measure lacks 'share'; it takes 'outcome' or 'share'"):
        cj.metrics.compare("recall", [1, 2], [2, 1], outcome=[0, 1])
    with pytest.raises(SpecError, match="repeats is 10; give a whole number from 100 to 100000"):
        cj.metrics.compare(lambda **_: 0.0, [1, 2], [2, 1], outcome=[0, 1], repeats=10)
    with pytest.raises(SpecError, match="what metric returns is nan; give a finite number"):
        cj.metrics.compare(lambda **_: float("nan"), [1, 2], [2, 1], outcome=[0, 1])
