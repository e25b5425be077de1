"""No customer's row on a page: tables speak of counted groups, prints are sentences, charts are no clouds."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pandas as pd
import plotly.graph_objects as go
import polars as pl
import pytest
from nbformat.v4 import new_code_cell, new_output

if TYPE_CHECKING:
    from collections.abc import Callable

PLOTLY = "application/vnd.plotly.v1+json"
NAMES = ("customer_id", "CUSTOMER_ID", "CustomerID", "client_id", "Client Id", "userId", "customerno", "e-mail", "uuid")


def visible(html: str) -> str:
    """Return the page without its scripts and styles."""
    return re.sub(r"<(script|style)\b.*?</\1>", "", html, flags=re.DOTALL)


def bundle(made: go.Figure) -> dict[str, Any]:
    return {PLOTLY: json.loads(made.to_json())}


COUNTED = {"arm": ["a", "b"], "n": [12, 11]}


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        *((pd.DataFrame({name: [1], "n": [12]}), "one line a customer") for name in NAMES),
        *((pd.DataFrame({"n": [12]}, index=pd.Index([1], name=name)), "one line a customer") for name in NAMES),
        (pl.DataFrame({"customerId": [1], "n": [12]}), "one line a customer"),
        (pd.DataFrame({"who": ["ann@example.org"], "n": [12]}), "one line a customer"),
        (pd.DataFrame({"who": ["0f" * 16], "n": [12]}), "one line a customer"),
        (pd.DataFrame({"age": [31, 47], "spend": [1.0, 2.0]}), "in a column n"),
        (pd.DataFrame({"arm": ["a"], "n": [10]}), "in a column n"),
        (pd.DataFrame({"arm": ["a"], "n": [12.5]}), "in a column n"),
        (pd.DataFrame({"n": [12] * 61}), "61 lines"),
        (pl.DataFrame({"n": [12] * 1000}), "1,000 lines"),
        (pd.DataFrame(COUNTED), ""),
        (pl.DataFrame(COUNTED), ""),
        (pd.DataFrame({"arm": ["customer_id"], "valid": [True], "paid": [2], "customers": [1200]}), ""),
        (pd.DataFrame({"day": range(40), "n": [20] * 40}), ""),
    ],
)
def test_only_tables_of_counted_groups_enter(
    frame: Any, reason: str, page: Callable[..., str], cells: dict[str, Any]
) -> None:
    html = page(cells["shown"]({"text/html": frame._repr_html_(), "text/plain": repr(frame)}))
    assert ("left out of this page" in html) is bool(reason)
    assert reason in html


def test_a_table_in_markdown_is_held_to_the_same_rule(page: Callable[..., str], cells: dict[str, Any]) -> None:
    listed = "| client | spend |\n|---|---|\n| 4711 | 3 |"
    assert "4711" not in visible(page(cells["shown"]({"text/markdown": listed, "text/plain": "<Markdown>"})))
    assert "4711" in visible(page(cells["text"](listed)))  # what the author wrote is no data


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("It pays.", True),
        ("In 2 of 3 groups, by e-mail or phone, it pays (see below).\nSo do it.", True),
        ("3.5", True),
        (repr(pd.DataFrame(COUNTED)), False),
        (repr(pl.DataFrame(COUNTED)), False),
        ("4711  3.0\n4712  2.5", False),
        ("[4711, 4712]", False),
        ("{4711: 3.0}", False),
        ("array([4711, 4712])", False),
        ("the best customer_id is 4711", False),
        ("ask ann@example.org", False),
        ("so\n" * 61, False),
    ],
)
def test_only_sentences_are_printed(text: str, *, kept: bool, page: Callable[..., str], cells: dict[str, Any]) -> None:
    streamed = new_code_cell("", outputs=[new_output("stream", name="stdout", text=text)])
    for html in (page(cells["shown"]({"text/plain": text})), page(streamed)):
        assert ("left out of this page" not in html) is kept


def test_a_part_cannot_name_customers(page: Callable[..., str], cells: dict[str, Any]) -> None:
    table = "<table><thead><tr><th>Customer ID</th></tr></thead><tbody><tr><td>4711</td></tr></tbody></table>"
    assert "4711" not in visible(page(cells["part"]("section", "Whom", table)))


@pytest.mark.parametrize(
    ("made", "kept"),
    [
        (go.Scatter(x=list(range(61)), y=list(range(61)), mode="markers"), False),
        (go.Scatter(x=list(range(400)), y=list(range(400)), mode="lines"), True),
        (go.Scatter(x=list(range(60)), y=list(range(60)), mode="markers"), True),
        (go.Histogram(x=[1.0, 2.0]), False),
        (go.Box(y=[1.0, 2.0]), False),
        (go.Bar(x=["ann@example.org"], y=[1]), False),
    ],
)
def test_a_chart_of_customers_is_not_drawn(
    made: Any, *, kept: bool, page: Callable[..., str], cells: dict[str, Any]
) -> None:
    html = page(cells["shown"](bundle(go.Figure(made))))
    assert ("left out of this page" not in html) is kept
    assert ('type="application/json"' in html) is kept
