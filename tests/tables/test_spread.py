"""However many shards there are, every row comes to its own."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from cjlab.errors import TableError
from cjlab.tables import Log
from cjlab.tables._spread import gathered, spread

if TYPE_CHECKING:
    from pathlib import Path

MAY = dt.datetime(2025, 5, 1, tzinfo=dt.UTC)


def test_numbers_whose_files_were_closed_meanwhile_keep_all_rows(tmp_path: Path) -> None:
    numbers = np.random.default_rng(1).integers(0, 200, 2_000_000)  # more than files are kept open, and long
    spread(pl.LazyFrame({"n": numbers}), tmp_path / "loose", pl.col("n"), numbers=200)
    assert len(list((tmp_path / "loose").iterdir())) > 200
    counts = {
        number: rows.select(pl.col("n").min(), most=pl.col("n").max(), len=pl.len()).collect().row(0)
        for number, rows in gathered(tmp_path / "loose")
    }
    expected = np.bincount(numbers)
    assert list(counts) == list(range(200))
    assert all(found == (number, number, expected[number]) for number, found in counts.items())


def test_a_log_of_many_shards_has_all_its_rows(tmp_path: Path) -> None:
    people = pl.select(customer_id=pl.int_range(1_500_000), joined=pl.lit(MAY))
    log = Log.of(customers=people)
    assert log.write(tmp_path / "log", shards=200).fingerprint() == log.fingerprint()


def test_rows_kept_aside_that_do_not_come_to_their_places_are_told(tmp_path: Path) -> None:
    visits = pl.DataFrame({"visitor_id": ["v", "w", "x"]})
    visits = visits.with_columns(customer_id=pl.lit(None, pl.Int64), at=pl.lit(MAY), event=pl.lit("visit"))
    with Log.writer(tmp_path / "log", shards=2) as writer:
        for shard in range(2):
            writer.add(shard, Log.of(events=visits.with_columns(channel=pl.lit("web"))))
        aside = next(tmp_path.rglob("aside/events.parquet"))
        pl.read_parquet(aside)[1:].write_parquet(aside)
        with pytest.raises(TableError, match="events has 6 rows kept aside, of which 5 came to their places"):
            writer.finish()
    assert not (tmp_path / "log").exists()
