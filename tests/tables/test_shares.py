"""A stored log parted into its shards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from cjlab.tables import Log, arranged, ordered
from cjlab.tables._coded import coded

if TYPE_CHECKING:
    from pathlib import Path

AT = pl.datetime(2025, 5, 1, time_zone="UTC") + pl.duration(hours=pl.col("hour"))


def events(n: int, *, seed: int = 0, text: bool = False) -> pl.DataFrame:
    """Draw events of some customers and visitors, many of them at the same moment."""
    draws = np.random.default_rng(seed)
    made = pl.DataFrame({"customer_id": draws.integers(1, 30, n), "hour": draws.integers(0, 40, n)})
    whose = pl.col("customer_id").cast(pl.String if text else pl.Int64)
    return made.select(
        pl.when(pl.int_range(pl.len()) % 7 > 0).then(whose).alias("customer_id"),
        pl.lit(5).cast(pl.String if text else pl.Int64).alias("visitor_id"),
        AT.alias("at"),
        pl.Series("event", draws.choice(["visit", "purchase", "opened"], n)),
        pl.Series("channel", draws.choice(["web", "app"], n)),
        pl.Series("amount", draws.random(n)),
    )


@pytest.mark.parametrize("text", [False, True])
def test_shards_hold_every_row_once_increments_among_them(tmp_path: Path, *, text: bool) -> None:
    old, new = events(400, text=text), events(90, seed=1, text=text)
    Log.of(events=old).write(tmp_path / "log", shards=4)
    log = Log.of(events=new).append(tmp_path / "log")
    shards = log.shards()
    owners = [set(one.events.collect()["customer_id"].drop_nulls()) for one in shards]
    together = pl.concat([one.events.collect() for one in shards])
    assert len(shards) == 4
    assert sum(map(len, owners)) == len(set.union(*owners))
    assert_frame_equal(together, log.events.collect(), check_row_order=False)
    assert_frame_equal(arranged(together, "events"), arranged(pl.concat([old, new]), "events"))


def test_what_is_no_longer_the_stored_log_is_one_shard(tmp_path: Path) -> None:
    log = Log.of(events=events(50)).write(tmp_path / "log", shards=2)
    fewer = replace(log, events=log.events.head(1))
    assert len(log.shards()) == 2
    assert fewer.shards() == (fewer,)
    assert all(one.shards() == (one,) for one in log.shards())
    in_memory = Log.of(events=events(50))
    assert in_memory.shards() == (in_memory,)


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize("increment", [False, True])
def test_columns_come_in_the_total_order_from_anywhere(tmp_path: Path, *, text: bool, increment: bool) -> None:
    rows = events(300, text=text)
    first = rows.head(200) if increment else rows
    log = Log.of(events=first).write(tmp_path / "log", shards=1)
    if increment:
        log = Log.of(events=rows.tail(100)).append(tmp_path / "log")
    names = ("customer_id", "at", "event", "amount")
    stored, given = ordered(log, "events", names), ordered(Log.of(events=rows.reverse()), "events", names)
    assert stored.trusted or increment
    assert_frame_equal(stored.frame, given.frame)
    for name, said in given.texts.items():
        words = [said.words[code] for code in said.codes]
        assert [stored.texts[name].words[code] for code in stored.texts[name].codes] == words


def test_visitors_of_a_log_written_by_shard_do_not_stand_in_the_way(tmp_path: Path) -> None:
    rows = events(200)
    with Log.writer(tmp_path / "log", shards=1) as writer:
        writer.add(0, Log.of(events=rows))
        writer.finish()
    found = ordered(Log.read(tmp_path / "log"), "events", ("customer_id", "amount"))
    assert found.trusted
    assert found.frame.height == rows["customer_id"].count()
    assert found.frame["customer_id"].null_count() == 0


def test_a_column_that_no_row_of_a_shard_has_is_empty(tmp_path: Path) -> None:
    old = Log.of(events=events(40).filter(pl.col("customer_id") < 3))
    old.write(tmp_path / "log", shards=8)
    newer = events(40).filter(pl.col("customer_id") == 9).with_columns(device=pl.lit("phone"))
    log = Log.of(events=newer).append(tmp_path / "log")
    devices = [ordered(one, "events", ["device"]).texts["device"] for one in log.shards()]
    said = [coded.words[code] if code >= 0 else None for coded in devices for code in coded.codes]
    assert sorted(map(str, said)) == sorted(map(str, log.events.drop_nulls("customer_id").collect()["device"]))


@pytest.mark.parametrize("kind", [pl.String, pl.Categorical])
def test_words_become_codes_in_the_order_in_which_they_come(kind: type[pl.DataType]) -> None:
    long = "a word of more than twelve letters"
    parts = [["web", None, long, "", "web"], [], [None, long, "été", long + "!"], [None]]
    words = pl.concat([pl.Series("word", part, pl.String) for part in parts]).cast(kind)
    found = coded(words)
    assert found.words == ("web", long, "", "été", long + "!")
    assert found.codes.tolist() == [0, -1, 1, 2, 0, -1, 1, 3, 4, -1]


def test_many_words_find_room() -> None:
    words = [f"word {number % 5_000:>30}" for number in range(12_000)]
    found = coded(pl.Series(words)[100:])
    assert [found.words[code] for code in found.codes] == words[100:]
    assert len(found.words) == 5_000


def test_rows_of_one_moment_in_two_files_stand_in_their_total_order(tmp_path: Path) -> None:
    rows = events(60).with_columns(customer_id=pl.lit(1), at=pl.col("at").dt.truncate("1d"))
    Log.of(events=rows[::2]).write(tmp_path / "log", shards=1)
    log = Log.of(events=rows[1::2]).append(tmp_path / "log")
    names = ("customer_id", "at", "event", "amount")
    stored, given = ordered(log, "events", names), ordered(Log.of(events=rows), "events", names)
    assert not stored.trusted
    assert_frame_equal(stored.frame, given.frame)


@pytest.mark.parametrize("increment", [False, True])
def test_only_some_customers_are_read(tmp_path: Path, *, increment: bool) -> None:
    rows = events(300)
    log = Log.of(events=rows.head(200) if increment else rows).write(tmp_path / "log", shards=1)
    if increment:
        log = Log.of(events=rows.tail(100)).append(tmp_path / "log")
    some = log.events.collect()["customer_id"].drop_nulls().unique().sort()[::3]
    names = ("customer_id", "at", "event", "amount")
    every, found = ordered(log, "events", names), ordered(log, "events", names, only=some)
    assert_frame_equal(found.frame, every.frame.filter(pl.col("customer_id").is_in(some.implode())))
    assert len(found.texts["event"].codes) == found.frame.height > 0


def test_increments_without_ties_are_put_among_the_base_unread(tmp_path: Path) -> None:
    rows = events(300).with_columns(at=pl.col("at") + pl.duration(microseconds=pl.int_range(pl.len())))
    Log.of(events=rows[::2]).write(tmp_path / "log", shards=1)
    log = Log.of(events=rows[1::2]).append(tmp_path / "log")
    names = ("customer_id", "at", "event", "amount")
    stored, given = ordered(log, "events", names), ordered(Log.of(events=rows), "events", names)
    assert stored.trusted
    assert_frame_equal(stored.frame, given.frame)
    assert [stored.texts["event"].words[code] for code in stored.texts["event"].codes] == [
        given.texts["event"].words[code] for code in given.texts["event"].codes
    ]
