"""An increment adds its rows, whatever their age, once; what comes of it is what all rows at once would be."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING

import polars as pl
import pytest

from cjlab.errors import TableError
from cjlab.tables import Log

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MAY = dt.datetime(2025, 5, 1, tzinfo=dt.UTC)


def test_an_increment_is_named_after_its_last_local_day(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    folder = tmp_path / "log"
    Log.of(**frames, timezone="Europe/Paris").write(folder)
    base = (folder / "events/shard=0000/base.parquet").stat()
    late = frames["events"].head(1).with_columns(at=pl.lit(dt.datetime(2025, 5, 9, 23, tzinfo=dt.UTC)))
    for times in range(2):
        Log.of(events=late, timezone="Europe/Paris").append(folder, again=times > 0)
    Log.of(customers=frames["customers"].head(0), timezone="Europe/Paris").append(folder)
    Log.of(items=pl.DataFrame({"item": ["glove"]}), timezone="Europe/Paris").append(folder)
    assert json.loads((folder / "log.json").read_text())["parts"] == ["base", "2025-05-10", "2025-05-10-2", "undated"]
    after = (folder / "events/shard=0000/base.parquet").stat()
    assert (after.st_mtime_ns, after.st_ino) == (base.st_mtime_ns, base.st_ino)
    assert Log.read(folder).items.collect()["item"].to_list() == ["hat", "shoe", "glove"]


def test_a_word_keeps_its_code(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    folder = tmp_path / "log"
    Log.of(**frames).write(folder)
    new = frames["events"].head(1).with_columns(event=pl.lit("bounced"), channel=pl.lit("app"), device=pl.lit("phone"))
    Log.of(events=new).append(folder)
    Log.compact(folder)
    assert json.loads((folder / "log.json").read_text())["vocabularies"] == {
        "event": ["opened", "purchase", "visit", "bounced"],
        "channel": ["email", "store", "web", "app"],
        "device": ["phone"],
    }


def test_columns_and_companions_may_come_later(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    folder = tmp_path / "log"
    Log.of(events=frames["events"]).write(folder)
    later = frames["events"].head(1).with_columns(device=pl.lit("phone"), zest=pl.lit(3), gap=pl.lit(None))
    log = Log.of(events=later, consents=frames["consents"]).append(folder)
    rows = log.events.sort("device", nulls_last=True).collect()
    assert rows["device"].to_list() == ["phone", None, None, None, None]
    assert rows["zest"].to_list() == [3, None, None, None, None]
    assert log.consents is not None
    assert log.consents.collect().height == 4
    before = log.fingerprint()
    assert Log.compact(folder).fingerprint() == before


def test_an_increment_must_fit(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    folder = tmp_path / "log"
    Log.of(**frames).write(folder)
    with pytest.raises(TableError, match=r"local to Asia/Tokyo, but .* to UTC; give both one timezone"):
        Log.of(timezone="Asia/Tokyo").append(folder)
    texts = frames["customers"].with_columns(pl.col("customer_id").cast(pl.String))
    with pytest.raises(
        TableError, match=r"customers.customer_id is String, but Int64 in the stored log; cast it to that"
    ):
        Log.of(customers=texts).append(folder)


def day(number: int, customers: int = 40) -> dict[str, pl.DataFrame]:
    """Make the tables of one day: some customers join, all of them come, some are written to."""
    at = MAY + dt.timedelta(days=number)
    known = pl.select(customer_id=pl.int_range(customers)).with_columns(at=pl.lit(at), channel=pl.lit("web"))
    new = known.filter(pl.col("customer_id") % 5 == number)
    sent = new.with_columns(
        contact_id=pl.col("customer_id"), campaign=pl.lit("c"), arm=pl.lit("a"), sent=pl.lit(value=True)
    )
    visits = known.with_columns(event=pl.lit(f"visit {number}"), amount=pl.col("customer_id") / (number + 3))
    return {
        "events": visits.with_columns(pl.lit(number).alias(f"extra {number}")),
        "contacts": sent,
        "customers": new.select("customer_id", joined="at"),
        "items": pl.DataFrame({"item": [f"item {number}"]}),
        **(
            {"profiles": known.head(0).with_columns(field=pl.lit("city"), value=pl.lit(None, pl.String))}
            if number
            else {}
        ),
    }


@pytest.mark.parametrize("shards", [1, 3])
def test_increments_are_all_rows_at_once(tmp_path: Path, shards: int) -> None:
    folder = tmp_path / "log"
    stored = Log.of(**day(0)).write(folder, shards=shards)
    so_far = day(0)
    for number in range(1, 5):
        so_far = {
            name: pl.concat([so_far[name], frame], how="diagonal") if name in so_far else frame
            for name, frame in day(number).items()
        }
        stored = Log.of(**day(number)).append(folder)
        assert stored.fingerprint() == Log.of(**so_far).fingerprint()
        assert Log.verify(folder).fingerprint() == stored.fingerprint()
        if number == 2:
            assert Log.compact(folder).fingerprint() == Log.of(**so_far).fingerprint()
    assert Log.compact(folder).fingerprint() == Log.of(**so_far).fingerprint()
    assert Log.verify(folder).fingerprint() == Log.of(**so_far).fingerprint()
    assert Log.read(folder).check().ok


def test_rows_older_than_those_stored_take_their_place(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    folder = tmp_path / "log"
    Log.of(**frames).write(folder)
    early = (
        frames["events"].head(1).with_columns(at=pl.lit(MAY - dt.timedelta(days=40)), contact_id=pl.lit(None, pl.Int64))
    )
    Log.of(events=early).append(folder)
    assert json.loads((folder / "log.json").read_text())["parts"] == ["base", "2025-03-22"]
    assert Log.compact(folder).events.collect()["at"][0] == MAY - dt.timedelta(days=40)


def test_a_contact_that_is_stored_already_is_found_by_the_check(
    frames: Mapping[str, pl.DataFrame], tmp_path: Path
) -> None:
    folder = tmp_path / "log"
    Log.of(**frames).write(folder)
    changed = frames["contacts"].head(1).with_columns(cost=pl.lit(0.5))
    found = Log.of(contacts=changed, customers=frames["customers"].tail(1)).append(folder).check()
    assert [(one.rule, one.table, one.column, one.count) for one in found] == [
        ("duplicate", "contacts", "contact_id", 2),
        ("duplicate", "customers", "customer_id", 2),
    ]


@pytest.mark.parametrize("folded", [False, True])
def test_the_rows_of_a_part_are_not_added_twice(
    frames: Mapping[str, pl.DataFrame], tmp_path: Path, *, folded: bool
) -> None:
    folder = tmp_path / "log"
    Log.of(**frames).write(folder)
    rows = frames["events"].with_columns(pl.col("at").dt.offset_by("30d"))
    late = Log.of(events=rows)
    before = late.append(folder).fingerprint()
    if folded:
        Log.compact(folder)
    files = sorted(folder.rglob("*"))
    shuffled = rows.reverse().to_pandas()
    with pytest.raises(TableError, match=r"already, as its part 2025-06-02; nothing was added; .* again=True"):
        Log.of(events=shuffled, items=frames["items"].head(0)).append(folder)
    with pytest.raises(TableError, match="already, as its part base"):
        Log.of(**frames).append(folder)
    assert sorted(folder.rglob("*")) == files
    assert Log.verify(folder).fingerprint() == before
    assert late.append(folder, again=True).events.collect().height == 12
    other = late.events.with_columns(pl.col("at").dt.offset_by("1us"))
    assert Log.of(events=other).append(folder).events.collect().height == 16


def test_an_identifier_keeps_its_type_in_all_tables(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    folder = tmp_path / "log"
    Log.of(customers=frames["customers"]).write(folder)
    texts = frames["events"].with_columns(pl.col("customer_id").cast(pl.String))
    with pytest.raises(TableError, match=r"events.customer_id is String, but customers.customer_id is Int64"):
        Log.of(events=texts).append(folder)
    assert json.loads((folder / "log.json").read_text())["parts"] == ["base"]


def test_nothing_to_add_adds_nothing(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    folder = tmp_path / "log"
    Log.of(**frames).write(folder)
    text = (folder / "log.json").read_text()
    Log.of(events=frames["events"].head(0), profiles=frames["profiles"].head(0)).append(folder)
    assert (folder / "log.json").read_text() == text


def test_a_leftover_of_a_dead_writer_is_no_part_of_the_next(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> None:
    folder = tmp_path / "log"
    Log.of(events=frames["events"], items=frames["items"]).write(folder)
    leftover = folder / "contacts/shard=0000/2025-05-03.parquet"  # the name that the next increment takes
    leftover.write_bytes((folder / "contacts/shard=0000/base.parquet").read_bytes())
    stored = Log.of(events=frames["events"].head(3)).append(folder)
    assert json.loads((folder / "log.json").read_text())["parts"][-1] == "2025-05-03"
    assert stored.events.collect().height == 7
    assert not leftover.exists()
