"""Reasons add up to the score, are put into words, and carry an argument."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from cjlab.errors import SpecError, TableError
from cjlab.models import Churn, Uplift, meanings, reasons
from cjlab.models._arguments import KINDS, kind_of

if TYPE_CHECKING:
    from .conftest import Base


@pytest.fixture(scope="module")
def model(customers: Base) -> Churn:
    return Churn(depths=(3,), rounds=80, folds=3).fit(customers.X, customers.y)


def test_topics_add_up_to_the_score(model: Churn, customers: Base) -> None:
    topics = {"habits": ["silence", "orders"]}
    told = reasons(model, customers.X, topics=topics)
    assert told.topics == ("habits", "contract", "noise", "score")
    np.testing.assert_allclose(told.adds.sum(axis=1) + told.mean, model.decision_function(customers.X), atol=2e-5)
    np.testing.assert_allclose(told.adds.sum(axis=1) + told.mean, told.score, rtol=1e-12, atol=1e-12)
    alone = reasons(model, customers.X)
    np.testing.assert_allclose(told.adds[:, 0], alone.adds[:, :2].sum(axis=1), atol=1e-12)


def test_reasons_raise_the_score_and_the_first_raises_it_most(model: Churn, customers: Base) -> None:
    told = reasons(model, customers.X, top=2)
    frame = told.to_frame()
    assert (frame["adds"] > 0).all()
    assert frame["rank"].isin([1, 2]).all()
    first = frame[frame["rank"] == 1].set_index("customer_id")["adds"]
    np.testing.assert_allclose(first, told.adds[first.index].max(axis=1))
    np.testing.assert_allclose(frame["odds"], np.exp(frame["adds"]))
    assert told.first()["customers"].sum() == len(first)


def test_what_is_true_of_a_customer_is_among_his_first_reasons(model: Churn, customers: Base) -> None:
    silent = customers.X.assign(silence=90.0, orders=6.0, contract="two years", score=5.0, noise=0.0).iloc[:50]
    assert set(reasons(model, silent).first()["topic"]) == {"silence"}


def test_words_in_two_languages(model: Churn, customers: Base) -> None:
    one = customers.X.iloc[[0]].assign(silence=70.5, contract="month", orders=0.0, score=None)
    named = {"silence": "days of silence", "contract": "the contract"}
    told = reasons(model, one, top=9, words=named, arguments={"silence": "Call him"}).to_frame().set_index("column")
    middle = f"{customers.X['silence'].median():.2f}"
    assert told["reason"]["silence"] == f"days of silence is 70.5, where {middle} is usual"
    assert told["reason"]["contract"] == "the contract is “month”"
    assert told["argument"]["silence"] == "Call him"
    assert told["argument"]["contract"].startswith("Offer something that he keeps for staying")
    french = reasons(model, one, top=9, language="fr").to_frame().set_index("column")
    assert french["reason"]["silence"] == f"silence\u202f: 70,5, contre {middle.replace('.', ',')} d’habitude"
    assert french["reason"]["contract"] == "contract\u202f: «\u202fmonth\u202f»"


@pytest.mark.parametrize(
    ("column", "kind"),
    [
        ("missed_payments_90D", "payment"),
        ("complaints", "service"),
        ("MonthlyCharges", "price"),
        ("Contract", "commitment"),
        ("recency_visit", "silence"),
        ("unsubscribed", "pressure"),
        ("OnlineSecurity", "product"),
        ("shoe size", "ask"),
        ("days_since_life_move_365D", "life"),
        ("notice_left", "notice"),
        ("commitment_left", "commitment"),
        ("value_purchase_age", "commitment"),
        ("place_age", "ask"),
        ("arrears", "payment"),
        ("days_since_missed", "payment"),
        ("bill_rise", "price"),
        ("days_since_sent", "pressure"),
        ("affinity_phone", "pressure"),
        ("device_affinity_best", "product"),
    ],
)
def test_every_column_has_an_argument(column: str, kind: str) -> None:
    assert kind_of(column) == kind
    assert kind in KINDS


def test_columns_are_parted_by_what_they_tell_of_and_none_is_lost() -> None:
    names = ("tenure", "complaints", "commitment_left", "shoe size")
    told = meanings(names)
    assert told == {"commitment": ("tenure", "commitment_left"), "service": ("complaints",), "ask": ("shoe size",)}
    assert meanings([]) == {}


def test_a_topic_that_cannot_be_is_named(model: Churn, customers: Base) -> None:
    with pytest.raises(TableError, match="column 'orders' stands in the topics 'a' and 'b'; keep one"):
        reasons(model, customers.X, topics={"a": ["orders"], "b": ["orders"]})
    with pytest.raises(TableError, match="no column 'order'"):
        reasons(model, customers.X, topics={"a": ["order"]})
    with pytest.raises(SpecError, match="language is 'de'"):
        reasons(model, customers.X, language="de")


def test_nobody_is_left_out_of_a_dated_table(model: Churn, customers: Base) -> None:
    dated = customers.X.iloc[:3].assign(as_of="2025-01-01").set_index("as_of", append=True)
    told = reasons(model, dated).to_frame()
    assert told.columns[:2].tolist() == ["customer_id", "as_of"]
    assert set(told["customer_id"]) <= {0, 1, 2}
    assert isinstance(told, pd.DataFrame)


def test_what_foretells_no_chance_has_no_reasons() -> None:
    X, arm = np.arange(40.0)[:, None] % 7, np.arange(40) % 2
    model = Uplift().fit(X, np.arange(40) % 3, arm=arm, control=0)
    with pytest.raises(
        SpecError, match=r"model is Uplift\(\), and reasons are what a chance is made of; give a Propensi"
    ):
        reasons(model, X)  # type: ignore[arg-type]
