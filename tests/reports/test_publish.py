"""Publishing and sweeping: one rename, a marker in a name, and nothing of the living touched."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import psutil
import pytest

from cjlab.reports import _publish, _scratch

if TYPE_CHECKING:
    from pathlib import Path

KEY = "0123abcd"
NAME = f"2026-11-22-{KEY}"


def made(shelf: Path, number: int = 0) -> Path:
    folder = shelf / f".made-{number}"
    folder.mkdir()
    (folder / "manifest.json").write_text(str(number))
    return folder


def names(shelf: Path) -> list[str]:
    return sorted(path.name for path in shelf.iterdir() if not path.name.startswith("."))


def test_the_first_of_a_key_is_published_and_the_second_dropped(tmp_path: Path) -> None:
    first = _publish.publish(made(tmp_path, 1), tmp_path, NAME, again=False)
    second = _publish.publish(made(tmp_path, 2), tmp_path, NAME, again=False)
    assert first == second
    assert (first.folder / "manifest.json").read_text() == "1"


def test_a_key_is_found_whatever_the_day(tmp_path: Path) -> None:
    first = _publish.publish(made(tmp_path, 1), tmp_path, NAME, again=False)
    assert _publish.publish(made(tmp_path, 2), tmp_path, f"2027-01-01-{KEY}", again=False) == first


def test_again_counts_on(tmp_path: Path) -> None:
    for number in range(11):
        _publish.publish(made(tmp_path, number), tmp_path, NAME, again=True)
    assert names(tmp_path) == sorted([NAME, *(f"{NAME}-{n}" for n in range(2, 12))])
    assert [one.folder.name for one in _publish.published(tmp_path, KEY)][-1] == f"{NAME}-11"


def test_many_at_once_lose_nothing(tmp_path: Path) -> None:
    folders = [made(tmp_path, number) for number in range(20)]
    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(lambda one: _publish.publish(one, tmp_path, NAME, again=True), folders))
    assert len({record.folder for record in done}) == 20
    assert {(record.folder / "manifest.json").read_text() for record in done} == set(map(str, range(20)))


def test_a_failure_gives_way_to_the_next_and_to_success(tmp_path: Path) -> None:
    _publish.leave(made(tmp_path, 1), tmp_path, f"2026-11-21-{KEY}")
    _publish.leave(made(tmp_path, 2), tmp_path, NAME)
    assert names(tmp_path) == [f"{NAME}-incomplete"]
    assert _publish.published(tmp_path, KEY) == []
    _publish.publish(made(tmp_path, 3), tmp_path, NAME, again=False)
    assert names(tmp_path) == [NAME]


def test_other_troubles_of_the_disk_are_not_hidden(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="nowhere"):
        _publish.publish(tmp_path / "nowhere", tmp_path, NAME, again=False)


def _dead_marker(parent: Path, *, started_off: int = 0) -> Path:
    """Make a folder as a process that is gone would have left it."""
    gone = subprocess.Popen([sys.executable, "-c", ""])
    started = int(psutil.Process(gone.pid).create_time()) + started_off
    gone.wait()
    left = parent / f".cjlab-{_scratch._host()}-{gone.pid}-{started}-x"
    left.mkdir()
    return left


def test_a_scratch_folder_is_gone_when_it_is_left(tmp_path: Path) -> None:
    with _scratch.folder(tmp_path) as folder:
        (folder / "half").write_text("x")
        _scratch.sweep(tmp_path.parent)
        assert folder.exists()  # its process lives
    assert list(tmp_path.iterdir()) == []


def test_leftovers_are_swept_only_when_their_process_is_gone(tmp_path: Path) -> None:
    shelf = tmp_path / "toy"
    shelf.mkdir()
    left = _dead_marker(shelf)
    alive = int(psutil.Process().create_time())
    recycled = shelf / f".cjlab-{_scratch._host()}-{os.getpid()}-{alive - 1000}-x"  # the number of another, earlier
    elsewhere = shelf / f".cjlab-ffffff-{os.getpid()}-{alive - 1000}-x"  # another host may share the disk
    foreign = shelf / ".something"
    for folder in (recycled, elsewhere, foreign):
        folder.mkdir()
    _scratch.sweep(tmp_path)
    assert not left.exists()
    assert not recycled.exists()
    assert elsewhere.exists()
    assert foreign.exists()
