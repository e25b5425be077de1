"""What a description says, as one number that is the same in every process."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import fields, is_dataclass
from hashlib import sha256

_UNDECLARED: tuple[object, ...] = (None, (), {})


def digest(part: object) -> str:
    """Return the SHA-256 of a value's fields, 64 hexadecimal digits; those that are absent or empty play no part.

    Fields count by name, entries of a mapping in their order: the order of personas, channels and the like is part of
    what a world says, for draws fall on their places.
    """
    said = json.dumps(_plain(part), ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return sha256(said.encode("ascii")).hexdigest()


def _plain(part: object) -> object:
    if is_dataclass(part):
        given = {field.name: getattr(part, field.name) for field in fields(part)}
        return [[name, _plain(given[name])] for name in sorted(given) if given[name] not in _UNDECLARED]
    if isinstance(part, dict):
        return [[name, _plain(one)] for name, one in part.items()]
    if isinstance(part, tuple):
        return [_plain(one) for one in part]
    return part.isoformat() if isinstance(part, dt.date) else part
