"""The training programme, with the known difference that is not its effect."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import cjlab as cj

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


@pytest.fixture
def people(data: Path) -> pd.DataFrame:
    assert data.is_dir()
    return cj.datasets.lalonde()


def test_those_who_took_part_earned_less_afterwards(people: pd.DataFrame) -> None:
    assert people["treat"].value_counts().to_dict() == {False: 429, True: 185}
    earned = people.groupby("treat")["re78"].mean()
    assert round(earned[True] - earned[False]) == -635


def test_each_column_has_its_declared_type(people: pd.DataFrame) -> None:
    assert people.dtypes.astype(str).to_dict() == {
        "treat": "bool",
        "age": "int64",
        "educ": "int64",
        "race": "str",
        "married": "bool",
        "nodegree": "bool",
        "re74": "float64",
        "re75": "float64",
        "re78": "float64",
    }
    assert people.loc["NSW1"].tolist() == [True, 37, 11, "black", True, True, 0.0, 0.0, 9930.046]
