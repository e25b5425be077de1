"""What is lost, exchanged, doubled or changed in a stored log is noticed, and named."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import polars as pl
import pytest

from cjlab.errors import TableError
from cjlab.tables import Log
from cjlab.tables.store._file import StoredFile
from cjlab.tables.store._versions import sealed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

FIRST, SECOND = "events/shard=0000/base.parquet", "events/shard=0001/base.parquet"
LATE = "events/shard=0000/2025-06-02.parquet"


@pytest.fixture
def folder(frames: Mapping[str, pl.DataFrame], tmp_path: Path) -> Path:
    """Store a small log in two shards, and one more day of it."""
    log = Log.of(**frames)
    log.write(tmp_path / "log", shards=2)
    Log.of(events=log.events.with_columns(pl.col("at").dt.offset_by("30d"))).append(tmp_path / "log")
    return tmp_path / "log"


def rewritten(folder: Path, place: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Change a file as a writer with a fault would: log.json knows it as it is."""
    change(pl.read_parquet(folder / place)).write_parquet(folder / place)
    stored = json.loads((folder / "log.json").read_text())
    file = StoredFile.measured(folder, place)
    named = {"rows": file.rows, "bytes": file.size, "footer": file.footer, "sha256": file.content}
    (folder / "log.json").write_text(json.dumps(sealed(stored | {"files": stored["files"] | {place: named}})))


def cut(file: Path, by: int = 30) -> None:
    file.write_bytes(file.read_bytes()[:-by])


def exchange(folder: Path, one: str, other: str) -> None:
    (folder / one).rename(folder / "kept")
    (folder / other).rename(folder / one)
    (folder / "kept").rename(folder / other)


def as_directory(folder: Path) -> None:
    (folder / FIRST).unlink()
    (folder / FIRST).mkdir()


DAMAGES: list[tuple[Callable[[Path], object], str]] = [
    (lambda folder: (folder / FIRST).unlink(), f"{FIRST} is missing"),
    (lambda folder: (folder / LATE).unlink(), f"{LATE} is missing"),
    (lambda folder: (folder / "unassigned/base.parquet").unlink(), "unassigned/base.parquet is missing"),
    (lambda folder: shutil.rmtree(folder / "contacts"), "contacts/shard=0000/base.parquet is missing"),
    (lambda folder: cut(folder / FIRST), f"{FIRST} has .* bytes where .* were written"),
    (lambda folder: (folder / FIRST).write_bytes(b""), f"{FIRST} has 0 bytes"),
    (lambda folder: exchange(folder, FIRST, SECOND), rf"{FIRST} .*; {SECOND} "),
    (lambda folder: shutil.copy(folder / FIRST, folder / SECOND), f"{SECOND} "),
    (lambda folder: shutil.copy(folder / SECOND, folder / LATE), f"{LATE} "),
    (lambda folder: pl.read_parquet(folder / FIRST).drop("amount").write_parquet(folder / FIRST), f"{FIRST} "),
    (as_directory, rf"{FIRST} cannot be read \(Is a directory\)"),
]


@pytest.mark.parametrize(("damage", "says"), DAMAGES)
def test_a_damaged_file_is_named(folder: Path, damage: Callable[[Path], object], says: str) -> None:
    damage(folder)
    for act in (Log.read, Log.verify, Log.compact, Log.of(items=pl.DataFrame({"item": [9]})).append):
        with pytest.raises(TableError, match=rf"log is damaged: .*{says}.*; restore it from a copy, or write the log"):
            act(folder)
    with pytest.raises(TableError, match="is damaged"):
        Log.read(folder)


def test_a_file_of_the_same_size_is_not_taken_for_another(folder: Path) -> None:
    file = folder / FIRST
    bytes_before = bytearray(file.read_bytes())
    bytes_before[-12] ^= 1  # in the footer
    file.write_bytes(bytes_before)
    with pytest.raises(TableError, match=f"{FIRST} is another file than was written"):
        Log.read(folder)
    file.write_bytes(bytes(len(bytes_before)))
    with pytest.raises(TableError, match=f"{FIRST} is another file than was written"):
        Log.read(folder)


def test_many_damaged_files_are_counted(folder: Path) -> None:
    files = len(json.loads((folder / "log.json").read_text())["files"])
    for table in folder.iterdir():
        if table.is_dir():
            shutil.rmtree(table)
    with pytest.raises(TableError, match=rf"(.* is missing; ){{4}}.* is missing and {files - 5} more; restore it"):
        Log.read(folder)


