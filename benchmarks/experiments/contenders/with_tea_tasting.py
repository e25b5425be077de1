"""The job by tea-tasting, in an environment of its own, on one of the backends that it reads Parquet with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import tea_tasting as tt

from benchmarks.experiments.job import CONTROL, PAIRS, Effect, answer

if TYPE_CHECKING:
    from collections.abc import Iterator


def effects(path: str, backend: str) -> Iterator[Effect]:
    """Declare an experiment of five means with their covariates, and analyse all arms against the control."""
    test = tt.Experiment({metric: tt.Mean(metric, past) for metric, past in PAIRS.items()}, variant="arm")
    found = test.analyze(_BACKENDS[backend](path), control=CONTROL, all_variants=True)
    for (_, arm), result in found.items():
        for metric, mean in result.items():
            yield Effect(str(arm), metric, mean.effect_size, mean.effect_size_ci_lower, mean.effect_size_ci_upper)


def _ibis(path: str) -> Any:  # noqa: ANN401 - a table of Ibis, which lives in the other environment
    import ibis

    return ibis.duckdb.connect().read_parquet(path)


def _duckdb(path: str) -> Any:  # noqa: ANN401 - a relation of DuckDB, which is read through Narwhals
    import duckdb

    return duckdb.read_parquet(path)


def _polars(path: str) -> Any:  # noqa: ANN401 - a frame of Polars, which is read through Narwhals
    import polars as pl

    return pl.scan_parquet(path)


_BACKENDS = {"ibis": _ibis, "duckdb": _duckdb, "polars": _polars}

if __name__ == "__main__":
    answer(effects)
