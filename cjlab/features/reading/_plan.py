"""All cells of a recipe planned together: shared filters, windows and columns are read once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab.features.kernel import COUNTED, HOWS, ZEROS, Cells, changing, distinct, gather
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._filters import BITS, Filters
from cjlab.features.reading._rows import fixed
from cjlab.features.reading._source import Apart
from cjlab.features.reading._window import Watch, begin, microseconds, reach, span, watches_of, window_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    import polars as pl
    from numpy.typing import NDArray

    from cjlab.features.reading._rows import Rows
    from cjlab.features.reading._source import Reading, Source
    from cjlab.features.reading._where import Where
    from cjlab.tables import Log

_OF_DAYS = {"days", "gaps", "latest_gaps", "later_sum"}
_FIRST_ZERO = {"days", "sessions", "decayed", "changes", "later_sum"}  # kinds that count in their first number


class Share(NamedTuple):
    """Some of the sources of a plan: where they stand among all, and the plan of them alone."""

    places: tuple[int, ...]
    plan: Plan


class _Line(NamedTuple):
    """Where the cells of one group stand, and what they read."""

    counted: tuple[NDArray[np.void], NDArray[np.int64]]
    cells: tuple[NDArray[np.void], NDArray[np.int64]]
    blank: NDArray[np.float64]
    running: int
    windows: tuple[str | None, ...]
    numbers: tuple[tuple[str, Reading | None], ...]
    codes: tuple[tuple[str, tuple[str, ...]], ...]


class _Group(NamedTuple):
    """Cells of at most 64 filters."""

    filters: Filters
    of_days: np.uint64
    line: _Line
    slots: Sequence[tuple[int, slice]]

    @classmethod
    def of(cls, places: Sequence[int], cells: Sequence[Cell]) -> _Group:
        """Lay them out, and remember which slots are whose."""
        filters = Filters(tuple(dict.fromkeys(cell.where for cell in cells)))
        of_days = filters.bits([cell.where for cell in cells if cell.how in _OF_DAYS])
        line, begins = _laid_out(cells, filters.wheres)
        slots = [slice(first, first + cell.width) for cell, first in zip(cells, begins, strict=True)]
        return cls(filters, of_days, line, list(zip(places, slots, strict=True)))


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
        cells = {
            place: one for place, one in enumerate(self.sources) if isinstance(one, Cell) and one.how != "distinct"
        }
        return [_Group.of(places, [cells[place] for place in places]) for places in _parts(cells)]

    @cached_property
    def _distinct(self) -> list[tuple[Filters, dict[int, Cell]]]:
        cells = {
            place: one for place, one in enumerate(self.sources) if isinstance(one, Cell) and one.how == "distinct"
        }
        parts = [{place: cells[place] for place in places} for places in _parts(cells)]
        return [(Filters(tuple(dict.fromkeys(one.where for one in part.values()))), part) for part in parts]

    def read(
        self, rows: Rows, log: Log, *, customers: pl.Series, as_of: Sequence[dt.datetime]
    ) -> list[NDArray[np.float64]]:
        """Return each source's numbers, ``(customers × dates, width)``, the dates of a customer together."""
        moments = np.array([microseconds(one) for one in as_of], np.int64)
        found: dict[int, NDArray[np.float64]] = {}
        starts = rows.starts(customers)
        for group in self._groups:
            found |= _gathered(group, rows, starts, as_of, moments)
        for filters, cells in self._distinct:
            found |= _different(filters, cells, rows, starts, as_of)
        for place, source in enumerate(self.sources):
            if isinstance(source, Apart):
                found[place] = source.read(rows, log, customers=customers, as_of=as_of)
        return [found[place] for place in range(len(self.sources))]

    @cached_property
    def steady(self) -> Share:
        """The sources whose numbers change only as rows come, or leave a window or a bin of one."""
        return self._share(dated=False)

    @cached_property
    def dated(self) -> Share:
        """The sources whose numbers may change with every date."""
        return self._share(dated=True)

    def _share(self, *, dated: bool) -> Share:
        told = enumerate(self.sources)
        places = tuple(place for place, one in told if (isinstance(one, Apart) and one.dated) == dated)
        return Share(places, Plan(tuple(self.sources[place] for place in places)))

    @cached_property
    def watches(self) -> tuple[Watch, ...]:
        """The windows, and their bins, that rows leave."""
        return tuple(dict.fromkeys(watch for one in self.steady.plan.sources for watch in watches_of(one)))

    @cached_property
    def _watched(self) -> list[tuple[Filters, NDArray[np.uint64]]]:
        """Return the filters of sources, and which of them are asked of each watch."""
        steady, made = self.steady.plan.sources, []
        for part in _parts(dict(enumerate(steady))):
            sources = [steady[place] for place in part]
            filters = Filters(tuple(dict.fromkeys(one.where for one in sources)))
            told = [[one.where for one in sources if watch in watches_of(one)] for watch in self.watches]
            made.append((filters, np.array([filters.bits(wheres) for wheres in told], np.uint64)))
        return made

    def changing(self, rows: Rows, starts: NDArray[np.int64], as_of: dt.datetime) -> NDArray[np.int64]:
        """Return when numbers will change, ``(customers, watches + 1)``: for each watch, and with the next row."""
        found = np.full((len(starts) - 1, len(self.watches) + 1), np.iinfo(np.int64).max)
        begins = np.array([begin(one.window, as_of, rows.timezone) for one in self.watches], np.int64)
        spans = np.array([one.span for one in self.watches], np.int64)
        for filters, asked in self._watched:
            masks = filters.masks(rows)
            changing(*(starts, rows.at, rows.known, masks, asked, spans, microseconds(as_of), begins, found))
        return found

    def kept(self, rows: Rows) -> NDArray[np.bool_]:
        """Tell which rows any source is made of, whatever their items are."""
        found = np.zeros(len(rows.at), np.bool_)
        for filters in self._kept:
            found |= filters.masks(rows) > 0
        return found

    @cached_property
    def _kept(self) -> list[Filters]:
        wheres = tuple(dict.fromkeys(replace(one.where, category=None) for one in self.sources))
        return [Filters(wheres[place : place + BITS]) for place in range(0, len(wheres), BITS)]


