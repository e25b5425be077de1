"""Shards: which customers lie together, on any machine and for ever."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from cjlab._random import uniform
from cjlab.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

HASH = "uniform-1"  # the hash below; another one needs another name, and a migration
_KEY = "shards"
_ROWS_A_SHARD = 500_000
MOST_SHARDS = 9_999  # their number has four digits


def shard(owners: Iterable[str], *, count: int) -> pl.Expr:
    """Return the shard, 0 … ``count`` − 1, of the first of the ``owners`` columns that is not null.

    It is the whole part of ``count`` times the uniform number that ``cjlab._random`` draws for the identifier under the
    key ``"shards"``: whole numbers are mixed by SplitMix64's finaliser, texts by BLAKE2b. Rows of nobody lie in
    shard 0.
    """
    drawn = [pl.col(owner).map_batches(_drawn, return_dtype=pl.Float64, is_elementwise=True) for owner in owners]
    return (pl.coalesce(drawn) * count).cast(pl.Int32).fill_null(0)


def shard_of(customers: NDArray[np.int64], *, count: int) -> NDArray[np.int32]:
    """Return the shard of each customer, where a log has so many.

    Parameters
    ----------
    customers : ndarray
        ``(n,)`` identifiers, whole numbers.
    count : int
        How many shards, 1 to 9,999.

    Returns
    -------
    ndarray
        ``(n,)``, 0 to ``count`` − 1, on any machine and for ever the same.

    Raises
    ------
    SpecError
        When ``count`` is out of range.

    Examples
    --------
    >>> import numpy as np
    >>> from cjlab.tables import shard_of
    >>> shard_of(np.arange(1, 7), count=3).tolist()
    [2, 1, 0, 1, 1, 1]
    """
    return (uniform(_KEY, customers) * counted(count)).astype(np.int32)


def enough(tables: Mapping[str, pl.LazyFrame]) -> int:
    """Return how many shards keep the largest table of customers within the rows that a shard should have."""
    sharded = [frame for frame in tables.values() if "customer_id" in frame.collect_schema()]
    counts = pl.collect_all([frame.select(pl.len()) for frame in sharded], engine="streaming")
    most = max(int(rows.item()) for rows in counts)
    return min(MOST_SHARDS, max(1, math.ceil(most / _ROWS_A_SHARD)))


def counted(shards: int) -> int:
    """Return a number of shards that there may be."""
    try:
        number = 0 if isinstance(shards, bool) else operator.index(shards)
    except TypeError:
        number = 0
    if not 1 <= number <= MOST_SHARDS:
        raise SpecError(f"shards is {shards!r}; give a whole number from 1 to {MOST_SHARDS:,}")
    return number


def _drawn(identifiers: pl.Series) -> pl.Series:
    """Draw for each identifier; a text that stands in many rows is hashed once."""
    if identifiers.dtype != pl.String:
        draws = pl.Series(uniform(_KEY, identifiers.fill_null(0).to_numpy()), dtype=pl.Float64)
        return draws.set(identifiers.is_null(), None)
    known = identifiers.unique().drop_nulls()
    return identifiers.replace_strict(known, uniform(_KEY, known.to_list()), default=None, return_dtype=pl.Float64)
