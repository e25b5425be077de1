"""Ours: both models with their intervals."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.models.value.job import answer
from cjlab.models import BetaGeometric, GammaGamma

if TYPE_CHECKING:
    import pandas as pd

    from cjlab.models.value._likeliest import Likeliest


def fitted(model: Likeliest) -> dict[str, float]:
    """Return the parameters of a fitted model."""
    return {name: float(one) for name, one in zip(model.parameters.names, model.parameters.estimates, strict=True)}


def count(table: pd.DataFrame) -> dict[str, float]:
    """Fit how often customers come."""
    model = BetaGeometric().fit(table)
    return fitted(model) | {"likelihood": model.log_likelihood}


def spend(table: pd.DataFrame) -> dict[str, float]:
    """Fit how much they spend."""
    return fitted(GammaGamma().fit(table))


if __name__ == "__main__":
    answer({"count": count, "spend": spend}, sys.argv[1])
