"""Shards: which customers lie together, on any machine and for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab._random import uniform

if TYPE_CHECKING:
    from collections.abc import Iterable

HASH = "uniform-1"  # the hash below; another one needs another name, and a migration
_KEY = "shards"


def shard(owners: Iterable[str], *, count: int) -> pl.Expr:
    """Return the shard, 0 … ``count`` − 1, of the first of the ``owners`` columns that is not null.

    It is the whole part of ``count`` times the uniform number that ``cjlab._random`` draws for the identifier under the
    key ``"shards"``: whole numbers are mixed by SplitMix64's finaliser, texts by BLAKE2b. Rows of nobody lie in
    shard 0.
    """
    drawn = [pl.col(owner).map_batches(_drawn, return_dtype=pl.Float64, is_elementwise=True) for owner in owners]
    return (pl.coalesce(drawn) * count).cast(pl.Int32).fill_null(0)


def _drawn(identifiers: pl.Series) -> pl.Series:
    """Draw for each identifier; a text that stands in many rows is hashed once."""
    if identifiers.dtype != pl.String:
        draws = pl.Series(uniform(_KEY, identifiers.fill_null(0).to_numpy()), dtype=pl.Float64)
        return draws.set(identifiers.is_null(), None)
    known = identifiers.unique().drop_nulls()
    return identifiers.replace_strict(known, uniform(_KEY, known.to_list()), default=None, return_dtype=pl.Float64)
