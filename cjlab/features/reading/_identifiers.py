"""Identifiers that rise, whole numbers or text: who stands where among them."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

if TYPE_CHECKING:
    from numpy.typing import NDArray


def rise(ids: pl.Series) -> bool:
    """Tell whether identifiers rise, each once."""
    if ids.dtype.is_integer():
        numbers = ids.to_numpy()
        return bool((numbers[1:] > numbers[:-1]).all())
    return all(one < other for one, other in pairwise(ids.to_list()))


def places(ids: pl.Series, some: pl.Series) -> NDArray[np.int64]:
    """Return where some identifiers stand among those that rise, or would."""
    if ids.dtype.is_integer() and some.dtype.is_integer():
        return np.searchsorted(ids.to_numpy(), some.to_numpy())
    return ids.search_sorted(some).to_numpy().astype(np.int64)


def chosen(ids: pl.Series, at: NDArray[np.int64]) -> pl.Series:
    """Return the identifiers that stand at some places."""
    if ids.dtype.is_integer() and not ids.null_count():
        return pl.Series(ids.name, ids.to_numpy()[at])
    return ids.gather(at)


def within(ids: pl.Series, some: pl.Series) -> bool:
    """Tell whether all of some identifiers are among those that rise."""
    if len(some) == 0:
        return True
    if len(some) > len(ids) or ids.dtype != some.dtype:
        return False
    at = places(ids, some)
    if at[-1] >= len(ids):
        return False
    if ids.dtype.is_integer():
        return bool((ids.to_numpy()[at] == some.to_numpy()).all())
    return ids.gather(at).equals(some)
