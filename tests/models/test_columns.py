"""The shape of a table: learnt once, kept whatever comes."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import polars as pl
import pytest

from cjlab.errors import TableError
from cjlab.models._columns import Columns
from cjlab.models._door import customers, dates

FRAME = pd.DataFrame(
    {
        "visits": [1, 2, None, 4],
        "zone": ["north", "south", "south", None],
        "flag": [True, False, True, True],
        "count": pd.array([1, None, 3, 4], dtype="Int64"),
        "tier": pd.Categorical(["b", "a", "b", "b"], categories=["a", "b", "never"]),
        "nothing": pd.Series([None] * 4, dtype=object),
    },
    index=pd.Index([11, 12, 13, 14], name="customer_id"),
)
CODED = [
    [1, 1, 1, 1, 0, np.nan],
    [2, 0, 0, np.nan, 1, np.nan],
    [np.nan, 0, 1, 3, 0, np.nan],
    [4, np.nan, 1, 4, 0, np.nan],
]


def test_columns_as_they_come() -> None:
    columns = Columns.learn(FRAME)
    assert columns.names == tuple(FRAME.columns)
    assert columns.kinds == ("number", "category", "number", "number", "category", "empty")
    assert columns.categories == {"zone": ("south", "north"), "tier": ("b", "a")}
    np.testing.assert_array_equal(columns.coded(FRAME), CODED)


def test_another_order_and_further_columns_change_nothing() -> None:
    other = FRAME[FRAME.columns[::-1]].assign(further="x")
    np.testing.assert_array_equal(Columns.learn(FRAME).coded(other), CODED)


def test_a_new_category_is_missing() -> None:
    coded = Columns.learn(FRAME).coded(FRAME.assign(zone=["east", "south", "west", "north"]))
    np.testing.assert_array_equal(coded[:, 1], [np.nan, 0, np.nan, 1])


def test_categories_are_known_by_their_text_however_they_come() -> None:
    years = pd.DataFrame({"year": pd.Categorical([2024, 2025, 2025])})
    coded = Columns.learn(years).coded(pd.DataFrame({"year": pd.Categorical([2025.0, 2024.0])}))
    np.testing.assert_array_equal(coded, [[0], [1]])


def test_the_rarest_of_too_many_categories_have_no_code() -> None:
    names = pd.DataFrame({"name": [f"n{place:04d}" for place in range(400)] + ["n0399"]})
    coded = Columns.learn(names).coded(names)
    assert coded[-1, 0] == 0
    assert np.isnan(coded[:, 0]).sum() == 400 - 255


def test_a_table_of_another_library_is_the_same_table() -> None:
    arrow = pl.DataFrame({"customer_id": [11, 12], "visits": [1, 2], "zone": ["north", "south"]})
    columns = Columns.learn(arrow)
    assert columns.names == ("visits", "zone")
    np.testing.assert_array_equal(columns.coded(arrow), [[1, 0], [2, 1]])


def test_an_array_is_taken_by_places() -> None:
    columns = Columns.learn(np.array([[1.0, 2.0], [3.0, np.nan]]))
    assert (columns.names, columns.named) == (("x0", "x1"), False)
    np.testing.assert_array_equal(columns.coded([[5, 6]]), [[5, 6]])
    with pytest.raises(TableError, match="X has 3 features, but it is expecting 2 features as input: x0, x1"):
        columns.coded([[5, 6, 7]])


def test_whose_a_row_is_and_when_are_no_features() -> None:
    rows = pd.DataFrame({"as_of": ["2025-01-01"] * 2, "customer_id": [1, 2], "visits": [3, 4]})
    assert Columns.learn(rows).names == ("visits",)
    assert np.array_equal(customers(rows), [1, 2])
    assert np.array_equal(dates(rows.set_index(["as_of", "customer_id"])), ["2025-01-01"] * 2)
    assert customers(rows[["visits"]]) is None


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (FRAME.drop(columns=["zone", "flag"]), "X has no column 'zone' or 'flag', which the model has learnt from"),
        (FRAME.assign(visits=["x"] * 4), "column 'visits' was a number when the model learnt, and holds 'x' now"),
        (FRAME.assign(zone=[1, 2, 3, 4]), "column 'zone' was a category when the model learnt, and holds 1 now"),
        (FRAME.assign(visits=[1, 2, np.inf, -np.inf]), "column 'visits' holds infinity in 2 rows, first in 13"),
        (FRAME.iloc[:0], r"X has 0 sample\(s\)"),
    ],
)
def test_what_does_not_fit_is_named(changed: pd.DataFrame, said: str) -> None:
    with pytest.raises(TableError, match=said):
        Columns.learn(FRAME).coded(changed)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (pd.to_datetime(["2025-01-01"]), "column 'odd' holds datetime64 values, .*; give the days from it to the date"),
        ([dt.timedelta(days=1)], "column 'odd' holds timedelta64 values, .*; give it in days"),
        ([[1, 2]], r"column 'odd' holds mixed values, such as \[1, 2\]; give numbers, flags or text"),
        ([1j], "column 'odd' holds complex values"),
    ],
)
def test_what_no_model_can_read_is_named(values: object, said: str) -> None:
    with pytest.raises(TableError, match=said):
        Columns.learn(pd.DataFrame({"odd": values}))


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(TableError, match="'visits' more than once"):
        Columns.learn(pd.concat([FRAME, FRAME[["visits"]]], axis=1))
