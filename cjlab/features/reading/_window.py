"""Windows: how far back a source looks, and from which moment on that is."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from cjlab._checks import offset
from cjlab.features.reading._cell import Cell
from cjlab.tables import later

if TYPE_CHECKING:
    from cjlab.features.reading._source import Source

_EVER: Final = np.iinfo(np.int64).min


class Watch(NamedTuple):
    """A window that rows leave and, where it is parted into bins, how long one is, in microseconds; 0 where not."""

    window: str
    span: int = 0


def watches_of(source: Source) -> tuple[Watch, ...]:
    """Return what rows leave of one source: its window, and its bins as far as they reach."""
    window = () if source.window is None else (Watch(source.window),)
    if not isinstance(source, Cell) or source.how != "ages" or source.span is None:
        return window
    reaching = window_of(replace(source, window=None))
    return (*window, Watch(reaching or "", int(span(source.span))))


def window_of(cell: Cell) -> str | None:
    """Return how far back a cell looks: bins of age as far as they reach, and as exactly."""
    if cell.how == "ages" and cell.window is None:
        return f"={cell.size}*{cell.span}"
    return cell.window


def reach(window: str) -> float:
    """Return about how far back a window looks, in microseconds."""
    if window.startswith("="):
        size, bin_ = window[1:].split("*")
        return int(size) * span(bin_)
    return span(window)


def span(text: str) -> float:
    """Return a length of time in microseconds."""
    return offset(text, name="span") / dt.timedelta(microseconds=1)


@lru_cache(maxsize=1_024)
def begin(window: str | None, as_of: dt.datetime, timezone: str) -> int:
    """Return when a window begins; days and weeks are the calendar's, where the brand lives."""
    if window is None:
        return int(_EVER)
    if window.startswith("="):
        size, bin_ = window[1:].split("*")
        return microseconds(as_of) - int(size) * int(span(bin_)) + 1
    return microseconds(later(as_of, window, timezone, name="window", back=True))


def microseconds(moment: dt.datetime) -> int:
    """Return a moment as microseconds since 1970 in UTC."""
    return (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)
