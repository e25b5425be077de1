"""The alarm hears what a model should not know, and is quiet where there is nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from cjlab.errors import EvidenceError, TableError
from cjlab.models import leakage

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Base


def test_quiet_where_there_is_nothing(customers: Base) -> None:
    found = leakage(customers.X, customers.y)
    assert found.ok
    assert found.require() is found
    assert found.areas["column"][0] == "silence"


def test_a_copy_of_the_outcome_is_heard(customers: Base) -> None:
    noisy = np.where(np.random.default_rng(0).random(3000) < 0.02, 1 - customers.y, customers.y)
    found = leakage(customers.X.assign(final_bill=noisy), customers.y)
    assert [(one.rule, one.column) for one in found.findings] == [("too good alone", "final_bill")]
    with pytest.raises(EvidenceError, match=r"column 'final_bill' alone puts 9.* % of pairs in order"):
        found.require()


def test_what_is_filled_in_afterwards_is_heard_though_it_is_rare(customers: Base) -> None:
    left = customers.y.to_numpy() == 1
    reason = np.where(left & (np.random.default_rng(1).random(3000) < 0.1), "moved away", None)
    found = leakage(customers.X.assign(reason=reason), customers.y)
    assert [(one.rule, one.column) for one in found.findings] == [("one label only", "reason")]


def test_what_tells_more_than_all_else_is_heard(customers: Base) -> None:
    rng = np.random.default_rng(2)
    X = customers.X.assign(later=customers.y + rng.normal(size=3000) * 0.6, more=rng.normal(size=3000))
    (found,) = leakage(X, customers.y).findings
    assert (found.rule, found.column) == ("tells too much", "later")
    assert "more than half of what was left" in found.message


def test_two_that_leak_the_same_do_not_hide_each_other(customers: Base) -> None:
    rng = np.random.default_rng(2)
    later = customers.y + rng.normal(size=3000) * 0.6
    X = customers.X.assign(later=later, again=later * 3 + 1, more=rng.normal(size=3000))
    assert {one.column for one in leakage(X, customers.y).findings} == {"later", "again"}


def test_copies_of_customers_are_heard(customers: Base) -> None:
    copied = np.r_[0:3000, 0:300]
    X = customers.X.iloc[copied].set_axis(pd.RangeIndex(3300, name="customer_id"))
    (found,) = leakage(X, customers.y.to_numpy()[copied]).findings
    assert (found.rule, found.column) == ("twins", "")
    assert "18.2 % of rows are the same as a row of another customer" in found.message
    assert leakage(customers.X.iloc[copied], customers.y.to_numpy()[copied]).ok  # rows of one customer are no twins


def test_what_was_known_after_the_date_of_its_row_is_heard(customers: Base) -> None:
    X = customers.X.assign(as_of="2025-03-01").set_index("as_of", append=True)
    known = np.full(3000, "2025-02-01", object)
    assert leakage(X, customers.y.to_numpy(), known_at={"orders": known}).ok
    known[7:9] = "2025-03-01"
    (found,) = leakage(X, customers.y.to_numpy(), known_at={"orders": known}).findings
    assert (
        "column 'orders' was known only at the date of its row or after it in 2 rows, first 2025-03-01" in found.message
    )
    with pytest.raises(TableError, match="known_at needs dates to compare with"):
        leakage(customers.X, customers.y, known_at={"orders": known})
    with pytest.raises(TableError, match="no column 'order'"):
        leakage(X, customers.y.to_numpy(), known_at={"order": known})


def test_the_frame_says_what_was_found_of_each_column_and_of_rows(customers: Base) -> None:
    copied = np.r_[0:3000, 0:300]
    X = customers.X.iloc[copied].reset_index(drop=True)
    told = leakage(X, customers.y.to_numpy()[copied]).to_frame()
    assert told["column"].tolist()[:2] == ["", "silence"]
    assert (told["alarm"] != "").tolist() == [True, False, False, False, False, False]


def test_the_call_that_was_made_is_heard_and_nothing_else_of_the_bank(data: Path) -> None:
    calls = pd.read_csv(data / "bank_marketing" / "bank-additional-full.csv", sep=";")
    y = calls["y"] == "yes"
    assert [one.column for one in leakage(calls.drop(columns="y"), y).findings] == ["duration"]
    assert leakage(calls.drop(columns=["y", "duration"]), y).ok


def test_quiet_on_telco(data: Path) -> None:
    people = pd.read_csv(data / "telco" / "telco.csv").drop(columns="customerID")
    people["TotalCharges"] = pd.to_numeric(people["TotalCharges"], errors="coerce")
    assert leakage(people.drop(columns="Churn"), people["Churn"]).ok