def test_a_slip_of_the_disk_within_a_file_is_found_and_not_folded_in(folder: Path) -> None:
    file = folder / FIRST
    slipped = bytearray(file.read_bytes())
    slipped[20] ^= 1
    file.write_bytes(slipped)
    with pytest.raises(TableError, match=f"{FIRST} is not as it was written; restore it from a copy"):
        Log.verify(folder)
    with pytest.raises(TableError, match=f"{FIRST} is not as it was written; restore it from a copy"):
        Log.compact(folder)


def test_a_customer_in_the_wrong_shard_is_found(folder: Path) -> None:
    place = "customers/shard=0000/base.parquet"  # of customers 2 and 3; 1 and 4 lie in the other
    rewritten(folder, place, lambda rows: rows.with_columns(customer_id=pl.Series([2, 4])))
    assert Log.read(folder).customers.collect().height == 4
    with pytest.raises(TableError, match=f"{place} has 1 row of customers who belong to another shard"):
        Log.verify(folder)
    rewritten(folder, FIRST, lambda rows: rows.with_columns(customer_id=pl.lit(1)))
    with pytest.raises(TableError, match=rf"{FIRST} has \d rows? of customers who belong to another shard"):
        Log.verify(folder)


def test_rows_out_of_order_are_found(folder: Path) -> None:
    place = "customers/shard=0000/base.parquet"
    rewritten(folder, place, pl.DataFrame.reverse)
    with pytest.raises(TableError, match=f"{place} has 1 row out of order"):
        Log.verify(folder)


def test_a_word_without_a_code_is_found(folder: Path) -> None:
    stored = json.loads((folder / "log.json").read_text())
    words = stored["vocabularies"] | {"channel": ["web"]}
    (folder / "log.json").write_text(json.dumps(sealed(stored | {"vocabularies": words})))
    with pytest.raises(TableError, match=r"log.json has no code for channel 'email' or 'store'"):
        Log.verify(folder)


def test_a_wrong_count_of_rows_is_found(folder: Path) -> None:
    stored = json.loads((folder / "log.json").read_text())
    stored["files"]["items/base.parquet"]["rows"] = 7
    (folder / "log.json").write_text(json.dumps(sealed(stored)))
    with pytest.raises(TableError, match=r"items/base.parquet has 2 rows where 7 were written"):
        Log.verify(folder)


def test_a_file_that_nobody_named_is_left_aside(folder: Path) -> None:
    before = Log.read(folder).fingerprint()
    for copy in ("events/shard=0000/copy.parquet", "events/shard=0002/base.parquet"):
        (folder / copy).parent.mkdir(exist_ok=True)
        shutil.copy(folder / FIRST, folder / copy)
    assert Log.verify(folder).fingerprint() == before


@pytest.mark.parametrize("name", ["log [2025]", "a[1]*?{x}", "*", "?", "{a,b}", "[!a]", "shard=0042", "é\n%20#\\"])
def test_a_folder_may_have_any_name(frames: Mapping[str, pl.DataFrame], tmp_path: Path, name: str) -> None:
    folder = tmp_path / name / name
    log = Log.of(**frames)
    (tmp_path / name).mkdir()
    (tmp_path / name / ".log x.0123abcd.part").mkdir()  # another log's
    assert log.write(folder, shards=2).fingerprint() == log.fingerprint()
    assert log.append(folder, again=True).check(now="2025-06-01").ok is False
    assert Log.compact(folder).events.collect().height == 8
    assert Log.verify(folder).unassigned.collect().height == 2
    assert sorted(one.name for one in (tmp_path / name).iterdir()) == sorted([".log x.0123abcd.part", name])


@pytest.mark.parametrize("given", [None, 5, "", "a\0b", "~nobody-of-that-name/log"])
def test_what_is_no_path_is_refused(given: str) -> None:
    with pytest.raises(TableError, match=r"folder is .*; give the path of a folder"):
        Log.read(given)


def test_a_file_is_no_log(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("{}")
    with pytest.raises(TableError, match=r"file is no folder; give the folder that Log.write made"):
        Log.read(tmp_path / "file")
    (tmp_path / "log/log.json").mkdir(parents=True)
    with pytest.raises(TableError, match=r"log.json cannot be read \(Is a directory\)"):
        Log.read(tmp_path / "log")
