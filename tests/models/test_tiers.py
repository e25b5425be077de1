"""Tiers of value: cut points kept, caps that never fall with value, everybody in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cjlab as cj
from cjlab.errors import EvidenceError, SpecError, TableError
from cjlab.models import Tiers

if TYPE_CHECKING:
    from pathlib import Path

VALUE = pd.Series([5.0, 10.0, 20.0, 80.0, np.nan], index=[1, 2, 3, 4, 5])
TWO: dict[str, Any] = {"names": ("base", "best"), "shares": (0.75, 0.25)}
amounts = st.lists(st.floats(0, 1e6), min_size=60, max_size=80, unique=True)


def test_tiers_by_hand() -> None:
    tiers = Tiers(**TWO, spend=(0.1, 0.2)).fit(VALUE)
    assert tiers.cuts.tolist() == [80.0]
    assert tiers.assign(VALUE).tolist() == ["base", "base", "base", "best", "none"]
    frame = tiers.table(VALUE).to_frame()
    assert frame["customers"].tolist() == [3, 1]
    assert frame["value"].tolist() == [35.0, 80.0]
    assert frame["share_of_value"].tolist() == pytest.approx([35 / 115, 80 / 115])
    assert frame["cap"].tolist() == pytest.approx([0.1 * 35 / 3, 16.0])
    assert frame["budget"].tolist() == pytest.approx([3.5, 16.0])


@settings(max_examples=30)
@given(amounts, amounts)
def test_everybody_has_one_tier_and_caps_rise(learned: list[float], later: list[float]) -> None:
    tiers = Tiers().fit(pd.Series(learned))
    table = tiers.table(pd.Series(later))
    assert table.customers.sum() == len(later)
    held = table.cap[table.customers > 0]
    assert (np.diff(held) >= 0).all()
    frame = table.to_frame()
    assert (frame["budget"] <= 0.05 * frame["value"] + 1e-6).all()
    own = tiers.table(pd.Series(learned)).customers
    assert np.abs(np.cumsum(own) - np.cumsum([0.5, 0.3, 0.15, 0.05]) * len(learned)).max() <= 1


@settings(max_examples=15)
@given(amounts)
def test_moves_add_up_and_turn_round(value: list[float]) -> None:
    before = pd.Series(value)
    after = before.sample(frac=1, random_state=0).set_axis(before.index)
    tiers = Tiers().fit(before)
    there, back = tiers.moved(before, after), tiers.moved(after, before)
    np.testing.assert_array_equal(there.customers, back.customers.T)
    assert (there.up, there.down) == (back.down, back.up)
    assert there.customers.sum() == len(value)
    assert tiers.moved(before, before).up == 0


def test_who_is_new_comes_from_none() -> None:
    tiers = Tiers(**TWO).fit(VALUE)
    moves = tiers.moved(VALUE.drop(4), VALUE.drop(1)).to_frame().set_index(["before", "after"])["customers"]
    assert moves["none", "best"] == 1  # 4 is new, 1 is gone, 5 has never bought
    assert moves["base", "none"] == 1
    assert moves["none", "none"] == 1
    assert moves.sum() == 5


def test_tiers_are_stored(tmp_path: Path) -> None:
    tiers = Tiers(**TWO).fit(VALUE)
    again = cj.models.load(cj.models.save(tiers, tmp_path / "tiers"))
    assert again.assign(VALUE).equals(tiers.assign(VALUE))


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"shares": (0.5, 0.6)}, "shares add up to 1.1"),
        ({"shares": (1.0,)}, "shares is 1.0"),
        ({"shares": (0.2, 0.3, 0.5)}, "2 names, 3 shares and 2 of spend"),
        ({"spend": (0.2, 0.1)}, "spend does not fall"),
        ({"spend": 2.0}, "spend is 2.0"),
        ({"names": ("none", "best")}, "no tier is called 'none'"),
        ({"names": ("best", "best")}, "more than once"),
    ],
)
def test_tiers_that_cannot_be_are_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(SpecError, match=said):
        Tiers(**(TWO | settings))


def test_values_that_cannot_be_told_apart_are_refused() -> None:
    with pytest.raises(EvidenceError, match="so many customers have one value that a tier would be empty"):
        Tiers(**TWO).fit(pd.Series([1.0, 1.0, 1.0, 1.0]))
    with pytest.raises(EvidenceError, match="1 customers have a value; 2 tiers need more"):
        Tiers(**TWO).fit(pd.Series([1.0]))
    with pytest.raises(TableError, match="value is inf; give a finite number"):
        Tiers(**TWO).fit(pd.Series([1.0, np.inf]))
    with pytest.raises(TableError, match="value is a list; give a pandas Series"):
        Tiers(**TWO).fit([1.0, 2.0])  # type: ignore[arg-type] # what is refused
    with pytest.raises(SpecError, match="these Tiers are not fitted"):
        Tiers(**TWO).assign(VALUE)
