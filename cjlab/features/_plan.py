"""All cells of a recipe planned together: shared filters, windows and columns are read once."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab._checks import offset
from cjlab.features._cell import Cell
from cjlab.features._rows import fixed
from cjlab.features._source import Apart
from cjlab.features._span import later
from cjlab.features.kernel import HOWS, ZEROS, Cells, distinct, gather

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import polars as pl
    from numpy.typing import NDArray

    from cjlab.features._rows import Rows
    from cjlab.features._source import Reading, Source
    from cjlab.features._where import Where
    from cjlab.tables import Log

_EVER = np.iinfo(np.int64).min
_BITS = 64
_OF_DAYS = {"days", "gaps", "latest_gaps"}
_FIRST_ZERO = {"days", "sessions", "decayed", "changes"}  # kinds that count in their first number


class _Line(NamedTuple):
    """Where the cells of one group stand, and what they read."""

    cells: NDArray[np.void]
    firsts: NDArray[np.int64]
    blank: NDArray[np.float64]
    running: int
    windows: tuple[str | None, ...]
    numbers: tuple[tuple[str, Reading | None], ...]
    codes: tuple[tuple[str, tuple[str, ...]], ...]


class _Group(NamedTuple):
    """Cells of at most 64 filters."""

    cells: Sequence[Cell]
    wheres: Sequence[Where]
    line: _Line
    slots: Mapping[Cell, int]

    @classmethod
    def of(cls, cells: Sequence[Cell]) -> _Group:
        """Lay them out."""
        wheres = list(dict.fromkeys(cell.where for cell in cells))
        line = _laid_out(sorted(cells, key=lambda cell: cell.window is not None or cell.how == "ages"), wheres)
        slots = {cell: int(slot) for cell, slot in zip(_by_where(cells, wheres), line.cells["slot"], strict=True)}
        return cls(cells, wheres, line, slots)


@dataclass(frozen=True, eq=False)
class Plan:
    """What features are made of that is read of one table, each once.

    Parameters
    ----------
    sources : tuple of Source
        Cells, which are added up together, and what is worked out apart.
    """

    sources: tuple[Source, ...]

    @cached_property
    def needed(self) -> tuple[str, ...]:
        """The columns that are read."""
        return tuple(dict.fromkeys(name for source in self.sources for name in source.needed))

    @cached_property
    def _groups(self) -> list[_Group]:
        cells = [one for one in self.sources if isinstance(one, Cell) and one.how != "distinct"]
        return [_Group.of(group) for group in _groups(cells)]

    def read(
        self, rows: Rows, log: Log, *, customers: pl.Series, as_of: Sequence[dt.datetime]
    ) -> Mapping[Source, NDArray[np.float64]]:
        """Return each source's numbers, ``(customers × dates, width)``, the dates of a customer together."""
        moments = np.array([microseconds(one) for one in as_of], np.int64)
        found: dict[Source, NDArray[np.float64]] = {}
        starts = rows.starts(customers)
        for group in self._groups:
            found |= _gathered(group, rows, starts, as_of, moments)
        for source in self.sources:
            if isinstance(source, Apart):
                found[source] = source.read(rows, log, customers=customers, as_of=as_of)
            elif isinstance(source, Cell) and source.how == "distinct":
                found[source] = _different(source, rows, starts, as_of, moments)
        return found


def _gathered(
    group: _Group,
    rows: Rows,
    starts: NDArray[np.int64],
    as_of: Sequence[dt.datetime],
    moments: NDArray[np.int64],
) -> dict[Source, NDArray[np.float64]]:
    line = group.line
    begins = np.array([[begin(name, one, rows.timezone) for one in as_of] for name in line.windows], np.int64)
    values = fixed(_lines([rows.numbers(*name) for name in line.numbers], np.float64))
    codes = fixed(_lines([rows.codes(*name) for name in line.codes], np.int32))
    days = rows.days if any(cell.how in _OF_DAYS for cell in group.cells) else fixed(np.empty(0, np.int32))
    out = np.empty(((len(starts) - 1) * len(moments) + 1, len(line.blank)))
    gather(
        *(starts, rows.at, rows.known, days, rows.masks(group.wheres), values, codes, moments),
        *(begins.reshape(-1, len(moments)), line.cells, line.firsts, line.blank, line.running, out),
    )
    return {cell: out[:-1, slot : slot + cell.width] for cell, slot in group.slots.items()}


