"""A writer that cannot go on leaves nothing behind and says why; of several writers one wins, and none loses rows."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import polars as pl
import pytest

from cjlab.errors import TableError
from cjlab.tables import Log
from cjlab.tables.store._file import intact
from cjlab.tables.store._reading import opened
from cjlab.tables.store._stage import locked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cjlab.tables.store._manifest import Manifest

NOBODY = 65534
DAWN = dt.datetime(2025, 5, 1, tzinfo=dt.UTC)


@contextmanager
def without_rights(folder: Path) -> Iterator[None]:
    """Act as a user who may read a folder and not change it."""
    root = os.geteuid() == 0
    folder.chmod(0o555)
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Make a folder that every user can reach."""
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture
def more(frames: Mapping[str, pl.DataFrame]) -> Log:
    """Make one more day."""
    return Log.of(events=frames["events"].with_columns(pl.col("at").dt.offset_by("30d")))


def everything(folder: Path) -> dict[str, bytes]:
    return {str(file): file.read_bytes() if file.is_file() else b"" for file in folder.rglob("*")}


def test_one_writer_at_a_time(frames: Mapping[str, pl.DataFrame], more: Log, tmp_path: Path) -> None:
    folder = tmp_path / "log"
    Log.of(**frames).write(folder)
    with locked(folder):
        for act in (more.append, Log.compact):
            with pytest.raises(TableError, match=r"another process is writing to .*; try again when it has finished"):
                act(folder)
        assert Log.read(folder).events.collect().height == 4


def test_a_living_writer_keeps_its_stage(more: Log, tmp_path: Path) -> None:
    beside, inside = tmp_path / ".log.0123cafe.part", tmp_path / "log/.2025-06-02.0123cafe.part"
    beside.mkdir()
    with locked(beside):
        Log.of().write(tmp_path / "log")
        assert beside.exists()
    inside.mkdir()
    more.append(tmp_path / "log")
    assert not inside.exists()
    Log.of().write(tmp_path / "log 2")
    assert beside.exists()  # of a log of another name
    (tmp_path / "log").rename(tmp_path / "log 3")
    Log.of().write(tmp_path / "log")
    assert not beside.exists()


_WRITER = """
import sys
import polars as pl
from cjlab.errors import TableError
from cjlab.tables import Log

number, folder = int(sys.argv[1]), sys.argv[2]
day = pl.select(at=pl.lit("2025-05-01T00:00:00Z").str.to_datetime(time_zone="UTC") + pl.duration(days=number))
rows = pl.select(customer_id=pl.int_range(50_000)).join(day, how="cross")
log = Log.of(events=rows.with_columns(event=pl.lit("visit"), channel=pl.lit("web")))
print("ready", flush=True)
sys.stdin.readline()
try:
    log.write(folder, shards=4) if sys.argv[3] == "write" else log.append(folder)
except TableError as refused:
    print("refused", refused)
else:
    print("done")
"""


def together(folder: Path, verb: str) -> list[str]:
    """Let three processes write at once; what each said at last."""
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(number), str(folder), verb],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        for number in range(3)
    ]
    for writer in writers:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "ready\n"
    for writer in writers:
        assert writer.stdin is not None
        writer.stdin.write("\n")
        writer.stdin.flush()
    return [writer.communicate()[0].strip() for writer in writers]


def test_of_several_writers_of_a_new_log_one_wins(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    said = together(folder, "write")
    assert said.count("done") == 1
    assert all("exists; add to its log with Log.append, or write to another" in one for one in said if one != "done")
    assert Log.verify(folder).events.collect().height == 50_000
    assert list(tmp_path.iterdir()) == [folder]


def test_of_several_increments_at_once_none_is_lost(tmp_path: Path) -> None:
    folder = tmp_path / "log"
    Log.of().write(folder, shards=4)
    said = together(folder, "append")
    assert all("another process is writing to" in one for one in said if one != "done")
    assert Log.verify(folder).events.collect().height == 50_000 * said.count("done") > 0


def test_a_full_disk_leaves_nothing_behind(
    frames: Mapping[str, pl.DataFrame], more: Log, tmp_path: Path, room_for: Any
) -> None:
    folder = tmp_path / "log"
    people = pl.select(customer_id=pl.int_range(60), joined=pl.lit(DAWN))
    log = Log.of(events=frames["events"], customers=people)
    log.write(tmp_path / "measure", shards=30)
    largest = max(file.stat().st_size for file in (tmp_path / "measure").rglob("*.parquet"))
    assert (tmp_path / "measure/log.json").stat().st_size > 2 * largest
    sizes = (0, 100, 2 * largest)  # the last is enough for all but log.json
    for size in sizes:
        with room_for(size), pytest.raises(TableError, match=r"log cannot be written \(File too large\); nothing was"):
            log.write(folder, shards=30)
        assert [one.name for one in tmp_path.iterdir()] == ["measure"]
    log.write(folder, shards=30)
    for act in (more.append, Log.compact):
        before = everything(folder)
        for size in sizes:
            with room_for(size), pytest.raises(TableError, match=r"log cannot be written \(File too large\); nothing"):
                act(folder)
            assert everything(folder) == before
        act(folder)


def test_a_folder_without_rights_is_named(frames: Mapping[str, pl.DataFrame], more: Log, open_folder: Path) -> None:
    log = Log.of(**frames)
    folder = open_folder / "log"
    with without_rights(open_folder), pytest.raises(TableError, match=r"log cannot be written \(Permission denied\)"):
        log.write(folder)
    log.write(folder)
    more.append(folder)
    before = everything(folder)
    with without_rights(folder):
        assert Log.verify(folder).events.collect().height == 8
        with pytest.raises(TableError, match=r"log cannot be written \(Permission denied\); nothing was changed"):
            more.append(folder, again=True)
        with pytest.raises(TableError, match=r"log cannot be written \(Permission denied\); nothing was changed"):
            Log.compact(folder)
    assert everything(folder) == before


def test_a_file_that_may_not_be_read_is_named(frames: Mapping[str, pl.DataFrame], open_folder: Path) -> None:
    folder = open_folder / "log"
    Log.of(**frames).write(folder)
    (folder / "items/base.parquet").chmod(0)
    with without_rights(folder), pytest.raises(TableError, match=r"items/base.parquet cannot be read \(Permission"):
        Log.read(folder)
    (folder / "log.json").chmod(0)
    with without_rights(folder), pytest.raises(TableError, match=r"log.json cannot be read \(Permission denied\)"):
        Log.read(folder)


def test_a_folder_below_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(TableError, match=r"file/log cannot be written \((File exists|Not a directory)\)"):
        Log.of().write(tmp_path / "file/log")
    with pytest.raises(TableError, match=r"cannot be written \(File name too long\)"):
        Log.of().write(tmp_path / ("x" * 255))


def test_a_reader_beside_a_writer_reads_what_it_wrote(
    frames: Mapping[str, pl.DataFrame], more: Log, tmp_path: Path
) -> None:
    folder = tmp_path / "log"
    Log.of(**frames).write(folder)
    more.append(folder)
    seen = []

    def overtaken(manifest: Manifest) -> None:
        seen.append(manifest.parts)
        if len(seen) == 1:
            Log.compact(folder)
        intact(manifest.files, folder)

    assert Log(**opened(folder, overtaken)).events.collect().height == 8
    assert seen == [("base", "2025-06-02"), ("base-2",)]
