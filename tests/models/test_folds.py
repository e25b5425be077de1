"""Splits never look ahead, and never at the same customer."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjlab.models._folds import Times, splits


@given(st.lists(st.tuples(st.integers(0, 30), st.booleans()), min_size=60, max_size=90), st.integers(2, 5))
def test_a_customer_is_on_one_side_and_everybody_is_judged_once(rows: list[tuple[int, bool]], folds: int) -> None:
    groups, outcome = np.array([row[0] for row in rows]), np.array([float(row[1]) for row in rows])
    outcome[groups < 8], outcome[groups > 22] = 0, 1
    groups, outcome = np.r_[groups, 0, 1, 29, 30], np.r_[outcome, 0, 0, 1, 1]
    made = splits(outcome, groups, folds=folds)
    assert sorted(np.concatenate([one.test for one in made])) == list(range(len(groups)))
    for train, test in made:
        assert not set(groups[train]) & set(groups[test])
        assert set(train) | set(test) == set(range(len(groups)))


def test_the_order_of_rows_draws_nothing() -> None:
    outcome, groups = (np.arange(50) % 2).astype(float), np.arange(50)
    order = np.random.default_rng(0).permutation(50)
    there = [set(groups[one.test]) for one in splits(outcome, groups)]
    assert [set(groups[order][one.test]) for one in splits(outcome[order], groups[order])] == there
    assert [set(groups[one.test]) for one in splits(outcome, groups, key="another")] != there


def test_the_last_date_is_judged_by_dates_whose_outcome_was_known() -> None:
    at = np.repeat(np.array(["2025-01-01", "2025-02-01", "2025-03-01"]), 20)
    times = Times.of(at, 60, "40D")
    assert times is not None
    for train, test in splits(np.tile([0.0, 1.0], 30), np.tile(np.arange(20), 3), times=times, folds=4):
        assert set(at[train]) == {"2025-01-01"}  # on the first of March, what followed February was not known
        assert set(at[test]) == {"2025-03-01"}


def test_shares_of_the_outcome_are_alike_in_all_folds() -> None:
    outcome = (np.arange(1000) % 10 == 0).astype(float)
    assert [outcome[one.test].sum() for one in splits(outcome, np.arange(1000))] == [20] * 5


def test_dates_must_be_dates() -> None:
    with pytest.raises(ValueError, match="lacks a date"):
        Times.of(["2025-01-01", None], 2, None)
