"""One of what may be several: a word or a number for a tuple of one."""

from __future__ import annotations

from typing import Any


def several(value: Any) -> Any:  # noqa: ANN401 - what is no list of anything is refused by whose field it is
    """Return a single word or number as a tuple of it, a list as a tuple, and all else as it is."""
    if isinstance(value, str | int | float):
        return (value,)
    return tuple(value) if isinstance(value, list) else value
