"""Rows of different customers that are the same in everything, the outcome too, more often than chance has it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cjlab.models.alarm._alone import Told

_SHARE = 0.01  # of rows: fewer twins flatter nobody
_FAR = 5.0  # standard errors beyond which alike customers do not agree by chance


def twins(told: Told, whose: NDArray[np.generic]) -> Iterator[str]:
    """Yield what to say when copies of rows are in the table.

    Customers alike in every column agree in the outcome as often as two draws with their chance *p* do,
    :math:`p^2 + (1 - p)^2`; copies always agree.
    """
    import pandas as pd

    group = pd.factorize(pd.util.hash_pandas_object(pd.DataFrame(told.values), index=False))[0]
    people = pd.DataFrame({"group": group, "whose": whose}).drop_duplicates()["group"].to_numpy()
    several = np.bincount(people, minlength=group.max() + 1) > 1
    shared = several[group].mean()
    if shared < _SHARE:
        return
    chance = 0.5 * (1 + np.tanh(told.together(range(len(told.columns.names))) / 2))
    size = np.bincount(group).astype(float)
    ones, mean = np.bincount(group, told.outcome), np.bincount(group, chance) / size
    pairs = size * (size - 1) / 2
    agree = (ones * (ones - 1) + (size - ones) * (size - ones - 1)) / 2 / np.maximum(pairs, 1)
    usual = mean**2 + (1 - mean) ** 2
    kept = several & (pairs > 0)
    excess = (agree - usual)[kept]
    error = float(np.sqrt((usual * (1 - usual))[kept].sum()))
    if excess.sum() <= _FAR * max(error, 1e-12):
        return
    told_of = [_percent(one) for one in (shared, agree[kept].mean(), usual[kept].mean())]
    yield (
        "{} of rows are the same as a row of another customer in every column, and of these {} agree in the outcome "
        "where {} would by chance: rows were copied, and lie on both sides of any split; keep one of each"
    ).format(*told_of)


def _percent(share: float) -> str:
    return f"{100 * share:.1f} %"
