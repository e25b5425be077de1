"""A customer's reasons end where his score is, and the first reasons of many are counted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import cjlab as cj
from cjlab.errors import EvidenceError, SpecError
from cjlab.models import Reasons

TOPICS = ("payment", "service", "price")
ADDS = np.array([[1.0, -0.5, 0.25], [0.0, 2.0, 0.0], [-1.0, -1.0, -1.0]])
MEAN = -2.0


@pytest.fixture
def told() -> Reasons:
    """Tell the reasons of three customers, the last of whom has none."""
    rows = [(0, 1, "payment", "Pay later"), (0, 2, "price", "Pay less"), (1, 1, "service", "Say sorry")]
    frame = pd.DataFrame(rows, columns=["customer_id", "rank", "topic", "argument"])
    return Reasons(frame, ADDS, TOPICS, MEAN, MEAN + ADDS.sum(axis=1))


def test_every_line_begins_where_the_one_above_it_ends(told: Reasons) -> None:
    figure = cj.plots.reasons(told, words={"payment": "bills"})
    ends: dict[float, float] = {}
    reach = {}
    for trace in figure.data:
        if trace.uid:
            bars = zip(trace.y, trace.x, trace.error_x.array, trace.error_x.arrayminus, strict=True)
            for y, x, more, less in bars:
                ends[y], reach[y] = x, (x - less, x + more)
    assert [ends[y] for y in range(4)] == [1.0, 0.5, 0.75, 0.75]
    assert [reach[y] for y in range(4)] == [(0.0, 1.0), (0.5, 1.0), (0.5, 0.75), (0.0, 0.75)]
    rows = figure.layout.meta["cjlab"]["table"]["rows"]
    assert [row[0] for row in rows] == ["Bills", "Service", "Price", "Together"]
    assert [row[1] for row in rows] == ["× 2.72", "× 0.61", "× 1.28", "× 2.12"]
    assert rows[-1][2] == f"{100 / (1 + np.exp(1.25)):.1f}\xa0%"
    assert figure.layout.meta["cjlab"]["finding"].startswith("22.3\xa0% where 11.9\xa0% is usual, for “Bills” most")


def test_what_is_left_stands_in_one_line_and_loses_nothing(told: Reasons) -> None:
    rows = cj.plots.reasons(told, most=1, language="fr").layout.meta["cjlab"]["table"]["rows"]
    assert [row[0] for row in rows] == ["Payment", "2 autres signes", "Ensemble"]
    assert rows[1][1] == "× 0,78"
    assert rows[1][2] == rows[2][2]


def test_first_reasons_are_counted_and_few_are_not_told() -> None:
    rows = [(place, 1, "payment" if place < 15 else "service", "x") for place in range(20)]
    frame = pd.DataFrame(rows, columns=["customer_id", "rank", "topic", "argument"])
    told = Reasons(frame, np.ones((25, 2)), TOPICS[:2], MEAN, np.zeros(25))
    shown = cj.plots.first_reasons(told, words={"payment": "bills"}).layout.meta["cjlab"]
    assert shown["finding"] == "“Bills” comes first for 60\xa0% of them."
    assert [row[:3] for row in shown["table"]["rows"]] == [["Bills", "15", "60.0\xa0%"], ["Service", "under 11", ""]]


def test_nobody_there_and_nobody_at_risk_are_named(told: Reasons) -> None:
    with pytest.raises(SpecError, match="place is 3, and reasons were told of 3 customers, the first of them 0"):
        cj.plots.reasons(told, place=3)
    none = Reasons(told.frame.iloc[:0], ADDS[2:], TOPICS, MEAN, MEAN + ADDS[2:].sum(axis=1))
    with pytest.raises(EvidenceError, match="nobody has a reason"):
        cj.plots.first_reasons(none)
    assert cj.plots.reasons(none).layout.meta["cjlab"]["table"]["rows"][-1][0] == "Together"
