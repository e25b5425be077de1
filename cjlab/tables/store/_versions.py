"""Versions of ``log.json``: how each that was ever written is read."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import polars as pl

from cjlab._checks import listed
from cjlab.errors import TableError
from cjlab.tables._moment import zone
from cjlab.tables.erasing._tombstones import Tombstones
from cjlab.tables.store._file import StoredFile, damage, generation, parsed, placed
from cjlab.tables.store._shards import HASH, MOST_SHARDS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    _Fields = dict[str, Any]

NAME = "log.json"
VERSION = 4
_SPOKEN = ("event", "channel", "device")
_PART = re.compile(r"[\w-]+")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def fields_of(stored: object, file: Path) -> _Fields:
    """Return the fields of a manifest of any version, or say what is wrong with it."""
    version = stored.get("version") if isinstance(stored, Mapping) else None
    if not isinstance(stored, Mapping) or type(version) is not int or version not in _READERS:
        known = listed(_READERS).replace(" or ", " and ")
        raise TableError(f"{file} has schema version {version!r}; this cjlab reads versions {known}: update cjlab")
    try:
        return _READERS[version](stored, file)
    except TableError:
        raise
    except KeyError as error:
        raise TableError(f"{file} lacks {error}; restore it from a copy") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise TableError(f"{file} is garbled ({error}); restore it from a copy") from error


def sealed(stored: Mapping[str, Any]) -> dict[str, Any]:
    """Add the digest of all the rest, by which a change by hand or a slip of the disk is noticed."""
    rest = {name: value for name, value in stored.items() if name != "digest"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return {**rest, "digest": sha256(text.encode()).hexdigest()}


def _version_4(stored: Mapping[str, Any], file: Path) -> _Fields:
    erased = stored["erased"]
    if erased is None:
        return _version_3(stored, file)
    digests = frozenset(_distinct(erased["digests"], _DIGEST))
    return _version_3(stored, file) | {"erased": Tombstones(_allowed(erased["key"]), digests)}


def _version_3(stored: Mapping[str, Any], file: Path) -> _Fields:
    learned = stored["learned"]
    return _version_2(stored, file) | {"learned": None if learned is None else _instant(learned)}


def _version_2(stored: Mapping[str, Any], file: Path) -> _Fields:
    if stored["digest"] != sealed(stored)["digest"]:
        raise TableError(f"{file} is not as cjlab wrote it: its digest differs; restore it from a copy")
    fields = _shared(stored)
    files = tuple(_listed(place, entry) for place, entry in stored["files"].items())
    _fit(files, fields)
    received = {_allowed(part, _PART): _allowed(rows, _DIGEST) for part, rows in stored["received"].items()}
    return fields | {"files": files, "received": received}


def _version_1(stored: Mapping[str, Any], file: Path) -> _Fields:
    """Read a manifest that did not name its files: those of its parts that lie there are taken for all."""
    fields = _shared(stored)
    lying = [place for place in placed(file.parent) if generation(place) == 1]  # no later one was ever named there
    places = [place for place in lying if parsed(place)[2] in fields["parts"]]
    _alike(places, file.parent)
    files = tuple(StoredFile.measured(file.parent, place, content=False) for place in places)
    return fields | {"files": files, "received": {}}


def _shared(stored: Mapping[str, Any]) -> _Fields:
    """Read what every version holds."""
    if stored["shards"]["hash"] != HASH:
        raise TableError(f"shards are made by {stored['shards']['hash']!r}; this cjlab knows {HASH!r}: update cjlab")
    vocabularies = stored["vocabularies"]
    return {
        "timezone": zone(stored["timezone"]).key,
        "shards": _whole(stored["shards"]["count"], least=1, most=MOST_SHARDS),
        "parts": _distinct(stored["parts"], _PART),
        "vocabularies": {name: _words(vocabularies[name]) for name in {**dict.fromkeys(_SPOKEN), **vocabularies}},
        "pseudonyms": None if stored["pseudonyms"] is None else _allowed(stored["pseudonyms"]),
    }


def _listed(place: str, entry: Mapping[str, Any]) -> StoredFile:
    rows, size = (_whole(entry[name], least=0) for name in ("rows", "bytes"))
    footer, content = (_allowed(entry[name], _DIGEST) for name in ("footer", "sha256"))
    return StoredFile(place, rows, size, footer, content)


def _fit(files: Sequence[StoredFile], fields: _Fields) -> None:
    """Refuse a file of a shard or a part that there is none of."""
    for file in files:
        if (file.shard or 0) >= fields["shards"] or file.part not in fields["parts"]:
            raise ValueError(file.place)


def _alike(places: Sequence[str], folder: Path) -> None:
    """Refuse files of one part and table whose columns differ: each shard of a part was written with the same."""
    first: dict[tuple[str, str], tuple[str, object]] = {}
    for place in places:
        table, _, part = parsed(place)
        schema = _schema(folder, place)
        like, expected = first.setdefault((table, part), (place, schema))
        if schema != expected:
            raise damage([f"{place} has other columns than {like}"], folder)


def _schema(folder: Path, place: str) -> Mapping[str, pl.DataType]:
    try:
        with (folder / place).open("rb") as opened:
            return pl.read_parquet_schema(opened)
    except OSError as error:
        raise damage([f"{place} cannot be read ({error.strerror})"], folder) from error
    except pl.exceptions.PolarsError as error:
        raise damage([f"{place} is no whole Parquet file"], folder) from error


def _whole(value: object, *, least: int, most: int | None = None) -> int:
    if type(value) is not int or value < least or (most is not None and value > most):
        raise ValueError(f"a number: {value!r}")
    return value


def _allowed(value: object, pattern: re.Pattern[str] | None = None) -> str:
    if not isinstance(value, str) or (pattern and not pattern.fullmatch(value)):
        raise ValueError(f"a text: {value!r}")
    return value


def _instant(value: object) -> dt.datetime:
    when = dt.datetime.fromisoformat(_allowed(value))
    if when.utcoffset() != dt.timedelta(0):
        raise ValueError(f"a moment in UTC: {value!r}")
    return when.astimezone(dt.UTC)


def _distinct(values: object, pattern: re.Pattern[str] | None = None) -> tuple[str, ...]:
    if not isinstance(values, list) or len(set(map(repr, values))) < len(values) or (pattern and not values):
        raise ValueError(f"a list: {values!r}")
    return tuple(_allowed(value, pattern) for value in values)


def _words(values: object) -> tuple[str | None, ...]:
    """Return words by their codes; None where one was forgotten."""
    _distinct([value for value in values if value is not None] if isinstance(values, list) else values)
    return tuple(values) if isinstance(values, list) else ()


_READERS: dict[int, Callable[[Mapping[str, Any], Path], _Fields]] = {
    1: _version_1,
    2: _version_2,
    3: _version_3,
    4: _version_4,
}
