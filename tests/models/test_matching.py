"""Effects on the treated without randomisation: by hand, by laws, on real data, in a market; no overlap refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from sklearn.linear_model import LogisticRegression

import cjlab as cj
from benchmarks.proof import matched
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.models import match, weigh
from cjlab.models.matching._covariates import Covariates
from cjlab.models.matching._nearest import Nearest
from cjlab.models.matching._score import balancing, likeliest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

METHODS = (match, weigh)


def drawn(seed: int, n: int = 600) -> tuple[pd.DataFrame, np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Draw customers of whom the better are treated; the effect is 1 + half of the first covariate."""
    draw = np.random.default_rng([5, seed])
    a, b = draw.normal(size=(2, n))
    zone = draw.choice(["north", "south", "west"], n)
    treated = draw.random(n) < 1 / (1 + np.exp(1 - 0.8 * a + 0.5 * b - 0.7 * (zone == "north")))
    y = 2 * a - b + (zone == "north") + treated * (1 + a / 2) + draw.normal(size=n)
    X = pd.DataFrame({"a": a, "b": b, "zone": zone}, index=pd.Index(range(n), name="customer_id"))
    return X, y, treated


@pytest.mark.parametrize("method", METHODS)
def test_intervals_hold_the_truth_and_the_raw_difference_does_not(method: Callable[..., Any]) -> None:
    held, raw, truths = [], [], []
    for seed in range(60):
        X, y, treated = drawn(seed)
        truths.append((1 + X["a"][treated] / 2).mean())
    truth = float(np.mean(truths))
    for seed in range(60):
        X, y, treated = drawn(seed)
        found = method(X, y, treated=treated)
        held.append(found.low <= truth <= found.high)
        raw.append(found.raw.low <= truth <= found.raw.high)
    assert np.mean(held) >= 0.87
    assert np.mean(raw) < 0.1


@pytest.mark.parametrize("method", METHODS)
def test_an_effect_that_all_share_in_a_straight_world_is_found_exactly(method: Callable[..., Any]) -> None:
    X, _, treated = drawn(0)
    y = 3 * X["a"] - X["b"] + 2 * (X["zone"] == "west") + 5 * treated
    found = method(X, y, treated=treated)
    assert found.estimate == pytest.approx(5, abs=1e-4)
    assert found.standard_error == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("method", METHODS)
@settings(max_examples=10)
@given(scale=st.floats(0.01, 1e4), shift=st.floats(-1e3, 1e3))
def test_units_and_order_change_nothing(method: Callable[..., Any], scale: float, shift: float) -> None:
    X, y, treated = drawn(1, 300)
    plain = method(X, y, treated=treated)
    moved = method(X.assign(a=X["a"] * scale + shift)[["zone", "b", "a"]], y * scale, treated=treated)
    assert moved.estimate / scale == pytest.approx(plain.estimate, rel=1e-4, abs=1e-4)
    assert moved.standard_error / scale == pytest.approx(plain.standard_error, rel=1e-3)
    order = np.random.default_rng(0).permutation(len(X))
    other = method(X.iloc[order], pd.Series(y, X.index), treated=pd.Series(treated, X.index).iloc[::-1])
    assert other.estimate == pytest.approx(plain.estimate, rel=1e-6)
    assert_allclose(other.weights.reindex(X.index), plain.weights, rtol=1e-4, atol=1e-6)


def test_a_pair_by_hand() -> None:
    near = Nearest.among(np.array([0.0, 1.0]), np.array([0.1, -0.1, 1.4, 9.0]), neighbours=1, caliper=0.5)
    assert near.mean(np.array([1.0, 3.0, 10.0, 0.0])).tolist() == pytest.approx([2.0, 10.0])  # both are equally near
    assert near.votes().tolist() == pytest.approx([0.5, 0.5, 1.0, 0.0])
    assert near.votes(power=2).tolist() == pytest.approx([0.25, 0.25, 1.0, 0.0])
    far = Nearest.among(np.array([0.0, 5.0]), np.array([0.1, 0.2]), neighbours=1, caliper=0.5)
    assert far.found.tolist() == [True, False]


@given(
    st.lists(st.integers(0, 12), min_size=1, max_size=8),
    st.lists(st.integers(0, 12), min_size=1, max_size=20),
    st.integers(1, 4),
    st.sampled_from([2.0, 100.0]),
)
def test_the_nearest_are_those_that_brute_force_finds(
    asked: list[int], pool: list[int], neighbours: int, caliper: float
) -> None:
    values = np.arange(len(pool), dtype=float) ** 2
    near = Nearest.among(np.array(asked, float), np.array(pool, float), neighbours=neighbours, caliper=caliper)
    far = np.abs(np.subtract.outer(asked, pool)).astype(float)
    for row, own in enumerate(far):
        within = np.sort(own[own <= caliper])
        chosen = own <= (within[min(neighbours, len(within)) - 1] if len(within) else -1)
        assert near.found[row] == chosen.any()
        if chosen.any():
            assert near.mean(values)[row] == pytest.approx(values[chosen].mean())