def _lines(columns: Sequence[NDArray[Any]], kind: type) -> NDArray[Any]:
    """Return columns as the lines of one array; a single one is not copied."""
    if not columns:
        return np.empty((0, 0), kind)
    return columns[0][None] if len(columns) == 1 else np.stack(columns)


def _different(
    cell: Cell,
    rows: Rows,
    starts: NDArray[np.int64],
    as_of: Sequence[dt.datetime],
    moments: NDArray[np.int64],
) -> NDArray[np.float64]:
    found = np.zeros((len(starts) - 1) * len(moments))
    begins = np.array([begin(cell.window, one, rows.timezone) for one in as_of], np.int64)
    codes = fixed(rows.identities(cell.code or ""))
    distinct(starts, rows.at, rows.known, rows.masks([cell.where]), 0, codes, moments, begins, found)
    return found[:, None]


def microseconds(moment: dt.datetime) -> int:
    """Return a moment as microseconds since 1970 in UTC."""
    return (moment - dt.datetime(1970, 1, 1, tzinfo=dt.UTC)) // dt.timedelta(microseconds=1)


def _groups(cells: Sequence[Cell]) -> list[list[Cell]]:
    """Part cells so that each part has at most 64 filters."""
    wheres = {where: place // _BITS for place, where in enumerate(dict.fromkeys(cell.where for cell in cells))}
    parts: dict[int, list[Cell]] = {}
    for cell in cells:
        parts.setdefault(wheres[cell.where], []).append(cell)
    return list(parts.values())


def _by_where(group: Sequence[Cell], wheres: Sequence[object]) -> list[Cell]:
    ordered = sorted(group, key=lambda cell: cell.window is not None or cell.how == "ages")
    return sorted(ordered, key=lambda cell: wheres.index(cell.where))


def _laid_out(ordered: Sequence[Cell], wheres: Sequence[object]) -> _Line:
    """Give each cell its place: first those that look back over everything, which are copied together."""
    windows = tuple(dict.fromkeys(window for cell in ordered if (window := _window(cell)) is not None))
    numbers = tuple(dict.fromkeys((cell.number, cell.reading) for cell in ordered if cell.number is not None))
    codes = tuple(dict.fromkeys((cell.code, cell.words) for cell in ordered if cell.code is not None))
    made, running = np.zeros(len(ordered), Cells), 0
    blank: list[float] = []
    slots: dict[Cell, int] = {}
    for cell in ordered:
        slots[cell] = len(blank)
        blank += _blank(cell)
        running = running if _window(cell) is not None else len(blank)
    by_where = sorted(ordered, key=lambda cell: wheres.index(cell.where))
    for row, cell in zip(made, by_where, strict=True):
        window = _window(cell)
        row["how"], row["where"], row["slot"] = HOWS.index(cell.how), wheres.index(cell.where), slots[cell]
        row["window"] = -1 if window is None else windows.index(window)
        row["number"] = -1 if cell.number is None else numbers.index((cell.number, cell.reading))
        row["code"] = -1 if cell.code is None else codes.index((cell.code, cell.words))
        row["width"], row["span"] = cell.width, 0.0 if cell.span is None else _span(cell.span)
    firsts = np.searchsorted(made["where"], np.arange(len(wheres) + 1)).astype(np.int64)
    return _Line(made, firsts, np.array(blank), running, windows, numbers, codes)


def _blank(cell: Cell) -> list[float]:
    """Return what a cell holds before anything happened."""
    nan = float("nan")
    if HOWS.index(cell.how) in ZEROS:
        return [0.0] * cell.width
    if cell.how == "gaps":
        return [0.0, 0.0, 0.0, 0.0, 0.0, nan, nan, nan]
    if cell.how == "moments":
        return [0.0, 0.0, 0.0]
    return [0.0, nan] if cell.how in _FIRST_ZERO else [nan] * cell.width


def _window(cell: Cell) -> str | None:
    """Return how far back a cell looks: bins of age as far as they reach, and as exactly."""
    if cell.how == "ages" and cell.window is None:
        return f"={cell.size}*{cell.span}"
    return cell.window


def _span(text: str) -> float:
    return offset(text, name="span") / dt.timedelta(microseconds=1)


def begin(window: str | None, as_of: dt.datetime, timezone: str) -> int:
    """Return when a window begins; days and weeks are the calendar's, where the brand lives."""
    if window is None:
        return int(_EVER)
    if window.startswith("="):
        size, span = window[1:].split("*")
        return microseconds(as_of) - int(size) * int(_span(span)) + 1
    return microseconds(later(as_of, window, timezone, name="window", back=True))
