"""ROC, precision and recall: against scikit-learn, hand-computed values, and DeLong's variance pair by pair."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, precision_recall_curve, roc_auc_score, roc_curve

import cjlab as cj
from cjlab.errors import EvidenceError, TableError

seeds = st.integers(0, 10_000)


def drawn(seed: int, n: int = 120, *, levels: int = 12) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    score = (rng.integers(0, levels, n) + 0.5) / levels
    outcome = (rng.random(n) < 0.1 + 0.6 * score).astype(float)
    outcome[:4] = 0, 1, 0, 1
    return outcome, score


def delong(outcome: np.ndarray, score: np.ndarray) -> tuple[float, float]:
    """Area and error by the definition of 1988: every pair, and the variances of its parts."""
    ones, zeros = score[outcome == 1], score[outcome == 0]
    kernel = np.array([[(a > b) + (a == b) / 2 for b in zeros] for a in ones])
    v10, v01 = kernel.mean(axis=1), kernel.mean(axis=0)
    variance = v10.var(ddof=1) / len(ones) + v01.var(ddof=1) / len(zeros)
    return float(kernel.mean()), float(np.sqrt(variance))


@given(seeds)
def test_the_area_is_that_of_scikit_learn_and_of_delong(seed: int) -> None:
    outcome, score = drawn(seed)
    found = cj.metrics.roc(outcome, score).auc
    assert found.estimate == pytest.approx(roc_auc_score(outcome, score), abs=1e-12)
    assert found[:2] == pytest.approx(delong(outcome, score), abs=1e-12)
    assert 0 < found.low < found.estimate < found.high < 1


def test_six_rows_by_hand() -> None:
    # V10 = 1, 5/6, 2/3 (variance 1/36), V01 = 1/2, 1, 1 (variance 1/12): (1/36 + 1/12) / 3 = 1/27
    found = cj.metrics.roc([1, 1, 0, 0, 1, 0], [0.9, 0.8, 0.8, 0.3, 0.6, 0.1]).auc
    assert found.estimate == pytest.approx(5 / 6, abs=1e-15)
    assert found.standard_error == pytest.approx(np.sqrt(1 / 27), abs=1e-15)
    reach = 1.959963984540054 * np.sqrt(1 / 27) / (5 / 36)
    assert found.low == pytest.approx(1 / (1 + np.exp(-(np.log(5) - reach))), abs=1e-12)


def test_the_curve_is_that_of_scikit_learn() -> None:
    outcome, score = drawn(3)
    found = cj.metrics.roc(outcome, score)
    false, true, threshold = roc_curve(outcome, score, drop_intermediate=False)
    assert found.false_positive_rate == pytest.approx(false, abs=1e-15)
    assert found.true_positive_rate == pytest.approx(true, abs=1e-15)
    assert found.threshold == pytest.approx(threshold)


def test_a_long_curve_keeps_its_ends_and_a_thousand_points() -> None:
    rng = np.random.default_rng(0)
    found = cj.metrics.roc(rng.random(20_000) < 0.3, rng.random(20_000))
    assert len(found.threshold) == 1_001
    assert (found.false_positive_rate[[0, -1]].tolist(), found.true_positive_rate[[0, -1]].tolist()) == ([0, 1], [0, 1])


@given(seeds)
def test_average_precision_is_that_of_scikit_learn(seed: int) -> None:
    outcome, score = drawn(seed)
    found = cj.metrics.precision_recall(outcome, score)
    assert found.average_precision.estimate == pytest.approx(average_precision_score(outcome, score), abs=1e-12)
    precision, recall, threshold = precision_recall_curve(outcome, score)
    assert found.precision == pytest.approx(precision[:-1][::-1], abs=1e-15)
    assert found.recall == pytest.approx(recall[:-1][::-1], abs=1e-15)
    assert found.threshold == pytest.approx(threshold[::-1])


@given(seeds)
def test_rows_written_twice_for_a_customer_say_no_more(seed: int) -> None:
    outcome, score = drawn(seed)
    customer = np.arange(len(outcome))
    for measure in (
        lambda y, s, **more: cj.metrics.roc(y, s, **more).auc,
        lambda y, s, **more: cj.metrics.precision_recall(y, s, **more).average_precision,
    ):
        once = measure(outcome, score)
        twice = measure(np.tile(outcome, 2), np.tile(score, 2), customer=np.tile(customer, 2))
        alone = measure(np.tile(outcome, 2), np.tile(score, 2))
        assert twice.estimate == pytest.approx(once.estimate, abs=1e-12)
        assert twice.standard_error == pytest.approx(once.standard_error, rel=0.02)
        assert alone.standard_error == pytest.approx(once.standard_error / np.sqrt(2), rel=0.02)


@given(seeds)
def test_a_monotone_change_of_the_score_and_the_order_of_rows_change_nothing(seed: int) -> None:
    outcome, score = drawn(seed)
    order = np.random.default_rng(seed).permutation(len(outcome))
    for changed, rows in product((np.exp(9 * score), score - 70), (slice(None), order)):
        assert cj.metrics.roc(outcome[rows], changed[rows]).auc == pytest.approx(cj.metrics.roc(outcome, score).auc)
        found = cj.metrics.precision_recall(outcome[rows], changed[rows]).average_precision
        assert found == pytest.approx(cj.metrics.precision_recall(outcome, score).average_precision)


def test_a_constant_score_knows_nothing() -> None:
    outcome = [1, 0, 0, 1, 0]
    assert cj.metrics.roc(outcome, [3] * 5).auc.estimate == 0.5
    assert cj.metrics.precision_recall(outcome, [3] * 5).average_precision.estimate == pytest.approx(0.4)


@pytest.mark.parametrize(("rows", "low"), [(3, 0.5), (30, 0.85), (3_000, 0.998)])
def test_a_perfect_score_is_still_uncertain(rows: int, low: float) -> None:
    outcome = np.repeat([0, 1], rows)
    perfect, reversed_one = (cj.metrics.roc(outcome, way * outcome).auc for way in (1, -1))
    assert (perfect.estimate, perfect.high) == (1, 1)
    assert low <= perfect.low < 1
    assert (reversed_one.estimate, reversed_one.low, reversed_one.high) == pytest.approx((0, 0, 1 - perfect.low))
    found = cj.metrics.precision_recall(outcome, outcome).average_precision
    assert (found.estimate, found.high) == (1, 1)
    assert found.low == pytest.approx(rows / (rows + 1.959963984540054**2))


@given(seeds)
def test_a_perfect_score_of_any_size_has_all_precision(seed: int) -> None:
    outcome, _ = drawn(seed, n=40 + seed % 300)
    score = outcome + np.random.default_rng(seed).random(len(outcome)) / 2
    found = cj.metrics.precision_recall(outcome, score).average_precision
    assert found.estimate == found.high == 1
    assert 0.5 < found.low < 1


def test_outcomes_of_one_kind_are_refused() -> None:
    with pytest.raises(EvidenceError, match="outcome is 1 in all 3 rows; a score is judged where some rows are 1"):
        cj.metrics.roc([1, 1, 1], [1, 2, 3])
    with pytest.raises(EvidenceError, match="outcome is 1 in 1 rows and 0 in 2; an area needs at least 2 of each"):
        cj.metrics.roc([1, 0, 0], [1, 2, 3])


def test_what_is_no_outcome_or_score_is_named() -> None:
    with pytest.raises(TableError, match="outcome is 2 in row 1; give 1 where it happened and 0 elsewhere"):
        cj.metrics.roc([1, 2, 0], [1, 2, 3])
    with pytest.raises(TableError, match="score is inf in row 2 and 1 of 3 rows are missing or infinite"):
        cj.metrics.roc([1, 0, 0], [1, 2, np.inf])
    with pytest.raises(TableError, match="score has 2 rows and outcome has 3; give one value for each row of outcome"):
        cj.metrics.roc([1, 0, 0], [1, 2])
    with pytest.raises(TableError, match=r"score has the shape \(3, 2\); give one number a row"):
        cj.metrics.roc([1, 0, 0], np.zeros((3, 2)))
    with pytest.raises(TableError, match="score is of type <U1; give numbers"):
        cj.metrics.roc([1, 0, 0], ["a", "b", "c"])
    with pytest.raises(EvidenceError, match="outcome has no rows; there is nothing to measure"):
        cj.metrics.roc([], [])
    with pytest.raises(TableError, match="customer is missing in row 1; give every row a label"):
        cj.metrics.roc([1, 0, 1, 0], [1, 2, 3, 4], customer=["x", None, "y", "z"])
