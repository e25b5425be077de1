"""A card says what a model is, and is stored with it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cjlab.errors import SpecError
from cjlab.models import Card, Churn, card, judge, leakage, load, save

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Base


@pytest.fixture(scope="module")
def told(customers: Base) -> Card:
    model = Churn("logistic", folds=2).fit(customers.X, customers.y)
    judged = judge(model, customers.X, customers.y, folds=2)
    heard = leakage(customers.X, customers.y)
    return card(model, judged, question="Who leaves within 60 days?", limits=("Not for prices",), leakage=heard)


def test_a_card_says_what_is_to_be_known(told: Card, customers: Base) -> None:
    frame = told.to_frame().set_index("item")["value"]
    assert frame["question"] == "Who leaves within 60 days?"
    assert frame["consent needed for"] == "marketing"
    assert frame["customers"] == "3,000"
    assert frame["share with the outcome"] == f"{customers.y.mean():.4f}"
    assert frame["features"] == "5: silence, orders, contract, noise, score"
    assert frame["leakage alarm"] == "nothing found"
    assert frame["recall at 10%"].count("to") == 1
    assert frame["1"] == "Not for prices"
    assert frame["2"].startswith("Reasons and scores are signs, not causes")


def test_a_card_is_stored(told: Card, tmp_path: Path) -> None:
    again = load(save(told, tmp_path / "card"))
    assert again.to_frame().equals(told.to_frame())
    assert isinstance(again.figures[0].estimate, float)


def test_a_purpose_that_is_none_is_named(customers: Base) -> None:
    model = Churn("logistic", folds=2).fit(customers.X, customers.y)
    judged = judge(model, customers.X, customers.y, folds=2)
    with pytest.raises(SpecError, match="purpose is 'sales'; allowed: 'marketing'"):
        card(model, judged, question="Who?", purpose="sales")
    with pytest.raises(SpecError, match="question is ' '"):
        card(model, judged, question=" ")
