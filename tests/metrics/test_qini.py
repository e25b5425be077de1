"""Qini and AUUC: their laws, a hand-computed value, and a real test."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cjlab as cj
from cjlab.errors import EvidenceError, SpecError, TableError

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


def test_several_arms_by_hand() -> None:
    # whom a would serve best gets a, whom b gets b; those for whom both are alike get half of each
    score = pd.DataFrame({"a": [3.0, 1.0, 2.0], "b": [1.0, 2.0, 2.0]}).loc[[0, 1, 2] * 20].reset_index(drop=True)
    rng = np.random.default_rng(5)
    test: dict[str, Any] = {
        "arm": rng.permutation(np.repeat(["a", "b", "c"], 20)),
        "control": "c",
        "propensity": {"a": 1 / 3, "b": 1 / 3, "c": 1 / 3},
    }
    outcome = rng.normal(size=60)
    levels = {arm: outcome[test["arm"] == arm].mean() for arm in "abc"}
    own = {arm: levels[arm] + 3 * np.where(test["arm"] == arm, outcome - levels[arm], 0) for arm in "abc"}
    best = np.tile([1.0, 0.0, 0.5], 20) * own["a"] + np.tile([0.0, 1.0, 0.5], 20) * own["b"] - own["c"]
    above = np.tile([1 / 6, 2 / 3, 2 / 3], 20)  # 3, then 2 and 2
    found = cj.metrics.qini(outcome, score, **test)
    assert found.estimate == pytest.approx(np.mean(best * (0.5 - above)), abs=1e-14)
    assert found.arm == "best of a, b"
    turned = cj.metrics.qini(outcome, score[["b", "a"]], **test)
    assert turned.estimate == pytest.approx(found.estimate, abs=1e-14)


def test_one_arm_of_several_keeps_its_place_among_all() -> None:
    rng = np.random.default_rng(1)
    test = {"arm": rng.permutation(np.repeat(["a", "b", "c"], 30)), "control": "c", "propensity": np.full(90, 1 / 3)}
    outcome, score = rng.normal(size=90), rng.normal(size=90)
    named = cj.metrics.qini(outcome, pd.DataFrame({"b": score}), **test)
    said = cj.metrics.qini(outcome, score, **test, treated="b")
    assert named.to_frame().equals(said.to_frame())
    with pytest.raises(SpecError, match="there are 2 treated arms, 'a' or 'b'; say which one the score is for"):
        cj.metrics.qini(outcome, score, **test)
    with pytest.raises(SpecError, match="treated is 'c', which is the control; give one of 'a' or 'b'"):
        cj.metrics.qini(outcome, score, **test, treated="c")
    with pytest.raises(TableError, match="score has the column 'd', which is no arm; the arms are 'a', 'b' or 'c'"):
        cj.metrics.qini(outcome, pd.DataFrame({"a": score, "d": score}), **test)


def by_econml(score: list[float], effect: list[float], percentiles: list[float]) -> float:
    """``econml.validate.utils.calc_uplift`` of 0.17 for ``metric="qini"``, as its code reads."""
    ate, total = float(np.mean(effect)), 0.0
    for first, second in itertools.pairwise(percentiles):
        inside = [z for s, z in zip(score, effect, strict=True) if s >= np.percentile(score, first)]
        total += len(inside) / len(effect) * (float(np.mean(inside)) - ate) * (second - first) / 100
    return total


def test_econml_finds_the_same_given_the_same_doubly_robust_outcomes() -> None:
    score = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]
    effect = [1.2, -0.3, 0.8, 0.1, 0.4, -0.9, 0.2, -0.5]
    percentiles = [0.0, 25.0, 50.0, 75.0]
    assert by_econml(score, effect, percentiles) == pytest.approx(0.0578125, abs=1e-12)  # what 0.17.0 gave
    arm = np.array(["t", "c"] * 4)
    found = cj.metrics.qini(
        np.where(arm == "t", effect, 0.0), score, arm=arm, control="c", propensity={"t": 0.5, "c": 0.5},
        expected={"t": effect, "c": 0.0},
    )  # fmt: skip
    over = found.curve.estimate - found.curve.share * found.curve.estimate[-1]
    assert np.sum(over[[100, 75, 50]] * 0.25) == pytest.approx(0.0578125, abs=1e-12)
    finest = [100 * place / 8 for place in range(9)]
    shares = np.arange(8, 0, -1) / 8  # of as many rows; the curve is linear between them
    edges = np.interp(shares, found.curve.share, over)
    assert by_econml(score, effect, finest) == pytest.approx(found.estimate, abs=np.ptp(edges) / 8)


def test_doubly_robust_outcomes_by_hand() -> None:
    # t: .6 + (1 − .6) / .25 = 2.2 − .2; .6 − .2; c: .6 − (.2 + (1 − .2) / .75); .6 − (.2 + (0 − .2) / .75)
    found = cj.metrics.qini(
        [1, 1, 0], [3, 2, 1], arm=["t", "c", "c"], control="c", propensity=[0.25, 0.75, 0.75],
        expected={"t": 0.6, "c": 0.2},
    )  # fmt: skip
    effects = np.array([2.0, 0.4 - 0.8 / 0.75, 0.4 + 0.2 / 0.75])
    assert found.effect.estimate == pytest.approx(effects.mean(), abs=1e-15)
    assert found.estimate == pytest.approx(np.mean(effects * [1 / 3, 0, -1 / 3]), abs=1e-15)


def test_a_good_expectation_shortens_the_interval() -> None:
    rng = np.random.default_rng(0)
    n = 4_000
    base, score = rng.random(n), rng.random(n)
    arm = np.where(np.arange(n) % 2, "t", "c")
    outcome = base + 0.1 * score * (arm == "t") + rng.normal(0, 0.05, n)
    test: dict[str, Any] = {"arm": arm, "control": "c", "propensity": {"t": 0.5, "c": 0.5}}
    plain = cj.metrics.qini(outcome, score, **test)
    robust = cj.metrics.qini(outcome, score, **test, expected={"t": base + 0.1 * score, "c": base})
    assert robust.standard_error < plain.standard_error / 4
    assert robust.low < 0.1 / 12 < robust.high  # E τ (½ − u) of τ = .1 s


def test_deciles_by_hand() -> None:
    found = cj.metrics.uplift_by_decile(
        [1, 1, 0, 0, 1, 0, 1, 0], [8, 7, 6, 5, 4, 3, 2, 1], arm=list("aaccaacc"), control="c",
        propensity={"a": 0.5, "c": 0.5}, groups=2,
    )  # fmt: skip
    assert found.n.tolist() == [4, 4]
    assert found.score.tolist() == [6.5, 2.5]
    assert found.treated.tolist() == [1, 0.5]
    assert found.control.tolist() == [0, 0.5]
    # the second: each arm's variance .5 over 2 rows, twice; ddof 1 over the 8 rows of the sum
    assert found.standard_error == pytest.approx([0, np.sqrt(0.5 * 8 / 7)])


@given(st.integers(0, 10_000))
def test_deciles_add_up_to_all(seed: int) -> None:
    test = drawn(seed)
    found = cj.metrics.uplift_by_decile(**test, groups=7)
    assert found.n == pytest.approx(np.full(7, 400 / 7))
    levels = [test["outcome"][test["arm"] == arm].mean() for arm in ("treated", "control")]
    whole = cj.metrics.uplift_by_decile(**test, groups=1)
    assert [whole.treated[0], whole.control[0]] == pytest.approx(levels)


def test_propensities_that_cannot_be_are_refused() -> None:
    test = drawn(1)
    halves = np.full(400, 0.5)
    for wrong, told in (
        (np.full(400, 1 / 3), "stand for 600 of 400 rows; give each row the probability of the arm that it received"),
        ({"treated": 0.9, "control": 0.1}, "propensity does not fit arm 'control'"),
    ):
        with pytest.raises(EvidenceError, match=told):
            cj.metrics.qini(**test | {"propensity": wrong})
    with pytest.raises(TableError, match="propensity is 0 in row 7, whose arm is '"):
        cj.metrics.qini(**test | {"propensity": np.where(np.arange(400) == 7, 0, halves)})
    with pytest.raises(TableError, match="propensity is None; give the probability with which each row got the arm"):
        cj.metrics.qini(**test | {"propensity": None})
    with pytest.raises(TableError, match="propensity does not name its columns; give a frame, or a mapping, with the"):
        cj.metrics.qini(**test | {"propensity": np.full((400, 2), 0.5)})
    with pytest.raises(TableError, match=r"propensity has no column 'treated'; its columns are \['control'\]"):
        cj.metrics.qini(**test | {"propensity": {"control": 0.5}})


def test_what_is_wrong_is_named() -> None:
    test = drawn(1)
    with pytest.raises(SpecError, match="control is 'none'; the arms are 'control' or 'treated'"):
        cj.metrics.qini(**test | {"control": "none"})
    with pytest.raises(EvidenceError, match="every row has the arm 'control'; an effect needs treated rows"):
        cj.metrics.qini(**test | {"arm": ["control"] * 400})
    with pytest.raises(TableError, match="arm is missing in row 3; give every row a label"):
        cj.metrics.qini(**test | {"arm": [None if row == 3 else one for row, one in enumerate(test["arm"])]})
    with pytest.raises(TableError, match="score and outcome have different indexes; bring them to one order of rows"):
        cj.metrics.qini(**test | {"outcome": pd.Series(test["outcome"]), "score": pd.Series(test["score"])[::-1]})
    with pytest.raises(TableError, match=r"score has the shape \(400, 2\)"):
        cj.metrics.qini(**test | {"score": np.zeros((400, 2))})
    with pytest.raises(TableError, match=r"outcome is 1e\+300 in row \d+; give numbers from −1e100 to 1e100"):
        cj.metrics.qini(**test | {"outcome": test["outcome"] * 1e300})
    with pytest.raises(TableError, match="outcome is nan in row 0"):
        cj.metrics.qini(**test | {"outcome": np.full(400, np.nan)})
