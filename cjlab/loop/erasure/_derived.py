"""Tables in sheets that were made of a log: stored features and states. Those that know a customer go whole."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from typing import TYPE_CHECKING, Final

import polars as pl

from cjlab._durable import held, settle
from cjlab.loop.erasure._snapshots import among

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_SHEAF: Final = "sheaf.json"
_GOING: Final = ".erased"
_UNFINISHED: Final = ".unfinished"
_PERSONS: Final = ("customer_id", "person")


def derived(places: Iterable[Path], customers: frozenset[str]) -> list[Path]:
    """List the tables in sheets below some folders that know a customer, or of which it cannot be told."""
    folders = sorted({folder for place in places for folder in _folders(place)})
    return [folder for folder in folders if any(_knows(file, customers) for file in _sheets(folder))]


def outdated(place: Path, when: dt.datetime) -> list[Path]:
    """List states, which hold rows of a log, and tables of features of before a moment."""
    return sorted(folder for folder in _folders(place) if _is_outdated(folder, when))


def _is_outdated(folder: Path, when: dt.datetime) -> bool:
    try:
        about = json.loads((folder / _SHEAF).read_bytes())["about"]
    except (FileNotFoundError, ValueError, KeyError):  # nobody finished it
        return True
    dates = about.get("as_of", [])
    if "state" in about or not isinstance(dates, list) or not dates:
        return True
    return max(dt.datetime.fromisoformat(one) for one in dates) < when


def remove(folder: Path) -> None:
    """Remove a folder: its name goes first, so that no half of it is taken for it."""
    going = folder.with_name(f".{folder.name.removeprefix('.')}{_GOING}")
    if folder.name.endswith(_UNFINISHED):
        with held(folder):  # until whoever makes it has finished, or is found dead
            folder.rename(going)
    else:
        folder.rename(going)
    settle(folder.parent)
    shutil.rmtree(going)


def sweep(places: Iterable[Path]) -> None:
    """Finish what an eraser left who died."""
    for place in places:
        for going in sorted(place.rglob(f".*{_GOING}")):
            shutil.rmtree(going)


def _folders(place: Path) -> Iterator[Path]:
    yield from (file.parent for file in place.rglob(_SHEAF))
    yield from (one for one in place.rglob(f".*{_UNFINISHED}") if one.is_dir())


def _sheets(folder: Path) -> list[Path]:
    """List the sheets, without what lies beside them: rows of the same customers, whom the sheet names."""
    found = [*folder.glob("shard=*.parquet"), *folder.glob("shard=*.arrow")]
    return [file for file in found if file.name.count(".") == 1]


def _knows(file: Path, customers: frozenset[str]) -> bool:
    scan = pl.scan_ipc if file.suffix == ".arrow" else pl.scan_parquet
    frame = scan(file, hive_partitioning=False, glob=False)
    persons = [name for name in frame.collect_schema().names() if name in _PERSONS]
    if not persons:
        return True
    return bool(frame.select(pl.any_horizontal(among(customers, name) for name in persons).any()).collect().item())
