"""Every version of a stored log that was ever written is read; a damaged manifest is refused by name."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from cjlab.errors import TableError
from cjlab.tables import Log
from cjlab.tables.store._versions import sealed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def edited(folder: Path, *, seal: bool = True, **changes: Any) -> None:
    """Change a manifest by hand; ``...`` leaves a name out."""
    stored = json.loads((folder / "log.json").read_text()) | changes
    kept = {name: value for name, value in stored.items() if value is not ...}
    (folder / "log.json").write_text(json.dumps(sealed(kept) if seal else kept))


@pytest.fixture
def folder(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> Path:
    """Store a small log in two shards."""
    Log.of(**frames).write(tmp_path / "log", shards=2)
    return tmp_path / "log"


def test_the_oldest_version_is_still_read(version_1: Path) -> None:
    log = Log.read(version_1)
    assert log.timezone == "Europe/Paris"
    assert log.events.select("customer_id", "event", "amount").collect().rows() == [(4, "visit", None), (4, "buy", 9.5)]
    assert log.check().ok
    before = log.fingerprint()
    assert Log.verify(version_1).fingerprint() == before
    assert json.loads((version_1 / "log.json").read_text())["version"] == 1
    assert Log.compact(version_1).fingerprint() == before
    assert not list(version_1.rglob("2025-05-03.parquet"))
    assert json.loads((version_1 / "log.json").read_text())["version"] == 4
    assert Log.verify(version_1).fingerprint() == before


def test_an_increment_takes_the_oldest_version_along(version_1: Path) -> None:
    more = Log.of(items=pl.DataFrame({"item": [2]}), timezone="Europe/Paris").append(version_1)
    assert more.items.collect()["item"].to_list() == [1, 2]
    stored = json.loads((version_1 / "log.json").read_text())
    assert stored["version"] == 4
    assert all(len(file["sha256"]) == 64 for file in stored["files"].values())
    assert not list(version_1.rglob("2025-05-03.parquet"))
    assert Log.verify(version_1).fingerprint() == more.fingerprint()


def test_a_log_of_the_version_before_has_persons_of_no_date(folder: Path) -> None:
    before = Log.read(folder).fingerprint()
    edited(folder, version=2, learned=...)
    assert "learned" not in json.loads((folder / "log.json").read_text())
    log = Log.read(folder)
    assert log.learned is None
    assert log.moment("1970-01-01") is not None
    assert log.fingerprint() == Log.verify(folder).fingerprint() == before
    more = Log.of(items=pl.DataFrame({"item": ["scarf"]})).append(folder)
    stored = json.loads((folder / "log.json").read_text())
    assert (stored["version"], stored["learned"], more.learned) == (4, None, None)


@pytest.mark.parametrize("learned", ["2024-05-01", "2024-05-01T00:00:00+02:00", "may", 3, ""])
def test_a_moment_that_is_none_is_refused_by_name(folder: Path, learned: object) -> None:
    edited(folder, learned=learned)
    with pytest.raises(TableError, match=r"log.json is garbled \(.*\); restore it from a copy"):
        Log.read(folder)


def test_a_compaction_of_the_oldest_version_that_died_is_taken_up(version_1: Path) -> None:
    before = Log.read(version_1).fingerprint()
    for file in version_1.rglob("base.parquet"):  # it was giving the folded files their true name
        if "events" not in str(file):
            file.rename(file.with_stem("folded"))
    stored = json.loads((version_1 / "log.json").read_text())
    (version_1 / "log.json").write_text(json.dumps(stored | {"parts": ["folded", "base", "2025-05-02"]}))
    assert Log.read(version_1).fingerprint() == Log.compact(version_1).fingerprint() == before
    assert not list(version_1.rglob("folded.parquet"))


def test_files_of_the_oldest_version_are_looked_at(version_1: Path) -> None:
    other = version_1 / "customers/shard=0000/base.parquet"
    other.parent.mkdir()
    pl.DataFrame({"customer_id": [4]}).write_parquet(other)
    with pytest.raises(
        TableError, match=r"customers/shard=0001/base.parquet has other columns than customers/shard=0000"
    ):
        Log.read(version_1)
    other.write_bytes((version_1 / "customers/shard=0001/base.parquet").read_bytes()[:-9])
    with pytest.raises(TableError, match=r"customers/shard=0000/base.parquet is no whole Parquet file; restore it"):
        Log.read(version_1)
    other.unlink()
    other.mkdir()
    with pytest.raises(TableError, match=r"customers/shard=0000/base.parquet cannot be read \(Is a directory\)"):
        Log.read(version_1)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"version": 99}', "schema version 99; this cjlab reads versions 1, 2, 3 and 4: update cjlab"),
        ('{"version": "2"}', "schema version '2'"),
        ('{"version": true}', "schema version True"),
        ('{"version": 1.0}', "schema version 1.0"),
        ('{"version": [1]}', r"schema version \[1\]"),
        ('{"version": {}}', "schema version {}"),
        ("{}", "schema version None"),
        ("[]", "schema version None"),
        ("null", "schema version None"),
        ("", "is not JSON .*; restore it from a copy"),
        ('{"version": 1', "is not JSON .*; restore it from a copy"),
        ("[" * 100_000, "is not JSON .*; restore it from a copy"),
        ('{"version": 2}', "lacks 'digest'; restore it from a copy"),
        ('{"version": 3}', "lacks 'learned'; restore it from a copy"),
    ],
)
def test_what_is_no_manifest_is_refused_by_name(version_1: Path, text: str, says: str) -> None:
    (version_1 / "log.json").write_text(text)
    with pytest.raises(TableError, match=says):
        Log.read(version_1)


SHARDS = {"count": 2, "hash": "uniform-1"}
WORDS = {"event": [], "channel": [], "device": []}
GARBLED: list[tuple[dict[str, Any], str]] = [
    ({"timezone": ...}, "lacks 'timezone'; restore it from a copy"),
    ({"timezone": "Mars/Olympus"}, "is garbled .*'Mars/Olympus'"),
    ({"timezone": None}, "is garbled .*None"),
    ({"timezone": 5}, "is garbled .*5"),
    ({"shards": None}, "is garbled .*; restore it from a copy"),
    ({"shards": SHARDS | {"hash": "md5"}}, "shards are made by 'md5'; this cjlab knows 'uniform-1'"),
    ({"shards": SHARDS | {"count": "x"}}, "is garbled .*'x'"),
    ({"shards": SHARDS | {"count": 0}}, "is garbled .*0"),
    ({"shards": SHARDS | {"count": -2}}, "is garbled .*-2"),
    ({"shards": SHARDS | {"count": True}}, "is garbled .*True"),
    ({"shards": SHARDS | {"count": 10_000}}, "is garbled .*10000"),
    ({"parts": None}, "is garbled .*None"),
    ({"parts": []}, "is garbled"),
    ({"parts": "base"}, "is garbled .*'base'"),
    ({"parts": ["base", 5]}, "is garbled .*5"),
    ({"parts": ["base", "base"]}, "is garbled"),
    ({"parts": ["base", "../../x"]}, "is garbled .*'../../x'"),
    ({"parts": ["base", "*"]}, r"is garbled .*'\*'"),
    ({"vocabularies": None}, "is garbled"),
    ({"vocabularies": {}}, "lacks 'event'"),
    ({"vocabularies": WORDS | {"event": 5}}, "is garbled .*5"),
    ({"vocabularies": WORDS | {"event": ["a", "a"]}}, "is garbled"),
    ({"pseudonyms": 5}, "is garbled .*5"),
]


@pytest.mark.parametrize(("changes", "says"), GARBLED)
def test_a_garbled_manifest_is_refused_by_name(
    folder: Path, version_1: Path, changes: dict[str, Any], says: str
) -> None:
    edited(folder, **changes)
    with pytest.raises(TableError, match=says):
        Log.read(folder)
    edited(version_1, **changes, seal=False)
    with pytest.raises(TableError, match=says):
        Log.read(version_1)


FILE = {"rows": 3, "bytes": 10, "footer": "0" * 64, "sha256": "0" * 64}


@pytest.mark.parametrize(
    "files",
    [
        None,
        ["events/shard=0000/base.parquet"],
        {"../log/events/shard=0000/base.parquet": FILE},
        {"events/shard=0002/base.parquet": FILE},
        {"events/shard=0000/2025-05-01.parquet": FILE},
        {"journeys/base.parquet": FILE},
        {"items/base.parquet": FILE | {"rows": -1}},
        {"items/base.parquet": FILE | {"bytes": 1.5}},
        {"items/base.parquet": FILE | {"sha256": None}},
        {"items/base.parquet": 7},
    ],
)
def test_a_garbled_list_of_files_is_refused_by_name(folder: Path, files: Any) -> None:
    edited(folder, files=files)
    with pytest.raises(TableError, match=r"log.json is garbled .*; restore it from a copy"):
        Log.read(folder)


@pytest.mark.parametrize("changes", [{"timezone": "Asia/Tokyo"}, {"shards": SHARDS | {"count": 3}}, {"digest": None}])
def test_a_change_by_hand_is_refused(folder: Path, changes: dict[str, Any]) -> None:
    edited(folder, **changes, seal=False)
    with pytest.raises(TableError, match=r"log.json is not as cjlab wrote it: its digest differs; restore it"):
        Log.read(folder)


def test_a_manifest_may_be_set_out_otherwise(folder: Path) -> None:
    stored = json.loads((folder / "log.json").read_text())
    (folder / "log.json").write_text(json.dumps(stored, sort_keys=True))
    assert Log.verify(folder).check().ok


def test_a_log_without_one_of_its_tables_is_refused(folder: Path) -> None:
    stored = json.loads((folder / "log.json").read_text())
    edited(folder, files={place: file for place, file in stored["files"].items() if not place.startswith("contacts/")})
    with pytest.raises(TableError, match="is no whole log: it has no contacts; restore it from a copy"):
        Log.read(folder)


def test_a_log_of_the_version_before_has_erased_nobody(folder: Path) -> None:
    said = Log.read(folder).fingerprint()
    edited(folder, version=3, erased=...)
    log = Log.verify(folder)
    assert (log.fingerprint(), log.erased) == (said, None)
    more = Log.of(items=pl.DataFrame({"item": ["scarf"]})).append(folder)
    assert (json.loads((folder / "log.json").read_text())["version"], more.erased) == (4, None)
