"""The bank's calls, with the known share of answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import cjlab as cj

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


@pytest.fixture
def clients(data: Path) -> pd.DataFrame:
    assert data.is_dir()
    return cj.datasets.bank_marketing()


def test_one_in_nine_took_the_deposit(clients: pd.DataFrame) -> None:
    assert len(clients) == 41_188
    assert round(100 * clients["y"].mean(), 2) == 11.27


def test_each_column_has_its_declared_type(clients: pd.DataFrame) -> None:
    kinds = clients.dtypes.astype(str).value_counts().to_dict()
    assert kinds == {"str": 10, "int64": 5, "float64": 5, "bool": 1}
    assert clients.index.name == "customer_id"
    assert clients.notna().all(axis=None)


def test_most_were_never_called_before(clients: pd.DataFrame) -> None:
    assert (clients["pdays"] == 999).sum() == 39_673