def _gathered(
    group: _Group,
    rows: Rows,
    starts: NDArray[np.int64],
    as_of: Sequence[dt.datetime],
    moments: NDArray[np.int64],
) -> dict[int, NDArray[np.float64]]:
    line, masks = group.line, group.filters.masks(rows)
    begins = np.array([[begin(name, one, rows.timezone) for one in as_of] for name in line.windows], np.int64)
    begins = begins.reshape(-1, len(moments))
    nested = bool((np.diff(begins, axis=0) >= 0).all())
    values = fixed(_lines([rows.numbers(*name) for name in line.numbers], np.float64))
    codes = fixed(_lines([rows.codes(*name) for name in line.codes], np.int32))
    days = rows.days_of(masks, group.of_days) if group.of_days else fixed(np.empty(0, np.int32))
    out = np.empty(((len(starts) - 1) * len(moments) + 1, len(line.blank)))
    gather(
        *(starts, rows.at, rows.known, days, masks, values, codes, moments),
        *(begins, nested, *line.counted, *line.cells, line.blank, line.running, out),
    )
    return {place: out[:-1, slots] for place, slots in group.slots}


def _lines(columns: Sequence[NDArray[Any]], kind: type) -> NDArray[Any]:
    """Return columns as the lines of one array; a single one is not copied."""
    if not columns:
        return np.empty((0, 0), kind)
    return columns[0][None] if len(columns) == 1 else np.stack(columns)


def _different(
    filters: Filters,
    cells: Mapping[int, Cell],
    rows: Rows,
    starts: NDArray[np.int64],
    as_of: Sequence[dt.datetime],
) -> dict[int, NDArray[np.float64]]:
    masks, moments = filters.masks(rows), np.array([microseconds(one) for one in as_of], np.int64)
    codes = {name: fixed(rows.identities(name)) for name in dict.fromkeys(one.code or "" for one in cells.values())}
    made = {}
    for place, cell in cells.items():
        found = np.zeros((len(starts) - 1) * len(moments))
        begins = np.array([begin(cell.window, one, rows.timezone) for one in as_of], np.int64)
        bit, told = filters.wheres.index(cell.where), codes[cell.code or ""]
        distinct(starts, rows.at, rows.known, masks, bit, told, moments, begins, found)
        made[place] = found[:, None]
    return made


def _parts(cells: Mapping[int, Cell] | Mapping[int, Source]) -> list[list[int]]:
    """Part cells, or other sources, so that each part has at most 64 filters."""
    wheres = {where: place // BITS for place, where in enumerate(dict.fromkeys(one.where for one in cells.values()))}
    parts: dict[int, list[int]] = {}
    for place, cell in cells.items():
        parts.setdefault(wheres[cell.where], []).append(place)
    return list(parts.values())


def _laid_out(cells: Sequence[Cell], wheres: Sequence[Where]) -> tuple[_Line, list[int]]:
    """Give each cell its slot: first those that look back over everything, which are copied together."""
    windows = sorted({one for cell in cells if (one := window_of(cell)) is not None}, key=reach, reverse=True)
    ranks: dict[str | None, int] = {None: -1} | {window: rank for rank, window in enumerate(windows)}
    numbers = tuple(dict.fromkeys((cell.number, cell.reading) for cell in cells if cell.number is not None))
    codes = tuple(dict.fromkeys((cell.code, cell.words) for cell in cells if cell.code is not None))
    slots, blank, running = [0] * len(cells), list[float](), 0
    for place in sorted(range(len(cells)), key=lambda place: window_of(cells[place]) is not None):
        slots[place] = len(blank)
        blank += _blank(cells[place])
        running = running if window_of(cells[place]) is not None else len(blank)
    told = [
        (
            *(HOWS.index(cell.how), wheres.index(cell.where), ranks[window_of(cell)]),
            -1 if cell.number is None else numbers.index((cell.number, cell.reading)),
            -1 if cell.code is None else codes.index((cell.code, cell.words)),
            *(slot, cell.width, 0.0 if cell.span is None else span(cell.span)),
        )
        for cell, slot in zip(cells, slots, strict=True)
    ]
    counted, others = (_by_filter(told, len(wheres), counted=flag) for flag in (True, False))
    return _Line(counted, others, np.array(blank), running, tuple(windows), numbers, codes), slots


def _by_filter(
    told: Sequence[tuple[Any, ...]], wheres: int, *, counted: bool
) -> tuple[NDArray[np.void], NDArray[np.int64]]:
    """Return the cells that are counted, or those that are not, by filter and window, and where each filter's begin."""
    mine = sorted((one for one in told if (one[0] in COUNTED) == counted), key=itemgetter(1, 2))
    made = np.array(mine, Cells)
    return made, np.searchsorted(made["where"], np.arange(wheres + 1)).astype(np.int64)


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
