"""A stored log gives back what was stored, in its total order, from files whose places never change."""

from __future__ import annotations

import datetime as dt
import json
import math
from hashlib import blake2b, sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cjlab.errors import SpecError, TableError
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Mapping

MAY = dt.datetime(2025, 5, 1, tzinfo=dt.UTC)

EVENTS = st.fixed_dictionaries(
    {
        "customer_id": st.one_of(st.none(), st.integers(0, 4)),
        "visitor_id": st.one_of(st.none(), st.sampled_from(["v", "w"])),
        "at": st.integers(0, 3).map(lambda minute: MAY + dt.timedelta(minutes=minute)),
        "event": st.sampled_from(["visit", "purchase", "achète"]),
        "channel": st.sampled_from(["web", "store"]),
        "amount": st.sampled_from([None, 0.0, -1.5, math.inf, math.nan]),
        "contact_id": st.one_of(st.none(), st.integers(0, 2)),
        "mood": st.one_of(st.none(), st.lists(st.integers(0, 2), max_size=2)),
    }
)
CONTACTS = st.fixed_dictionaries(
    {
        "contact_id": st.integers(-(2**63), 2**63 - 1),
        "customer_id": st.integers(0, 4),
        "arm": st.text(max_size=2),
        "eligible": st.one_of(
            st.none(),
            st.lists(st.fixed_dictionaries({"arm": st.text(max_size=2), "probability": st.floats()}), max_size=2),
        ),
    }
)
PAIR = pl.Struct({"arm": pl.String, "probability": pl.Float64})


