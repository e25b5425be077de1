"""Rare types, times beyond the calendar, frames that fail and odd names: kept as they are, or refused by name."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

from cjlab.errors import TableError
from cjlab.tables import Key, Log

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

MAY = dt.datetime(2025, 5, 1, tzinfo=dt.UTC)


def visits(rows: int = 1, **columns: Any) -> pl.DataFrame:
    """Make some visits with further columns."""
    kept = {"customer_id": list(range(rows)), "at": [MAY] * rows, "event": ["visit"] * rows, "channel": ["web"] * rows}
    return pl.DataFrame(kept | columns)


EXTRAS: dict[str, Any] = {
    "float16": pl.Series([1.5], dtype=pl.Float16),
    "float32": pl.Series([1.5], dtype=pl.Float32),
    "int128": pl.Series([-(2**100)], dtype=pl.Int128),
    "uint128": pl.Series([2**100], dtype=pl.UInt128),
    "uint64": pl.Series([2**63 + 5], dtype=pl.UInt64),
    "int8": pl.Series([-1], dtype=pl.Int8),
    "decimal": pl.Series([Decimal("12345678901234567890.12")], dtype=pl.Decimal(38, 2)),
    "date": [dt.date(2025, 1, 1)],
    "time": [dt.time(1, 2, 3, 4)],
    "duration": pl.Series([5], dtype=pl.Duration("ns")),
    "naive ns": pl.Series([5], dtype=pl.Datetime("ns")),
    "binary": [b"\0"],
    "enum": pl.Series(["a"], dtype=pl.Enum(["a", "b"])),
    "categories": pl.Series([["a"]], dtype=pl.List(pl.Categorical)),
    "list of nulls": [[None]],
    "empty list": pl.Series([[]], dtype=pl.List(pl.Null)),
    "array": pl.Series([[1, 2]], dtype=pl.Array(pl.Int64, 2)),
    "struct of null": [{"a": None}],
    "nested": [[{"a": [{"b": [1, None]}]}]],
    "null": [None],
}


@pytest.mark.parametrize("kind", EXTRAS)
def test_columns_beyond_the_declared_are_kept_whatever_their_type(kind: str, tmp_path: Path) -> None:
    log = Log.of(events=visits(z=EXTRAS[kind]))
    folder = tmp_path / "log"
    assert log.write(folder, shards=2).fingerprint() == log.fingerprint()
    later = visits(z=EXTRAS[kind]).with_columns(pl.col("at").dt.offset_by("1d"))
    Log.of(events=later).append(folder)
    Log.compact(folder)
    both = Log.of(events=pl.concat([visits(z=EXTRAS[kind]), later]))
    assert Log.verify(folder).fingerprint() == both.fingerprint()
    if kind != "null":
        back = Log.read(folder).events.collect()["z"]
        assert back.to_list() == both.events.collect()["z"].to_list()


@pytest.mark.parametrize("values", [[{}], [[{}]], [{"a": {}}], pl.Series([object()], dtype=pl.Object)])
def test_what_no_file_can_hold_is_found_before_it_is_stored(values: Any, tmp_path: Path) -> None:
    log = Log.of(events=visits(z=values))
    (found,) = [one for one in log.check() if one.rule == "type"]
    assert (found.table, found.column, found.count) == ("events", "z", 1)
    with pytest.raises(TableError, match=r"events.z is .*, which no file can hold \(1 row\); cast it, or leave it out"):
        log.write(tmp_path / "log")
    assert list(tmp_path.iterdir()) == []


def test_extension_types_are_kept(tmp_path: Path) -> None:
    periods = visits(2).to_pandas().assign(week=pd.period_range("2025", periods=2, freq="W"))
    other = periods.assign(week=pd.period_range("2026", periods=2, freq="W"))
    log = Log.of(events=periods)
    assert log.fingerprint() != Log.of(events=other).fingerprint()
    assert log.write(tmp_path / "log", shards=2).fingerprint() == log.fingerprint()


BEYOND = {
    "us": [2**63 - 1, -(2**63) + 1, 300_000_000_000_000_000],
    "ms": [2**62, -(2**62), 300_000_000_000_000],
}


@pytest.mark.parametrize(("unit", "number"), [(unit, number) for unit, numbers in BEYOND.items() for number in numbers])
def test_a_time_beyond_the_calendar_is_found(unit: Any, number: int, tmp_path: Path) -> None:
    at = pl.Series([number, 0]).cast(pl.Datetime(unit, "UTC"))
    log = Log.of(events=visits(2, at=at, amount=[float("inf"), None]))
    found = {one.rule: one for one in log.check(now="2025-06-01")}
    assert found["range"].message == "events.at lies outside the years 1 to 9999 (1 row); correct it, or leave it null"
    assert abs(found["range"].first[0]["at"]) > 2e17
    assert found["finite"].first[0]["at"] == found["range"].first[0]["at"]
    folder = tmp_path / "log"
    Log.of(events=visits()).write(folder)
    assert log.append(folder).check().to_frame()["rule"].tolist().count("range") == 1
    assert (folder / "events/shard=0000/1970-01-01.parquet").exists()


def test_a_day_beyond_the_calendar_is_found() -> None:
    days = pl.Series([10**7, -(10**6), 0, None]).cast(pl.Date)
    people = pl.DataFrame({"customer_id": [1, 2, 3, 4], "joined": [MAY] * 4, "birth_date": days})
    (found,) = Log.of(customers=people).check()
    assert (found.rule, found.column, found.count) == ("range", "birth_date", 2)
    assert found.first[0] == {"customer_id": 1, "birth_date": 10**7}


def test_durations_beyond_the_calendar_are_shown_as_numbers() -> None:
    (found,) = [
        one
        for one in Log.of(events=visits(at=pl.Series([2**62]).cast(pl.Duration("ms")))).check()
        if one.column == "at"
    ]
    assert found.first[0]["at"] == 2**62


@pytest.mark.parametrize(("values", "taken"), [(pl.Series([1.5], dtype=pl.Float16), 1.5), ([2**53], 2.0**53)])
def test_numbers_that_fit_a_float_become_one(values: Any, taken: float) -> None:
    assert Log.of(events=visits(amount=values)).events.collect()["amount"].to_list() == [taken]


@pytest.mark.parametrize(
    "values",
    [
        pl.Series([2**100], dtype=pl.Int128),
        pl.Series([2**63 + 5], dtype=pl.UInt64),
        [1.0],
        [True],
        [Decimal(1)],
        [b"a"],
    ],
)
def test_identifiers_of_other_types_are_found(values: Any) -> None:
    (found,) = Log.of(events=visits(customer_id=values)).check()
    assert "; allowed: Int64 or String (1 row); cast it before the log is made" in found.message


ARROW: dict[str, Any] = {
    "dictionary": pa.array(["a"]).dictionary_encode(),
    "large": pa.array(["a"], pa.large_string()),
    "view": pa.array(["a"], pa.string_view()),
}


@pytest.mark.parametrize("kind", ARROW)
def test_arrow_texts_are_texts(kind: str) -> None:
    table = pa.table({"customer_id": pa.array([0]).dictionary_encode(), "at": pa.array([MAY]), "event": ARROW[kind]})
    log = Log.of(events=table.append_column("channel", ARROW[kind]))
    assert log.fingerprint() == Log.of(events=visits(event=["a"], channel=["a"])).fingerprint()


@pytest.mark.parametrize(
    "column",
    [pa.array([Decimal("1.5")], pa.decimal256(50, 2)), pa.array([(1, 2, 3)], pa.month_day_nano_interval())],
)
def test_arrow_types_that_nothing_reads_are_refused(column: pa.Array) -> None:
    with pytest.raises(TableError, match="events is no table of columns"):
        Log.of(events=pa.table({"customer_id": [1], "z": column}))


@pytest.mark.parametrize(
    "fails",
    [
        lambda frame: frame.with_columns(pl.col("nope")),
        lambda _: pl.scan_parquet("nowhere.parquet"),
        lambda _: pl.scan_csv("nowhere.csv"),
        lambda frame: frame.with_columns(pl.lit("x").cast(pl.Int64).alias("item")),
    ],
)
def test_a_lazy_frame_whose_columns_cannot_be_told_is_refused(fails: Callable[[pl.LazyFrame], pl.LazyFrame]) -> None:
    with pytest.raises(TableError, match=r"events cannot be read \(.+\); mend what its frame is made of"):
        Log.of(events=fails(visits().lazy()))


def test_a_lazy_frame_that_fails_when_it_is_read_is_named(tmp_path: Path) -> None:
    rows = visits().lazy().with_columns(pl.col("event").cast(pl.Int64).alias(name) for name in ("amount", "order_id"))
    log = Log.of(events=rows, items=pl.DataFrame({"item": [1]}))
    folder = tmp_path / "log"
    Log.of().write(folder)
    kept = sorted(tmp_path.rglob("*"))
    for act in (
        log.check,
        log.fingerprint,
        lambda: log.pseudonymise(Key(bytes(32))),
        lambda: log.write(tmp_path / "new"),
        lambda: log.append(folder),
    ):
        with pytest.raises(TableError, match=r"events cannot be read \(conversion from `str` to `i64` failed .*; mend"):
            act()
    assert sorted(tmp_path.rglob("*")) == kept


def test_what_a_persons_own_function_raises_comes_through(tmp_path: Path) -> None:
    def fails(_: pl.Series) -> pl.Series:
        raise ZeroDivisionError("by a person's own function")

    rows = visits().lazy().with_columns(pl.col("event").map_batches(fails, return_dtype=pl.String))
    with pytest.raises(ZeroDivisionError, match="own function"):
        Log.of(events=rows).write(tmp_path / "log")
    assert list(tmp_path.iterdir()) == []


def test_other_columns_may_have_any_name(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    names = ["", " ", "\0shard", "\0row", "\0option", "len", "sent_at", "allowed", "a.b", "é", "literal"]
    odd = {
        name: frame.with_columns(pl.lit(1).alias(column) for column in names if column not in frame)
        for name, frame in frames.items()
    }
    log = Log.of(**odd)
    assert log.check(now="2025-06-01", arms=["mail", "control"]).ok
    assert log.write(tmp_path / "log", shards=3).fingerprint() == log.fingerprint()
    assert Log.verify(tmp_path / "log").check(now="2025-06-01").ok


def test_tables_without_rows_and_without_values(tmp_path: Path) -> None:
    log = Log.of(events=visits(2, amount=[None, None], device=[None, None], extra=[None, None]).head(0), items=None)
    assert log.check().ok
    assert log.write(tmp_path / "empty", shards=3).check().ok
    nothing = visits(1, amount=[None], known_at=[None], machine=[None], contact_id=[None], visitor_id=[None])
    filled = Log.of(events=nothing, customers=pl.DataFrame({"customer_id": [0], "joined": [MAY]}))
    assert filled.append(tmp_path / "empty").check().ok
    assert filled.events.collect_schema()["contact_id"] == pl.Int64
    assert Log.verify(tmp_path / "empty").fingerprint() == filled.fingerprint()
