"""Rows that come nearly in order are put in their total order, and no value changes on the way."""

from __future__ import annotations

import math
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjlab.tables._order import arranged, total

ROW = st.fixed_dictionaries(
    {
        "customer_id": st.integers(0, 2),
        "at": st.integers(0, 1),
        "event": st.sampled_from(["visit", "purchase", "a text of more than twelve letters"]),
        "amount": st.sampled_from([None, 0.0, -0.0, 1.5, math.nan]),
        "machine": st.one_of(st.none(), st.booleans()),
        "tags": st.one_of(st.none(), st.lists(st.sampled_from([0.0, -0.0, 1.0]), max_size=2)),
        "pair": st.fixed_dictionaries(
            {"arm": st.sampled_from(["a", "b"]), "probability": st.sampled_from([0.0, -0.0])}
        ),
    }
)
TYPES = {
    "customer_id": pl.Int64,
    "at": pl.Datetime("us", "UTC"),
    "event": pl.String,
    "amount": pl.Float64,
    "machine": pl.Boolean,
    "tags": pl.List(pl.Float64),
    "pair": pl.Struct({"arm": pl.String, "probability": pl.Float64}),
}


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Make events in the order of customers and time, ties as they come."""
    return pl.DataFrame(rows, schema=TYPES).sort("customer_id", "at", maintain_order=True)


def to_the_last_bit(rows: pl.DataFrame) -> list[str]:
    """Say each row; the two zeros differ."""
    return sorted(map(repr, rows.rows()))


@given(st.lists(ROW, max_size=12))
def test_ties_are_put_in_order_and_every_row_stays_whole(rows: list[dict[str, Any]]) -> None:
    given_rows = frame(rows)
    before = to_the_last_bit(given_rows)
    found = arranged(given_rows, "events")
    assert found.equals(given_rows.sort(total(given_rows.columns, "events"), nulls_last=True))
    assert found.schema == given_rows.schema
    assert to_the_last_bit(found) == before
    assert to_the_last_bit(given_rows) == before  # what was given is left as it is


def test_a_zero_goes_with_its_row() -> None:
    tied = {"customer_id": [1, 1], "at": [0, 0], "amount": [0.0, -0.0], "n": [2, 1]}
    found = arranged(pl.DataFrame(tied).select("customer_id", "at", "n", "amount"), "events")
    assert [(n, math.copysign(1, amount)) for n, amount in found.select("n", "amount").rows()] == [(1, -1.0), (2, 1.0)]


@pytest.mark.parametrize("kind", [pl.Enum(["b", "a"]), pl.Categorical, pl.Binary, pl.Decimal(9, 2), pl.Int128])
def test_columns_of_any_type_can_be_moved(kind: pl.DataType) -> None:
    values = {pl.Binary: [b"b", b"a"], pl.Decimal(9, 2): [2, 1], pl.Int128: [2, 1]}.get(kind, ["b", "a"])
    tied = pl.DataFrame({"customer_id": [1, 1], "at": [0, 0], "n": [2, 1], "extra": pl.Series(values, dtype=kind)})
    assert arranged(tied, "events").equals(tied.reverse())


def test_what_is_in_order_is_not_copied() -> None:
    rows = pl.DataFrame({"customer_id": [1, 1, 2], "at": [0, 0, 1], "n": [1, 2, 0]})
    assert arranged(rows, "events").equals(rows)
    swapped = rows.with_columns(n=pl.Series([2, 1, 0]))
    moved = arranged(swapped, "events")
    where = [[one[name].to_numpy().ctypes.data for name in rows.columns] for one in (moved, swapped)]
    assert [new == old for new, old in zip(*where, strict=True)] == [True, True, False]
