"""A fingerprint tells what a log says, and nothing of how it was laid out."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjlab.errors import TableError
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Mapping

VALUES = st.fixed_dictionaries(
    {
        "customer_id": st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)),
        "visitor_id": st.one_of(st.none(), st.text(max_size=3)),
        "amount": st.one_of(st.none(), st.floats()),
        "flag": st.one_of(st.none(), st.booleans()),
        "tags": st.one_of(st.none(), st.lists(st.one_of(st.none(), st.sampled_from("ab")), max_size=3)),
    }
)
SCHEMA = {
    "customer_id": pl.Int64,
    "visitor_id": pl.String,
    "amount": pl.Float64,
    "flag": pl.Boolean,
    "tags": pl.List(pl.String),
}
ROWS = st.lists(VALUES, max_size=8)


def frame(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Make events of rows."""
    return pl.DataFrame(rows, schema=SCHEMA)


def of(events: Any) -> str:
    """Take the fingerprint of a log of these events."""
    return Log.of(events=events).fingerprint()


def said(rows: list[dict[str, Any]]) -> list[str]:
    """Write rows so that equal ones are written equally, in an order of their own."""
    return sorted(
        repr(
            [row["customer_id"], row["visitor_id"], row["amount"] and row["amount"] + 0.0, row["flag"], row["tags"]]
        ).replace("-0.0", "0.0")
        for row in rows
    )


@given(ROWS, st.randoms(use_true_random=False), st.integers(0, 8))
def test_order_chunks_and_split_do_not_count(rows: list[dict[str, Any]], random: Any, cut: int) -> None:
    events = frame(rows)
    shuffled = frame(random.sample(rows, len(rows)))
    assert of(shuffled) == of(pl.concat([events[cut:], events[:cut]])) == of(events)


@given(ROWS, ROWS)
def test_logs_say_the_same_if_and_only_if_their_fingerprints_agree(
    one: list[dict[str, Any]], two: list[dict[str, Any]]
) -> None:
    assert (of(frame(one)) == of(frame(two))) == (said(one) == said(two))


@given(ROWS.filter(len), st.data())
def test_one_changed_value_changes_it(rows: list[dict[str, Any]], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(rows) - 1))
    changed = [{**row, "flag": not row["flag"]} if here == place else row for here, row in enumerate(rows)]
    other = [*rows[:place], {**rows[place], "flag": None}, *rows[place + 1 :]]
    assert (of(frame(changed)) == of(frame(rows))) == (said(changed) == said(rows))
    assert (of(frame(other)) == of(frame(rows))) == (said(other) == said(rows))


def test_zeros_are_one_and_nans_are_one() -> None:
    amounts = [pl.Series([zero, nan]) for zero, nan in ((0.0, math.nan), (-0.0, -math.nan))]
    one, two = (pl.DataFrame({"customer_id": [1, 2], "amount": amount}) for amount in amounts)
    assert of(one) == of(two)
    assert of(one) != of(one.with_columns(pl.col("amount").fill_nan(None)))


def test_what_hides_under_a_null_does_not_count() -> None:
    hidden = pl.DataFrame({"customer_id": [1, 2], "amount": [5.0, 7.0]})
    masked = hidden.with_columns(pl.when(pl.col("customer_id") > 1).then("amount").alias("amount"))
    plain = pl.DataFrame({"customer_id": [1, 2], "amount": [None, 7.0]})
    assert of(masked) == of(plain)


def test_a_column_without_values_does_not_count_but_an_empty_companion_does() -> None:
    events = pl.DataFrame({"customer_id": [1]})
    assert of(events.with_columns(device=pl.lit(None))) == of(events)
    assert Log.of(events=events, consents=pl.DataFrame()).fingerprint() != of(events)


def test_the_place_of_a_value_counts() -> None:
    events = pl.DataFrame({"customer_id": [1, 2], "amount": [2.0, 1.0]})
    swapped = events.with_columns(pl.col("amount").reverse())
    renamed = events.rename({"amount": "margin"})
    assert len({of(events), of(swapped), of(renamed), of(pl.concat([events, events]))}) == 4
    assert Log.of(contacts=events).fingerprint() != of(events)
    assert Log.of(events=events, timezone="Europe/Paris").fingerprint() != of(events)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (pl.Series([1, None]), pl.Series([1.0, None])),
        (pl.Series([1, 2], dtype=pl.Int8), pl.Series([1, 2], dtype=pl.UInt64)),
        (pl.Series(["a", "b"]), pl.Series(["a", "b"], dtype=pl.Categorical)),
        (pl.Series(["a", "b"]), pl.Series(["a", "b"], dtype=pl.Enum(["b", "a"]))),
        (pl.Series([0, 10**6]).cast(pl.Datetime("us")), pl.Series([0, 10**9]).cast(pl.Datetime("ns"))),
        (pl.Series([[1, 2], [3, 4]]), pl.Series([[1, 2], [3, 4]], dtype=pl.Array(pl.Int64, 2))),
        (pl.Series([0.5, 1.5]), pl.Series([0.5, 1.5], dtype=pl.Float32)),
    ],
)
def test_equal_values_of_other_types_are_equal(one: pl.Series, two: pl.Series) -> None:
    events = pl.DataFrame({"customer_id": [1, 2]})
    assert of(events.with_columns(extra=one)) == of(events.with_columns(extra=two))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (pl.Series([2**53]), pl.Series([2**53 + 1])),
        (pl.Series([[]], dtype=pl.List(pl.Int64)), pl.Series([[None]], dtype=pl.List(pl.Int64))),
        (pl.Series([[1, 2]]), pl.Series([[2, 1]])),
        (pl.Series([{"a": 1, "b": None}]), pl.Series([{"a": None, "b": 1}])),
        (pl.Series([b"\xff"]), pl.Series([b"\xfe"])),
        (pl.Series([dt.date(2025, 1, 1)]), pl.Series([dt.date(2025, 1, 2)])),
        (pl.Series([dt.timedelta(1)]), pl.Series([dt.timedelta(2)])),
        (pl.Series([1], dtype=pl.Decimal(9, 2)), pl.Series([2], dtype=pl.Decimal(9, 2))),
        (
            pl.Series([[{"key": "a", "value": 1}]]).cast(pl.Map(pl.String(), pl.Int64())),
            pl.Series([[{"key": "a", "value": 2}]]).cast(pl.Map(pl.String(), pl.Int64())),
        ),
    ],
)
def test_other_values_are_other(one: pl.Series, two: pl.Series) -> None:
    events = pl.DataFrame({"customer_id": [1]})
    assert of(events.with_columns(extra=one)) != of(events.with_columns(extra=two))


def test_python_objects_have_none() -> None:
    with pytest.raises(
        TableError, match="column extra is Object, which has no logical value; cast it, or leave it out"
    ):
        of(pl.DataFrame({"customer_id": [1], "extra": pl.Series([object()])}))


def test_it_never_changes(frames: Mapping[str, pl.DataFrame]) -> None:  # records name their log by it
    assert Log.of(**frames).fingerprint() == "48e016ab4f307ee74f325eb3b51d1f793e21a447b0d75030b799de9bf664693f"
