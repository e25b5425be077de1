"""The features as a recipe."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from benchmarks.features.job import AS_OF, CHANNELS, COUNTED, MONTHS, RECENT, WINDOWS, answer
from cjlab.features import Frequency, Monetary, Recency, Recipe, Tenure, Where
from cjlab.tables import Log

if TYPE_CHECKING:
    import pandas as pd


def recipe() -> Recipe:
    """Return the recipe: counts, sums, means, recencies, days and channels."""
    counts = [Frequency(event, window=window) for event in COUNTED for window in WINDOWS]
    ever = [Frequency(event) for event in ("purchase", "visit", "view", "opened")]
    money = [Monetary(window=window) for window in (*WINDOWS, None)]
    days = [Frequency("visit", window=window, count="days") for window in WINDOWS]
    channels = [Frequency(Where(channel=channel), window="365D", name=f"{channel}_365D") for channel in CHANNELS]
    orders = [Frequency(Where("purchase", channel=channel), name=f"bought_{channel}") for channel in CHANNELS[:3]]
    recent = [Recency(event) for event in RECENT[:5]]
    return Recipe(*counts, *ever, *money, *days, *channels, *orders, *recent, Tenure())


def one(folder: str) -> pd.DataFrame:
    """Build them as of one date."""
    return recipe().build(Log.read(folder), AS_OF)


def twelve(folder: str) -> pd.DataFrame:
    """Build them as of twelve dates."""
    return recipe().build(Log.read(folder), list(MONTHS))


if __name__ == "__main__":
    answer({"one": one, "twelve": twelve}[sys.argv[1]], *sys.argv[2:])
