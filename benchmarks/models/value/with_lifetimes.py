"""lifetimes: both models without a penalty, as its examples fit them."""

from __future__ import annotations

import sys
import warnings
from typing import TYPE_CHECKING

from lifetimes import BetaGeoFitter, GammaGammaFitter

from benchmarks.models.value.job import answer

if TYPE_CHECKING:
    import pandas as pd


def count(table: pd.DataFrame) -> dict[str, float]:
    """Fit how often customers come."""
    model = BetaGeoFitter().fit(table["x"], table["t_x"], table["T"])
    return dict(model.params_)


def spend(table: pd.DataFrame) -> dict[str, float]:
    """Fit how much those spend who came back."""
    own = table[(table["x"] > 0) & (table["zbar"] > 0)]
    return dict(GammaGammaFitter().fit(own["x"], own["zbar"]).params_)


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    answer({"count": count, "spend": spend}, sys.argv[1])
