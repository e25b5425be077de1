"""The features as a recipe."""

from __future__ import annotations

import sys
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.features.job import AFTER, AS_OF, CHANNELS, COUNTED, MONTHS, RECENT, WINDOWS, answer
from cjlab.features import Frequency, Monetary, Recency, Recipe, State, Tenure, Where
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Callable

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


def state(folder: str) -> pd.DataFrame:
    """Make a state of the day after, and its table."""
    with TemporaryDirectory() as home:
        return State.of(recipe(), Log.read(folder), AFTER, folder=f"{home}/after").build()


def advance(folder: str) -> Callable[[], pd.DataFrame]:
    """Make a state, which is not measured; then that of the day after of it, and its table."""
    home = TemporaryDirectory()
    before = State.of(recipe(), Log.read(folder), AS_OF, folder=f"{home.name}/before")

    def measured() -> pd.DataFrame:
        with home:
            return before.advance(Log.read(folder), AFTER, folder=f"{home.name}/after").build()

    return measured


if __name__ == "__main__":
    answer({"one": one, "twelve": twelve, "state": state, "advance": advance}[sys.argv[1]], *sys.argv[2:])