def test_the_likeliest_odds_are_those_of_a_known_library() -> None:
    X, _, treated = drawn(2)
    covariates = Covariates.of(X, treated)
    design = covariates.design()
    known = LogisticRegression(C=np.inf, tol=1e-10, max_iter=2_000).fit(design[:, 1:], treated)
    assert_allclose(likeliest(design, treated), known.decision_function(design[:, 1:]), atol=1e-3)


def test_balancing_odds_balance() -> None:
    X, _, treated = drawn(3)
    design = Covariates.of(X, treated).design()
    odds = balancing(design, treated)
    assert odds is not None
    weights = np.exp(odds[~treated])
    assert_allclose(np.average(design[~treated], axis=0, weights=weights), design[treated].mean(axis=0), atol=1e-7)


def test_weighting_balances_and_matching_nearly_does() -> None:
    X, y, treated = drawn(4, 3_000)
    weighed, matched_ = weigh(X, y, treated=treated), match(X, y, treated=treated)
    assert weighed.balance["after"].abs().max() < 1e-6
    assert weighed.balanced
    assert matched_.balanced
    assert weighed.balance["before"].abs().max() > 0.3
    assert 20 < weighed.effective < weighed.others
    assert weighed.weights[~treated].sum() == pytest.approx(treated.sum())
    assert matched_.weights[~treated].sum() == pytest.approx(matched_.kept)


def test_the_job_training_programme(data: Path) -> None:
    del data
    people = cj.datasets.lalonde()
    X = people.drop(columns=["treat", "re78"])
    for method in METHODS:
        found = method(X, people["re78"], treated=people["treat"])
        assert found.raw.estimate == pytest.approx(-635, abs=0.5)
        assert found.balanced
        assert found.low < 1_794 < found.high
        assert found.estimate > 500


def test_the_truth_of_a_market_is_held_where_old_habits_chose() -> None:
    assert [rate.what for rate in matched.experiments(2) if not rate.holds] == []


@pytest.mark.parametrize("method", METHODS)
def test_no_overlap_is_refused(method: Callable[..., Any]) -> None:
    X, y, _ = drawn(0)
    with pytest.raises(EvidenceError, match=r"nobody among the others is like the treated|do not overlap"):
        method(X, y, treated=X["a"] > 0)


def test_too_few_alike_are_refused() -> None:
    draw = np.random.default_rng(0)
    x = np.r_[draw.normal(0, 1, 300), draw.normal(7, 1, 60), -0.5, 4.0]
    treated = np.r_[np.zeros(300), np.ones(60), 1, 0].astype(bool)
    X = pd.DataFrame({"x": x})
    with pytest.raises(EvidenceError, match=r"carry all the weight|no weights of the 301 others"):
        weigh(X, x, treated=treated)
    with pytest.raises(EvidenceError, match=r"of 61 treated, \d+ have anybody like them"):
        match(X, x, treated=treated, caliper=0.01)


def test_missing_values_and_categories_are_balanced_as_they_come() -> None:
    X, y, treated = drawn(6)
    X["a"] = X["a"].where(X["b"] < 1)
    X.loc[::7, "zone"] = None
    balance = weigh(X, y, treated=treated).balance
    assert {"a", "a, squared", "a is missing", "zone = west", "zone is missing"} <= set(balance.index)
    assert balance["square"].sum() == 2
    assert balance["after"].abs().max() < 1e-6


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"treated": [2] * 600}, r"treated holds 2; give true or false"),
        ({"treated": [True] * 600}, r"0 customers are not treated; both groups need at least 10"),
        ({"treated": [True] * 3 + [False] * 597}, r"3 customers are treated; both groups need at least 10"),
        ({"treated": [True]}, r"treated has shape \(1,\), X has 600 rows"),
        ({"outcome": [1.0]}, r"outcome has shape \(1,\), X has 600 rows"),
        ({"outcome": [np.nan] * 600}, r"outcome is nan for 0; give a number for everybody"),
        ({"treated": pd.Series([True, False])}, r"treated has no row of 2, who is in X"),
    ],
)
def test_what_cannot_be_is_refused_by_name(change: dict[str, Any], said: str) -> None:
    X, y, treated = drawn(0)
    given_ = {"outcome": y, "treated": treated} | change
    for method in METHODS:
        with pytest.raises(TableError, match=said):
            method(X, given_["outcome"], treated=given_["treated"])


def test_settings_out_of_range_are_refused() -> None:
    X, y, treated = drawn(0)
    with pytest.raises(SpecError, match="neighbours is 0; give a whole number from 1"):
        match(X, y, treated=treated, neighbours=0)
    with pytest.raises(SpecError, match="caliper is -1; give standard deviations"):
        match(X, y, treated=treated, caliper=-1)
    with pytest.raises(TableError, match="X has two rows of 0; give one a customer"):
        weigh(pd.concat([X, X]), np.r_[y, y], treated=np.r_[treated, treated])
    with pytest.raises(TableError, match="nothing that differs between customers"):
        weigh(X[["a"]] * 0, y, treated=treated)
