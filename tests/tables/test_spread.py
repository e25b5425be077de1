"""However many shards there are, every row comes to its own."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest

from cjlab.errors import TableError
from cjlab.tables import Log
from cjlab.tables.making._spread import gathered, spread

if TYPE_CHECKING:
    from pathlib import Path

MAY = dt.datetime(2025, 5, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(("most", "at_once"), [(1, 8), (8, 8), (9, 8), (64, 8), (200, 8), (129, 128)])
def test_every_row_comes_to_the_files_of_its_number(tmp_path: Path, most: int, at_once: int) -> None:
    numbers = np.random.default_rng(1).integers(0, most, 100_000)
    numbers[numbers == most // 3] = most - 1  # one that nobody has
    spread(pl.LazyFrame({"n": numbers}), tmp_path / "loose", pl.col("n"), numbers=most, at_once=at_once)
    found = [rows.collect()["n"].to_numpy() for _, rows in gathered(tmp_path / "loose")]
    assert all((rows == number).all() for (number, _), rows in zip(gathered(tmp_path / "loose"), found, strict=True))
    assert np.array_equal(np.concatenate(found), np.sort(numbers))
    assert all(one.is_file() for one in (tmp_path / "loose").iterdir())


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
