"""Who makes a log holds it: its hidden folder, what it is about, and what was left there."""

from __future__ import annotations

import shutil
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

from cjlab.tables._moment import zone
from cjlab.tables.making._assembly import stage_of
from cjlab.tables.making._begun import begun
from cjlab.tables.making._receipt import NAME as RECEIPT
from cjlab.tables.making._writer import Writer
from cjlab.tables.store import _refusals
from cjlab.tables.store._blame import writable
from cjlab.tables.store._shards import counted
from cjlab.tables.store._stage import locked
from cjlab.tables.store._versions import NAME, VERSION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def writing(folder: Path, *, shards: int, timezone: str, about: str) -> Iterator[Writer]:
    """Hold a log in the making against every other writer; leave nothing where nothing was finished."""
    zone(timezone)
    writer = Writer(folder, counted(shards), timezone)
    stage = stage_of(folder)
    with ExitStack() as held:
        with writable(folder):
            _refusals.occupied(folder)
            stage.mkdir(parents=True, exist_ok=True)
            held.enter_context(locked(stage))
            held.callback(_leave, stage)
            _empty(writer.scratch)
            said = {"version": VERSION, "shards": writer.shards, "timezone": timezone, "about": about}
            begun(stage, said, kind="log")
        yield writer


def _empty(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()


def _leave(stage: Path) -> None:
    """Remove a stage in which nothing was finished."""
    if stage.exists() and not any(stage.glob(f"*/{RECEIPT}")) and not (stage / NAME).exists():
        shutil.rmtree(stage, ignore_errors=True)