def events(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Make events of rows."""
    types = {"customer_id": pl.Int64, "visitor_id": pl.String, "at": pl.Datetime("us", "UTC"), "event": pl.String}
    others = {"channel": pl.String, "amount": pl.Float64, "contact_id": pl.Int64, "mood": pl.List(pl.Int64)}
    return pl.DataFrame(rows, schema=types | others)


def contacts(rows: list[dict[str, Any]]) -> pl.DataFrame:
    """Make contacts of rows."""
    types = {"contact_id": pl.Int64, "customer_id": pl.Int64, "arm": pl.String, "eligible": pl.List(PAIR)}
    rest = [
        pl.lit(MAY).alias("at"),
        pl.lit("c").alias("campaign"),
        pl.lit("web").alias("channel"),
        pl.lit(value=True).alias("sent"),
    ]
    return pl.DataFrame(rows, schema=types).with_columns(rest)


LOGS = st.builds(
    lambda rows, sent: Log.of(events=events(rows), contacts=contacts(sent)),
    st.lists(EVENTS, max_size=12),
    st.lists(CONTACTS, max_size=4),
)


def read(log: Log) -> dict[str, pl.DataFrame]:
    """Read all tables of a log."""
    return {name: frame.collect() for name, frame in log.tables.items()}


def everything(folder: Path) -> set[str]:
    """Name all files of a folder."""
    return {str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file()}


def in_total_order(frame: pl.DataFrame, *first: str) -> pl.DataFrame:
    """Put rows in the order that the contract names."""
    return frame.sort(list(dict.fromkeys([*first, *frame.columns])), nulls_last=True)


@settings(max_examples=30)
@given(LOGS, st.integers(1, 5))
def test_what_is_read_is_what_was_written(log: Log, shards: int) -> None:
    with TemporaryDirectory() as folder:
        stored = log.write(Path(folder) / "log", shards=shards)
        for name, frame in read(log).items():
            back = getattr(stored, name).collect()
            assert in_total_order(back).equals(in_total_order(frame))
            assert back.schema == frame.schema
        assert stored.fingerprint() == log.fingerprint()


@settings(max_examples=20)
@given(LOGS, LOGS, LOGS, st.integers(1, 3))
def test_compacting_is_writing_all_at_once(base: Log, second: Log, third: Log, shards: int) -> None:
    with TemporaryDirectory() as folder:
        kept, whole = Path(folder) / "kept", Path(folder) / "whole"
        base.write(kept, shards=shards)
        second.append(kept, again=True)
        grown = third.append(kept, again=True).fingerprint()
        parts = zip(read(base).values(), read(second).values(), read(third).values(), strict=True)
        together = dict(zip(base.tables, map(pl.concat, parts), strict=True))
        together["events"] = pl.concat([together["events"], together.pop("unassigned")])
        at_once = Log.of(**together)
        assert at_once.fingerprint() == grown == Log.verify(kept).fingerprint()
        assert at_once.write(whole, shards=shards).fingerprint() == Log.compact(kept).fingerprint() == grown
        for file in everything(whole) - {"log.json"}:
            folded = file.replace("base", json.loads((kept / "log.json").read_text())["parts"][0])
            assert pl.read_parquet(kept / folded).equals(pl.read_parquet(whole / file)), file
        assert len(everything(kept)) == len(everything(whole))
        assert Log.verify(kept).fingerprint() == grown


@settings(max_examples=20)
@given(LOGS)
def test_a_check_leaves_the_data_as_they_were(log: Log) -> None:
    before = read(log)
    log.check(now="2025-06-01", arms=["mail"])
    after = read(log)
    assert all(after[name].equals(frame) for name, frame in before.items())


def test_every_table_and_type_comes_back(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    log = Log.of(**frames, timezone="Europe/Paris")
    stored = log.write(tmp_path / "log")
    assert stored.timezone == "Europe/Paris"
    assert set(stored.tables) == set(log.tables)
    for name, frame in log.tables.items():
        assert getattr(stored, name).collect_schema() == frame.collect_schema(), name
    assert stored.check(now="2025-06-01").ok


def test_the_layout_is_one_file_a_table_and_shard(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    folder = tmp_path / "log"
    Log.of(**frames).write(folder, shards=2)
    assert everything(folder) >= {"events/shard=0000/base.parquet", "events/shard=0001/base.parquet", "log.json"}
    assert everything(folder) >= {"items/base.parquet", "costs/base.parquet", "unassigned/base.parquet"}
    assert list(tmp_path.iterdir()) == [folder]
    stored = json.loads((folder / "log.json").read_text())
    assert set(stored) >= {"digest", "received"}
    assert set(stored["files"]) == everything(folder) - {"log.json"}
    shard = folder / "events/shard=0001/base.parquet"
    named = stored["files"]["events/shard=0001/base.parquet"]
    assert named["rows"] == pl.read_parquet(shard).height
    assert named["bytes"] == shard.stat().st_size
    assert named["sha256"] == sha256(shard.read_bytes()).hexdigest()
    assert {name: stored[name] for name in set(stored) - {"digest", "received", "files"}} == {
        "version": 4,
        "timezone": "UTC",
        "shards": {"count": 2, "hash": "uniform-1"},
        "parts": ["base"],
        "vocabularies": {"event": ["opened", "purchase", "visit"], "channel": ["email", "store", "web"], "device": []},
        "pseudonyms": None,
        "learned": None,
        "erased": None,
    }


def test_rows_of_a_shard_stand_in_total_order(tmp_path: Path) -> None:
    spread = pl.select(customer_id=pl.int_range(2000) * 7919 % 13, at=MAY + pl.duration(minutes=pl.int_range(2000) % 5))
    rows = spread.with_columns(event=pl.lit("visit"), channel=pl.lit("web"), amount=pl.int_range(2000).reverse() / 3)
    Log.of(events=rows).write(tmp_path / "log", shards=3)
    for file in (tmp_path / "log/events").rglob("*.parquet"):
        frame = pl.read_parquet(file)
        assert frame.equals(in_total_order(frame, "customer_id", "at"))
        assert frame.height > 0


def test_a_log_is_read_in_one_pass_shard_by_shard_in_total_order(tmp_path: Path) -> None:
    spread = pl.select(
        customer_id=pl.int_range(3000) * 7919 % 97, at=MAY + pl.duration(minutes=pl.int_range(3000) % 50)
    )
    rows = spread.with_columns(event=pl.lit("visit"), channel=pl.lit("web"), amount=pl.int_range(3000) % 3 / 3)
    folder = tmp_path / "log"
    Log.of(events=rows[:1000]).write(folder, shards=3)
    Log.of(events=rows[1000:2500]).append(folder)
    Log.of(events=rows[2500:]).append(folder)
    events = Log.compact(folder).events
    shards = [pl.read_parquet(file) for file in sorted((folder / "events").rglob("*.parquet"))]
    assert len(shards) == 3
    assert all(one.equals(in_total_order(one, "customer_id", "at")) for one in shards)
    assert pl.concat(events.collect_batches(chunk_size=100, maintain_order=True)).equals(pl.concat(shards))
    assert events.collect(engine="streaming").equals(pl.concat(shards))


def test_an_owner_of_any_table_lies_in_the_same_shard(tmp_path: Path) -> None:
    ids = [f"c{number}" for number in range(50)]
    people = pl.DataFrame({"customer_id": ids}).with_columns(joined=pl.lit(MAY))
    visits = pl.DataFrame({"customer_id": ids}).with_columns(
        at=pl.lit(MAY), event=pl.lit("visit"), channel=pl.lit("web")
    )
    Log.of(customers=people, events=visits).write(tmp_path / "log", shards=4)
    for shard in range(4):
        place = f"shard={shard:04d}/base.parquet"
        owners = [pl.read_parquet(tmp_path / "log" / table / place)["customer_id"] for table in ("events", "customers")]
        assert owners[0].equals(owners[1])
        assert set(owners[0]) == {
            one for one in ids if _shard_of(blake2b(one.encode(), digest_size=8).digest(), 4) == shard
        }


@pytest.mark.parametrize("customer", [0, 1, -1, 7, 2**63 - 1, -(2**63)])
def test_shards_are_those_of_the_documented_hash(customer: int, tmp_path: Path) -> None:
    people = pl.DataFrame({"customer_id": [customer]}).with_columns(joined=pl.lit(MAY))
    Log.of(customers=people).write(tmp_path / "log", shards=9999)
    expected = _shard_of((customer % 2**64).to_bytes(8, "little"), 9999)
    assert (tmp_path / "log/customers" / f"shard={expected:04d}/base.parquet").exists()


def _shard_of(identifier: bytes, count: int) -> int:
    """Hash as the contract words it, in Python's own whole numbers."""
    key = blake2b(b"shards", digest_size=16).digest()
    bits = int.from_bytes(identifier, "little")
    for half in (key[:8], key[8:]):
        bits = (bits + int.from_bytes(half, "little")) % 2**64
        bits = (bits ^ bits >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        bits = (bits ^ bits >> 27) * 0x94D049BB133111EB % 2**64
        bits ^= bits >> 31
    return int((bits >> 11) / 2**53 * count)


def test_one_shard_for_each_half_million_events(tmp_path: Path) -> None:
    many = pl.select(customer_id=pl.int_range(500_001), at=pl.lit(MAY), event=pl.lit("visit"), channel=pl.lit("web"))
    Log.of(events=many).write(tmp_path / "log")
    assert json.loads((tmp_path / "log/log.json").read_text())["shards"]["count"] == 2


def test_broken_columns_are_not_stored_but_wrong_values_are(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"contacts.sent is missing; it must be Boolean"):
        Log.of(**{**frames, "contacts": frames["contacts"].drop("sent")}).write(tmp_path / "log")
    assert list(tmp_path.iterdir()) == []
    wrong = frames["contacts"].with_columns(propensity=pl.lit(7.0), customer_id=pl.lit(None, pl.Int64))
    log = Log.of(**{**frames, "contacts": wrong})
    assert log.write(tmp_path / "log", shards=2).fingerprint() == log.fingerprint()


def test_a_folder_that_holds_something_is_not_written_over(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    Log.of(**frames).write(tmp_path / "empty")
    with pytest.raises(TableError, match=r"exists; add to its log with Log.append, or write to another folder"):
        Log.of(**frames).write(tmp_path / "empty")


@pytest.mark.parametrize("shards", [0, 10_000, 2.0, True, "2"])
def test_the_number_of_shards_is_checked(shards: Any, tmp_path: Path) -> None:
    with pytest.raises(SpecError, match=r"shards is .*; give a whole number from 1 to 9,999"):
        Log.of().write(tmp_path / "log", shards=shards)


def test_a_folder_without_a_log_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"holds no log: it has no log.json; write one there with Log.write"):
        Log.read(tmp_path)
    with pytest.raises(TableError, match="holds no log"):
        Log.compact(tmp_path / "nowhere")


def test_what_a_person_keeps_beside_the_tables_stays(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    log = Log.of(**frames, timezone="Europe/Paris")
    folder = tmp_path / "log"
    log.write(folder)
    (folder / "notes").mkdir()
    kept = [folder / "mine.parquet", folder / "notes" / "mine.parquet", folder / "events" / "mine.parquet"]
    for file in kept:
        pl.DataFrame({"note": [1]}).write_parquet(file)
    log.append(folder, again=True)
    Log.compact(folder)
    assert all(file.is_file() for file in kept)
