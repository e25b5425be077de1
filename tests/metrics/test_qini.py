"""Qini and AUUC: their laws, a hand-computed value, and a real test."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cjlab as cj

HALF = {"treated": 0.5, "control": 0.5}


def drawn(seed: int, n: int = 400, *, levels: int = 7) -> dict[str, Any]:
    """Draw a small test whose scores tie."""
    rng = np.random.default_rng(seed)
    score = rng.integers(0, levels, n).astype(float)
    treated = np.concatenate([np.ones(n // 2), np.zeros(n - n // 2)])[rng.permutation(n)]
    outcome = (rng.random(n) < 0.2 + 0.05 * score * treated / levels).astype(float)
    return {
        "outcome": outcome,
        "score": score,
        "arm": np.where(treated == 1, "treated", "control"),
        "control": "control",
        "propensity": HALF,
    }


@given(st.integers(0, 10_000), st.floats(-5, 5))
def test_a_constant_score_has_exactly_no_qini_in_any_order(seed: int, constant: float) -> None:
    test = drawn(seed)
    order = np.random.default_rng(seed + 1).permutation(len(test["outcome"]))
    for rows in (slice(None), order, np.argsort(test["outcome"]), np.argsort(test["arm"])):
        found = cj.metrics.qini(
            test["outcome"][rows],
            np.full(len(order), constant),
            arm=test["arm"][rows],
            control="control",
            propensity=HALF,
        )
        assert found.estimate == 0.0
        assert found.low == found.high == 0.0


@given(st.integers(0, 10_000))
def test_the_order_of_rows_says_nothing(seed: int) -> None:
    test = drawn(seed)
    order = np.random.default_rng(seed + 1).permutation(len(test["outcome"]))
    moved = {name: value[order] if isinstance(value, np.ndarray) else value for name, value in test.items()}
    for measure in (cj.metrics.qini, cj.metrics.auuc):
        first, second = measure(**test), measure(**moved)
        assert first.estimate == pytest.approx(second.estimate, abs=1e-13)
        assert first.standard_error == pytest.approx(second.standard_error, rel=1e-9)


@given(st.integers(0, 10_000))
def test_a_monotone_change_of_the_score_changes_nothing(seed: int) -> None:
    test = drawn(seed)
    changed = test | {"score": np.exp(test["score"] / 3) - 8}
    for measure in (cj.metrics.qini, cj.metrics.auuc):
        assert measure(**test).to_frame().equals(measure(**changed).to_frame())


@given(st.integers(0, 10_000))
def test_exchanging_the_arms_changes_the_sign(seed: int) -> None:
    test = drawn(seed)
    for measure in (cj.metrics.qini, cj.metrics.auuc):
        one, other = measure(**test), measure(**test | {"control": "treated"})
        assert other.estimate == -one.estimate
        assert other.standard_error == pytest.approx(one.standard_error, rel=1e-12)


@given(st.integers(0, 10_000), st.floats(-100, 100))
def test_a_constant_added_to_outcomes_changes_nothing(seed: int, constant: float) -> None:
    test = drawn(seed)
    moved = test | {"outcome": test["outcome"] + constant}
    assert cj.metrics.qini(**moved).estimate == pytest.approx(cj.metrics.qini(**test).estimate, abs=1e-11)


def test_four_customers_by_hand() -> None:
    # arm means: a (1 + 0) / 2, c 0; z = .5 + 2 (1 − .5), .5 − 2 · 0, .5 + 2 (0 − .5), .5 = 1.5, .5, −.5, .5
    # ½ − u = 3/8, 1/8, −1/8, −3/8; the mean of the products is (4.5 + .5 + .5 − 1.5) / 32
    found = cj.metrics.qini(
        [1, 0, 0, 0], [4, 3, 2, 1], arm=["a", "c", "a", "c"], control="c", propensity=[0.5, 0.5, 0.5, 0.5]
    )
    assert found.estimate == 0.125
    assert found.effect.estimate == 0.5
    assert found.curve.estimate[[0, 25, 50, 75, 100]] == pytest.approx([0, 0.375, 0.5, 0.375, 0.5])


@given(st.integers(0, 10_000))
def test_auuc_is_qini_and_half_the_effect(seed: int) -> None:
    qini, auuc = cj.metrics.qini(**drawn(seed)), cj.metrics.auuc(**drawn(seed))
    assert auuc.estimate == pytest.approx(qini.estimate + qini.effect.estimate / 2, abs=1e-13)
    area = np.trapezoid(qini.curve.estimate, qini.curve.share)  # the curve is told at every hundredth
    assert auuc.estimate == pytest.approx(area, abs=2e-3)
