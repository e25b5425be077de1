"""Who is erased is nowhere, the rest is as it was, and nobody brings him back."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from cjlab.errors import ErasedError, KeyMaterialError, SpecError, TableError
from cjlab.tables import Key, Log, ordered
from cjlab.tables.store._stage import locked
from tests.decoded import found
from tests.planted import HE, planted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.deaths import Deaths

KEY = Key(b"a second key, of thirty-two bytes")
MAY = dt.datetime(2025, 5, 1, 8, tzinfo=dt.UTC)


def files(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*")}


def people(*customers: int) -> Log:
    return Log.of(customers=pl.DataFrame({"customer_id": customers}).with_columns(joined=pl.lit(MAY)))


def visits(**columns: list[Any]) -> pl.DataFrame:
    return pl.DataFrame(columns).with_columns(at=pl.lit(MAY), event=pl.lit("visit"), channel=pl.lit("web"))


def test_no_value_of_his_is_left_in_any_file_and_the_rest_is_as_it_was(tmp_path: Path) -> None:
    log, rest, values = planted()
    log.write(tmp_path / "log", shards=5)
    assert found(tmp_path, values).keys() == values.keys()  # each can be found, where it is
    removed = Log.erase(tmp_path / "log", [HE], key=KEY)
    assert not found(tmp_path, values)
    after = Log.verify(tmp_path / "log")
    assert after.fingerprint() == rest.fingerprint()
    assert removed.rows == {
        **dict.fromkeys(("contacts", "customers", "profiles", "consents", "links"), 1),
        "events": 3,
        "unassigned": 5,
    }
    assert removed.blanked["events"] == 1
    assert removed.to_frame()["rows"].sum() == removed.total == 13


def test_only_files_that_held_something_of_his_are_made_anew(tmp_path: Path) -> None:
    people(*range(40)).write(tmp_path / "log", shards=8)
    before = files(tmp_path / "log")
    assert Log.erase(tmp_path / "log", 7, key=KEY).files == 1
    (gone,), (new,) = before - files(tmp_path / "log"), files(tmp_path / "log") - before
    assert new == gone.replace("base.parquet", "base.2.parquet")
    Log.erase(tmp_path / "log", 7, key=KEY)
    assert new in files(tmp_path / "log")  # nothing to do, nothing done
    again = people(*range(100, 120)).append(tmp_path / "log", key=KEY)
    assert again.customers.collect().height == 59
    grown = again.fingerprint()
    assert Log.compact(tmp_path / "log").fingerprint() == grown
    assert Log.erase(tmp_path / "log", range(5), key=KEY).total == 5


def test_a_vocabulary_keeps_the_codes_of_words_that_stay(tmp_path: Path) -> None:
    rows = visits(customer_id=[1, 2, 2]).with_columns(event=pl.Series(["a", "b", "c"]))
    Log.of(events=rows).write(tmp_path / "log")
    Log.erase(tmp_path / "log", 1, key=KEY)
    log = Log.verify(tmp_path / "log")
    assert log.words("event") == ("b", "c")
    assert json.loads((tmp_path / "log/log.json").read_text())["vocabularies"]["event"] == [None, "b", "c"]
    more = Log.of(events=rows.head(1).with_columns(customer_id=pl.lit(3)))
    assert more.append(tmp_path / "log", key=KEY).words("event") == ("a", "b", "c")
    assert json.loads((tmp_path / "log/log.json").read_text())["vocabularies"]["event"] == [None, "b", "c", "a"]


def test_rows_of_nobody_stay_where_somebody_else_had_the_same(tmp_path: Path) -> None:
    events = visits(
        customer_id=[1, None, None, None, 2],
        visitor_id=["his", "his", "both", "other", None],
        order_id=[None, None, None, 5, 5],
    )
    links = pl.DataFrame({"customer_id": [1, 2], "identifier": ["both", "both"], "kind": "cookie", "starts": [MAY] * 2})
    Log.of(events=events, links=links).write(tmp_path / "log")
    removed = Log.erase(tmp_path / "log", 1, key=KEY)
    assert (removed.rows["events"], removed.shared) == (2, 1)
    left = Log.read(tmp_path / "log").events.collect()
    assert left["visitor_id"].to_list() == [None, "both", "other"]


def test_a_link_that_makes_another_one_with_him_goes(tmp_path: Path) -> None:
    links = pl.DataFrame(
        {"customer_id": [2, 2], "identifier": [1, 1], "kind": ["merge", "cookie"], "starts": [MAY] * 2}
    )
    Log.of(links=links).write(tmp_path / "log")
    Log.erase(tmp_path / "log", 1, key=KEY)
    log = Log.read(tmp_path / "log")
    assert log.links is not None
    assert log.links.collect()["kind"].to_list() == ["cookie"]  # a cookie's number is no customer's


def test_rows_stay_in_order_when_a_value_goes(tmp_path: Path) -> None:
    rows = visits(customer_id=[2, 2, 2, 9], other_customer_id=[1, 3, 4, None]).with_columns(
        amount=pl.Series([3.0, 1, 2, 0])
    )
    Log.of(events=rows).write(tmp_path / "log")
    Log.erase(tmp_path / "log", 3, key=KEY)
    log, whole = Log.verify(tmp_path / "log"), Log.of(events=Log.read(tmp_path / "log").events.collect())
    wanted = ["customer_id", "at", "amount"]
    assert ordered(log, "events", wanted).frame.equals(ordered(whole, "events", wanted).frame)


def test_an_erasure_happens_whole_or_not_at_all_and_is_finished_when_called_again(
    tmp_path: Path, frames: Mapping[str, pl.DataFrame], deaths: Deaths
) -> None:
    log = Log.of(events=frames["events"], customers=frames["customers"])
    others = pl.col("customer_id").ne_missing(1)
    rest = replace(log, events=log.events.filter(others), customers=log.customers.filter(others))
    said = {log.write(tmp_path / "before", shards=2).fingerprint(), rest.fingerprint()}
    shutil.copytree(tmp_path / "before", tmp_path / "after")
    Log.erase(tmp_path / "after", 1, key=KEY)
    seen = set()
    for home in deaths(lambda place: Log.erase(place, 1, key=KEY), tmp_path / "before"):
        left = Log.verify(home / "log").fingerprint()
        seen.add(left)
        Log.erase(home / "log", 1, key=KEY)
        assert Log.verify(home / "log").fingerprint() == rest.fingerprint()
        assert not found(home, {"visitor": "v1", "word": "opened"})
        assert files(home) == {"log", *(f"log/{file}" for file in files(tmp_path / "after"))}
    assert seen == said  # deaths before the commit and after it


def test_what_dead_writers_left_goes_too(tmp_path: Path) -> None:
    people(1, 2).write(tmp_path / "log")
    for place in (tmp_path / ".log.0123cafe.part", tmp_path / "log/.2025-06-02.0123cafe.part"):
        place.mkdir()
        (place / "left").write_text("his")
    (tmp_path / "log/.log.json").write_text("his")
    Log.erase(tmp_path / "log", 1, key=KEY)
    assert not found(tmp_path, {"his": "his"})


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    people(1, 2).write(tmp_path / "log")
    with locked(tmp_path / "log"), pytest.raises(TableError, match="another process is writing to"):
        Log.erase(tmp_path / "log", 1, key=KEY)
    assert Log.read(tmp_path / "log").customers.collect().height == 2


def test_a_full_disk_changes_nothing(tmp_path: Path, room_for: Any) -> None:
    log = people(*range(60)).write(tmp_path / "log", shards=30)
    before = {str(file): file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    largest = max(len(content) for place, content in before.items() if place.endswith(".parquet"))
    assert (tmp_path / "log/log.json").stat().st_size > 2 * largest
    for size in (0, 100, 2 * largest):  # the last is enough for all but log.json
        with room_for(size), pytest.raises(TableError, match=r"log cannot be written \(File too large\); nothing was"):
            Log.erase(tmp_path / "log", range(9), key=KEY)
        assert {str(file): file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()} == before
    assert Log.verify(tmp_path / "log").fingerprint() == log.fingerprint()


def test_a_dry_erasure_counts_and_changes_nothing(tmp_path: Path) -> None:
    log = planted(others=6)[0].write(tmp_path / "log", shards=2)
    counted = Log.erase(tmp_path / "log", HE, key=KEY, dry=True)
    assert Log.verify(tmp_path / "log").fingerprint() == log.fingerprint()
    assert counted.rows == Log.erase(tmp_path / "log", HE, key=KEY).rows


def test_who_was_erased_is_refused_without_saying_who(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CJLAB_ERASURE_KEY", raising=False)
    log = planted(others=6)[0]
    log.write(tmp_path / "log", shards=2)
    Log.erase(tmp_path / "log", HE, key=KEY)
    assert log.events is not None
    for back in (
        people(HE, 99),
        Log.of(events=visits(customer_id=[HE])),
        Log.of(events=visits(customer_id=[3], other_customer_id=[HE])),
        Log.of(events=log.events.filter(pl.col("visitor_id").str.starts_with("identifier")).drop("customer_id")),
    ):
        coming = replace(back, timezone="Europe/Paris")
        with pytest.raises(ErasedError, match=r"the rows name \d identifiers? of customers who were erased") as refused:
            coming.append(tmp_path / "log", key=KEY)
        assert str(HE) not in str(refused.value)
        with pytest.raises(KeyMaterialError, match="give it as key=, or set CJLAB_ERASURE_KEY to it"):
            Log.extend(tmp_path / "log", lambda _, coming=coming: coming)
    with pytest.raises(KeyMaterialError, match=r"the key has the mark .*; give that one"):
        replace(people(99), timezone="Europe/Paris").append(tmp_path / "log", key=Key(bytes(32)))
    known = replace(Log.of(events=visits(customer_id=[3])), timezone="Europe/Paris")
    assert known.append(tmp_path / "log").events.collect().height == 8  # of a customer who is there: no key


def test_the_key_is_found_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    people(1, 2).write(tmp_path / "log")
    Log.erase(tmp_path / "log", 1, key=KEY)
    monkeypatch.setenv("CJLAB_ERASURE_KEY", KEY.secret.decode())
    assert people(3).append(tmp_path / "log").customers.collect().height == 2
    with pytest.raises(ErasedError, match="1 identifier of customers"):
        people(1, 4).append(tmp_path / "log")


def test_a_delivery_comes_again_without_him_and_is_known(tmp_path: Path) -> None:
    log, rest, _ = planted(others=6)
    Log.of(timezone="Europe/Paris").write(tmp_path / "log", shards=2)
    log.append(tmp_path / "log")
    Log.erase(tmp_path / "log", HE, key=KEY)
    with pytest.raises(ErasedError, match="take their rows out with Log"):
        log.append(tmp_path / "log", key=KEY)
    spared = log.spared(tmp_path / "log", key=KEY)
    assert spared.customers.collect().height == 6
    with pytest.raises(TableError, match="holds these very rows already"):
        rest.append(tmp_path / "log", key=KEY)


def test_what_is_made_of_a_log_carries_its_tombstones(tmp_path: Path) -> None:
    people(1, 2).write(tmp_path / "log")
    Log.erase(tmp_path / "log", 1, key=KEY)
    log = Log.read(tmp_path / "log")
    log.write(tmp_path / "copy", shards=2)
    with pytest.raises(ErasedError, match="who were erased"):
        people(1).append(tmp_path / "copy", key=KEY)
    with pytest.raises(KeyMaterialError, match="the log knows erased customers by their identifiers"):
        log.pseudonymise(Key(bytes(32)))


def test_a_key_is_a_second_one_and_lies_elsewhere(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_bytes(KEY.secret)
    people(1, 2).pseudonymise(KEY).write(tmp_path / "log")
    with pytest.raises(KeyMaterialError, match="erase under a second one"):
        Log.erase(tmp_path / "log", 1, key=KEY)
    with pytest.raises(KeyMaterialError, match="the key lies beside the data"):
        Log.erase(tmp_path / "log", 1, key=Key.read(file))


@pytest.mark.parametrize(
    ("given", "said"),
    [([], "customers is empty"), ([1.5], "customers is 1.5"), ([True], "is True"), ([""], "is ''"), (None, "is None")],
)
def test_what_is_no_identifier_is_refused(tmp_path: Path, given: Any, said: str) -> None:
    people(1).write(tmp_path / "log")
    with pytest.raises(SpecError, match=f"{said}; give identifiers: whole numbers or texts"):
        Log.erase(tmp_path / "log", given, key=KEY)


def test_the_oldest_version_is_erased_from(version_1: Path) -> None:
    Log.erase(version_1, 4, key=KEY)
    assert Log.verify(version_1).events.collect().is_empty()
    assert not list(version_1.rglob("2025-05-03.parquet"))


def test_of_the_oldest_version_files_that_nobody_names_are_not_taken_for_its_own(version_1: Path) -> None:
    said = Log.read(version_1).fingerprint()
    base = version_1 / "events/shard=0001/base.parquet"
    shutil.copy(base, base.with_name("base.2.parquet"))  # an erasure died before its commit
    assert Log.read(version_1).fingerprint() == said
    Log.erase(version_1, 99, key=KEY)
    assert Log.verify(version_1).fingerprint() == said
    assert not base.with_name("base.2.parquet").exists()
