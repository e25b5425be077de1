"""A writer that dies at any moment leaves the log before or the log after, and nothing for ever."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
import pytest

from cjlab.errors import TableError
from cjlab.tables import Log, shard_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.deaths import Deaths


def _files(folder: Path) -> set[str]:
    return {str(file.relative_to(folder)) for file in folder.rglob("*")}


@pytest.fixture
def log(frames: Mapping[str, pl.DataFrame]) -> Log:
    """Make a log of two tables in two shards."""
    return Log.of(events=frames["events"], customers=frames["customers"])


@pytest.fixture
def day(frames: Mapping[str, pl.DataFrame]) -> Log:
    """Make one more day of it."""
    return Log.of(events=frames["events"].with_columns(pl.col("at").dt.offset_by("30d")), items=frames["items"])


def test_a_log_is_written_whole_or_not_at_all(log: Log, deaths: Deaths) -> None:
    for home in deaths(lambda place: log.write(place, shards=2)):
        if (home / "log").exists():
            assert Log.verify(home / "log").fingerprint() == log.fingerprint()
        else:
            assert log.write(home / "log", shards=2).fingerprint() == log.fingerprint()
            assert [one.name for one in home.iterdir()] == ["log"]


def test_an_increment_is_added_whole_or_not_at_all(log: Log, day: Log, tmp_path: Path, deaths: Deaths) -> None:
    log.write(tmp_path / "before", shards=2)
    shutil.copytree(tmp_path / "before", tmp_path / "after")
    said = {Log.read(tmp_path / "before").fingerprint(): False, day.append(tmp_path / "after").fingerprint(): True}
    for home in deaths(day.append, tmp_path / "before"):
        done = said[Log.verify(home / "log").fingerprint()]
        if done:
            with pytest.raises(TableError, match="holds these very rows already, as its part 2025-06-02"):
                day.append(home / "log")
        else:
            assert said[day.append(home / "log").fingerprint()]
        assert said[Log.verify(home / "log").fingerprint()]
        assert _files(home) == {"log", *(f"log/{file}" for file in _files(tmp_path / "after"))}


def test_folding_loses_and_doubles_nothing(log: Log, day: Log, tmp_path: Path, deaths: Deaths) -> None:
    log.write(tmp_path / "before", shards=2)
    said = day.append(tmp_path / "before").fingerprint()
    shutil.copytree(tmp_path / "before", tmp_path / "after")
    Log.compact(tmp_path / "after")
    grown = day.append(tmp_path / "after", again=True).fingerprint()
    folded = set()
    for home in deaths(Log.compact, tmp_path / "before"):
        assert Log.verify(home / "log").fingerprint() == said
        folded.add(len(json.loads((home / "log/log.json").read_text())["parts"]))
        assert Log.compact(home / "log").fingerprint() == said
        assert day.append(home / "log", again=True).fingerprint() == grown
        assert Log.verify(home / "log").fingerprint() == grown
        assert _files(home) == {"log", *(f"log/{file}" for file in _files(tmp_path / "after"))}
    assert folded == {1, 2}  # deaths before the commit and after it


def test_the_oldest_version_is_taken_along_whole_or_not_at_all(version_1: Path, deaths: Deaths) -> None:
    more = Log.of(items=pl.DataFrame({"item": [2]}), timezone="Europe/Paris")
    said, versions = {Log.read(version_1).fingerprint()}, set()
    for home in deaths(more.append, version_1):
        before = Log.verify(home / "log")
        versions.add(json.loads((home / "log/log.json").read_text())["version"])
        grown = more.append(home / "log") if before.items.collect().height == 1 else before
        said.add(grown.fingerprint())
        assert grown.items.collect().height == 2
        said.add(Log.compact(home / "log").fingerprint())
        assert Log.verify(home / "log").items.collect().height == 2
    assert versions == {1, 4}
    assert len(said) == 2


def test_a_log_in_the_making_is_gone_on_with_wherever_it_was_left(
    frames: Mapping[str, pl.DataFrame], deaths: Deaths
) -> None:
    people = frames["customers"]
    where = shard_of(people["customer_id"].to_numpy(), count=2)
    events = [frames["events"].filter(pl.col("customer_id") == 1), frames["events"].filter(pl.col("customer_id") != 1)]
    events[0] = pl.concat([events[0], frames["events"].filter(pl.col("customer_id").is_null())])
    shards = [Log.of(events=events[n], customers=people.filter(pl.Series(where == n))) for n in range(2)]
    log = Log.of(events=frames["events"], customers=people, items=frames["items"])

    def make(place: Path) -> None:
        with Log.writer(place, shards=2) as writer:
            for shard in writer.missing:
                writer.add(shard, shards[shard])
            writer.finish(Log.of(items=frames["items"]))

    kept = set()
    for home in deaths(make):
        if not (home / "log").exists():
            stage = home / ".log.unfinished"
            kept.add(sum((stage / f"shard=000{n}/receipt.json").exists() for n in range(2)))
            make(home / "log")
        assert Log.verify(home / "log").fingerprint() == log.fingerprint()
        assert [one.name for one in home.iterdir()] == ["log"]
    assert kept == {0, 1, 2}


_KILLED = """
import os, sys
import polars as pl
from cjlab.errors import TableError
from cjlab.tables import Log

def die(event, arguments):
    if event == "os.rename" and str(arguments[0]).endswith(".part"):
        os.kill(os.getpid(), 9)

sys.addaudithook(die)
Log.of(items=pl.DataFrame({"item": [1]})).write(sys.argv[1])
"""


def test_what_a_killed_writer_left_is_swept_by_the_next(log: Log, tmp_path: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", _KILLED, tmp_path / "log"], check=False, cwd=Path(__file__).parents[2]
    )
    assert killed.returncode == -9
    (left,) = tmp_path.iterdir()
    assert left.name.startswith(".log.")
    log.write(tmp_path / "log")
    assert [one.name for one in tmp_path.iterdir()] == ["log"]
