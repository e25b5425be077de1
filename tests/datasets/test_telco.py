"""The telephone company's customers, with the known counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import cjlab as cj

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


@pytest.fixture
def customers(data: Path) -> pd.DataFrame:
    assert data.is_dir()
    return cj.datasets.telco()


def test_a_quarter_left(customers: pd.DataFrame) -> None:
    assert len(customers) == 7_043
    assert round(100 * customers["Churn"].mean(), 2) == 26.54


def test_charges_are_blank_only_for_those_who_just_came(customers: pd.DataFrame) -> None:
    blank = customers[customers["TotalCharges"].isna()]
    assert len(blank) == 11
    assert (blank["tenure"] == 0).all()
    assert customers.drop(columns="TotalCharges").notna().all(axis=None)


def test_each_column_has_its_declared_type(customers: pd.DataFrame) -> None:
    kinds = customers.dtypes.astype(str).value_counts().to_dict()
    assert kinds == {"str": 11, "bool": 6, "float64": 2, "int64": 1}
    assert customers.index.name == "customer_id"
    assert customers.index.is_unique


def test_the_first_customer_is_the_file_s(customers: pd.DataFrame) -> None:
    first = customers.loc["7590-VHVEG"]
    assert first[["gender", "SeniorCitizen", "Partner", "tenure", "Contract", "MonthlyCharges", "Churn"]].tolist() == [
        "Female", False, True, 1, "Month-to-month", 29.85, False
    ]  # fmt: skip
