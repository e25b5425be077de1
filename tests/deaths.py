"""Dying at every change of the disk: what a test asks for that something is whole or not there."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Deaths = Callable[..., Iterator[Path]]

_REMOVALS = {"os.remove", "os.rmdir"}
_TOUCHES = {"os.mkdir", "os.rename", *_REMOVALS}


class Death(BaseException):
    """The process is no more: not even its clean-up runs."""


@dataclass
class Reaper:
    """Watches what Python changes below a folder, and dies at the n-th change and at every later one."""

    folder: str = ""
    lives: int = 0

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        """See an audit event (PEP 578)."""
        if not self.folder:
            return
        written = event == "open" and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        here = str(arguments[0]).startswith(self.folder) if written or event in _TOUCHES else False
        if here or (event in _REMOVALS and arguments[1] >= 0):  # named from within a tree that is removed
            self.count()

    def count(self) -> None:
        """See a change, and die if it was one too many."""
        self.lives -= 1
        if self.lives < 0:
            raise Death


@pytest.fixture(scope="session")
def reaper() -> Reaper:
    """Hook a reaper into Python, which keeps it for ever; without a folder it sleeps."""
    reaper = Reaper()
    sys.addaudithook(reaper)
    return reaper


@pytest.fixture
def deaths(reaper: Reaper, tmp_path: Path) -> Deaths:
    """Do something in fresh folders, dying one change later each time, until it lives."""

    def die(act: Callable[[Path], object], before: Path | None = None) -> Iterator[Path]:
        for lives in range(1_000):
            home = tmp_path / f"home {lives}"
            home.mkdir()
            if before:
                shutil.copytree(before, home / "log")
            reaper.lives, reaper.folder = lives, str(home)
            try:
                act(home / "log")
            except Death:
                reaper.folder = ""
                yield home
            else:
                reaper.folder = ""
                assert lives > 5  # it was watched
                return

    return die
