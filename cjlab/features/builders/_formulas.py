"""Formulas that several families of features share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.features.builders._builder import Column
from cjlab.features.reading._cell import Cell

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from cjlab.features.builders._builder import When
    from cjlab.features.reading._where import Where

_DAY = 86_400_000_000.0


def same(when: When, number: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a cell's number as it is, or its first."""
    del when
    return number if number.ndim == 1 else number[:, 0]


def picked(when: When, numbers: NDArray[np.float64], *, place: int) -> NDArray[np.float64]:
    """Return one of the numbers of a cell."""
    del when
    return numbers if numbers.ndim == 1 else numbers[:, place]


def since(when: When, last: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the days of 24 hours since a moment."""
    return (when.as_of - last) / _DAY


def leading(when: When, latest: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how many of the latest rows, the last first, have the first of their words before any has another."""
    del when
    return np.asarray(np.cumprod(latest == 0, axis=1).sum(axis=1).astype(float))


def trend(when: When, last: NDArray[np.float64], spread: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the last number less the mean of those before it; NaN where there are none before."""
    del when
    n = spread[:, 0]
    return np.where(n > 1, last - (n * spread[:, 1] - last) / (n - 1), np.nan)


def share(when: When, whole: NDArray[np.float64], part: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what part of the whole it is, at most 1; NaN of nothing."""
    del when
    return np.where(whole > 0, np.minimum(part / whole, 1.0), np.nan)


def mean(when: When, moments: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return a mean; NaN of nothing."""
    del when
    return np.where(moments[:, 0] > 0, moments[:, 1], np.nan)


def counted(name: str, where: Where, window: str | None, what: str) -> Column:
    """Return how many rows there are."""
    return Column(name, (Cell("count", where, window=window),), same, "rows", what)


def distinct(name: str, where: Where, of: str, window: str | None, what: str) -> Column:
    """Return how many different words or ids rows have."""
    return Column(name, (Cell("distinct", where, of=of, window=window),), same, of, what)


def silence(name: str, where: Where, what: str, missing: str) -> Column:
    """Return the days since the last row."""
    return Column(name, (Cell("last_at", where),), since, "days", what, missing)
