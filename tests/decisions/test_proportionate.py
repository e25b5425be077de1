"""A discount is in proportion to what it is expected to bring, or no plan gives it."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjlab.decisions import proportionate
from cjlab.errors import SpecError, TableError

money = st.floats(-50, 50)


@given(st.lists(money, min_size=1, max_size=8), st.floats(0, 20), st.floats(0.1, 2))
def test_what_is_left_above_nothing_is_in_proportion(values: list[float], discount: float, most: float) -> None:
    frame = pl.DataFrame({"customer_id": range(len(values)), "voucher": values})
    found = proportionate(frame, {"voucher": discount}, most=most)["voucher"]
    for before, after in zip(values, found, strict=True):
        assert after == (before if discount <= most * before else -discount)


def test_other_actions_and_unknown_values_stay() -> None:
    frame = pl.DataFrame({"customer_id": [1, 2], "voucher": [None, 3], "news": [0.1, 0.2]})
    found = proportionate(frame, {"voucher": 2.0})
    assert found["news"].to_list() == [0.1, 0.2]
    assert found["voucher"].to_list() == [None, -2.0]


def test_what_cannot_be_is_refused_by_name() -> None:
    frame = pl.DataFrame({"customer_id": [1], "voucher": ["much"]})
    with pytest.raises(TableError, match="column 'voucher' is of type String; give numbers"):
        proportionate(frame, {"voucher": 2.0})
    with pytest.raises(TableError, match="'call'"):
        proportionate(frame, {"call": 2.0})
    with pytest.raises(SpecError, match="most is 0; give a number above 0"):
        proportionate(frame, {}, most=0)
    with pytest.raises(SpecError, match=r"discounts\['voucher'\] is -1.0; give 0 or more"):
        proportionate(frame, {"voucher": -1.0})
