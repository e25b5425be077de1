"""The cells in which a feature is compared: quantiles of the reference, categories, and what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import shown
from cjlab.errors import TableError

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    Codes = NDArray[np.int64]

NUMBER, CATEGORY = "number", "category"
_EACH = 20  # rows in a cell of the smaller table, or fewer cells are made


def kind(reference: pd.Series[Any], now: pd.Series[Any]) -> str:
    """Return whether a feature is a number or a category; one that is neither, or not the same twice, is refused."""
    kinds = [_kind(one) for one in (reference, now)]
    empty = [bool(one.isna().all()) for one in (reference, now)]
    if kinds[0] != kinds[1] and not any(empty):
        raise TableError(f"feature {shown(reference.name)} is a {kinds[0]} in the reference and a {kinds[1]} now")
    return kinds[1] if empty[0] else kinds[0]


def cells(reference: pd.Series[Any], now: pd.Series[Any], *, bins: int) -> tuple[Codes, Codes]:
    """Return the cell of every row, before and now; -1 is missing.

    Numbers lie between quantiles of the reference, fewer than ``bins`` where cells would be small; a value that holds
    as much of it as a whole step is a cell of its own.
    """
    return _numbers(reference, now, bins) if kind(reference, now) == NUMBER else _words(reference, now)


def _kind(values: pd.Series[Any]) -> str:
    from pandas.api import types

    if types.is_bool_dtype(values) or types.is_numeric_dtype(values):
        return NUMBER
    if isinstance(values.dtype.kind, str) and values.dtype.kind in "mM":
        raise TableError(f"feature {shown(values.name)} is {values.dtype}; give how long ago it is, as a number")
    return CATEGORY


def _numbers(reference: pd.Series[Any], now: pd.Series[Any], bins: int) -> tuple[Codes, Codes]:
    before, after = (np.asarray(one.to_numpy(np.float64, na_value=np.nan), np.float64) for one in (reference, now))
    known = before[~np.isnan(before)]
    smaller = len(known) * min(1.0, len(after) / len(before))
    edges = _edges(known, int(np.clip(smaller / _EACH, 1, bins)))
    first, second = (
        np.where(np.isnan(one), -1, np.searchsorted(edges, one, side="right")).astype(np.int64)
        for one in (before, after)
    )
    return first, second


def _edges(known: NDArray[np.float64], bins: int) -> NDArray[np.float64]:
    """Return where cells begin."""
    if not len(known):
        return known
    steps = np.quantile(known, np.arange(bins + 1) / bins, method="inverted_cdf")
    values, times = np.unique(steps, return_counts=True)
    common = values[times > 1]
    return np.unique([*steps[1:-1], *common, *np.nextafter(common, np.inf)])


def _words(reference: pd.Series[Any], now: pd.Series[Any]) -> tuple[Codes, Codes]:
    import pandas as pd

    both = pd.concat([one.astype(object).where(one.notna(), None) for one in (reference, now)])
    texts = both.map(str, na_action="ignore")
    codes = pd.factorize(texts, use_na_sentinel=True)[0].astype(np.int64)
    return codes[: len(reference)], codes[len(reference) :]
