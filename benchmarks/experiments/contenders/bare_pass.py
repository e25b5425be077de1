"""The floor: Polars reads the ten columns once and takes their means by arm; nothing is compared."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from benchmarks.experiments.job import Effect, answer

if TYPE_CHECKING:
    from collections.abc import Iterable


def effects(path: str) -> Iterable[Effect]:
    """Read, average, and find nothing."""
    pl.scan_parquet(path).group_by("arm").agg(pl.all().mean()).collect(engine="streaming")
    return ()


if __name__ == "__main__":
    answer(effects)
