"""PyMC-marketing: both models at the mode of the posterior (``method="map"``), under its own priors."""

from __future__ import annotations

import logging
import sys
import warnings
from typing import TYPE_CHECKING

from benchmarks.models.value.job import answer

if TYPE_CHECKING:
    import pandas as pd


def count(table: pd.DataFrame) -> dict[str, float]:
    """Fit how often customers come."""
    from pymc_marketing.clv import BetaGeoModel

    columns = {"x": "frequency", "t_x": "recency"}
    data = table.rename(columns=columns).assign(customer_id=range(len(table)))
    return _mode(BetaGeoModel(data[["customer_id", "frequency", "recency", "T"]]), ("r", "alpha", "a", "b"))


def spend(table: pd.DataFrame) -> dict[str, float]:
    """Fit how much those spend who came back."""
    from pymc_marketing.clv import GammaGammaModel

    own = table[(table["x"] > 0) & (table["zbar"] > 0)].rename(columns={"x": "frequency", "zbar": "monetary_value"})
    data = own.assign(customer_id=range(len(own)))
    return _mode(GammaGammaModel(data[["customer_id", "frequency", "monetary_value"]]), ("p", "q", "v"))


def _mode(model: object, names: tuple[str, ...]) -> dict[str, float]:
    model.fit(method="map", progressbar=False)
    return {name: float(model.fit_result[name].to_numpy().squeeze()) for name in names}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    answer({"count": count, "spend": spend}, sys.argv[1])
