"""Records moved as bytes: numpy moves them field by field, at some forty times the cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


def copied(records: NDArray[np.void]) -> NDArray[np.void]:
    """Return records that may be written to."""
    return joined([records], records.dtype)


def chosen(records: NDArray[np.void], which: NDArray[Any]) -> NDArray[np.void]:
    """Return the records at some places, or those for which a flag is set."""
    places = np.flatnonzero(which) if which.dtype == bool else which
    return np.take(records, places)


def joined(parts: Sequence[NDArray[np.void]], kind: np.dtype[np.void]) -> NDArray[np.void]:
    """Return records of one kind behind each other."""
    made, end = np.empty(sum(map(len, parts)), kind), 0
    for part in parts:
        made, end = added(made, end, part)
    return made


def added(room: NDArray[np.void], used: int, records: NDArray[np.void]) -> tuple[NDArray[np.void], int]:
    """Put records behind those that are there, in more room where there is too little; return it, and how many are."""
    end = used + len(records)
    if end > len(room):
        room, _ = added(np.empty(max(2 * len(room), end), room.dtype), 0, room[:used])
    room[used:end].view(np.uint8)[:] = records.view(np.uint8)
    return room, end
