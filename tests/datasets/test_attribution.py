"""The marketing paths, with the known totals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

import cjlab as cj

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd


@pytest.fixture
def paths(data: Path) -> pd.DataFrame:
    assert data.is_dir()
    return cj.datasets.attribution_paths()


def test_the_totals_are_the_published_ones(paths: pd.DataFrame) -> None:
    assert len(paths) == 10_000
    assert paths["total_conversions"].sum() == 19_785
    assert paths["total_null"].sum() == 68_602
    assert paths["total_conversion_value"].sum() == pytest.approx(74_802.97, abs=0.005)


def test_twelve_channels_occur(paths: pd.DataFrame) -> None:
    assert paths["path"].str.split(" > ").explode().nunique() == 12


def test_each_column_has_its_declared_type(paths: pd.DataFrame) -> None:
    assert paths.dtypes.astype(str).tolist() == ["str", "int64", "float64", "int64"]
    assert paths.loc[0].tolist() == ["eta > iota > alpha > eta", 1, 0.244, 3]
