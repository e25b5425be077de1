"""What the registry said last, kept beside the files, so that a champion serves on while the registry is away."""

from __future__ import annotations

import datetime as dt
import json
import logging
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from cjlab import _durable
from cjlab.loop.registry._version import Version

if TYPE_CHECKING:
    from pathlib import Path

_FORMAT, _NAME = 1, "known.json"
_logger = logging.getLogger(__name__)


def remember(folder: Path, version: Version) -> None:
    """Keep what was said of a version; where nothing can be written, nothing is kept."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _durable.held(folder):
            rows = [one for one in _read(folder) if one.number != version.number]
            stored = {"format": _FORMAT, "versions": [_written(one) for one in (*rows, version)]}
            _durable.replace(folder / _NAME, json.dumps(stored, indent=1).encode())
    except OSError as wrong:
        _logger.info("%s is not written: %s", folder / _NAME, wrong.strerror)


def recall(folder: Path, which: str | int) -> Version | None:
    """Return the version that had a name or a number when the registry was last asked."""
    rows = [one for one in _read(folder) if which == one.number or which in one.aliases]
    return replace(max(rows, key=lambda one: one.confirmed), cached=True) if rows else None


def _read(folder: Path) -> list[Version]:
    try:
        stored = json.loads((folder / _NAME).read_bytes())
        return [_version(one) for one in stored["versions"]] if stored["format"] == _FORMAT else []
    except (OSError, ValueError, KeyError, TypeError):  # no more than a memory
        return []


def _written(version: Version) -> dict[str, Any]:
    times = {"registered": version.registered.isoformat(), "confirmed": version.confirmed.isoformat()}
    return asdict(version) | times


def _version(stored: dict[str, Any]) -> Version:
    times = {name: dt.datetime.fromisoformat(stored[name]) for name in ("registered", "confirmed")}
    return Version(**{**stored, **times, "aliases": tuple(stored["aliases"])})
