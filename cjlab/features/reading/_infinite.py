"""Numbers without end: a row that holds one is named before anything is made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.errors import TableError
from cjlab.features.reading._cell import Cell
from cjlab.features.reading._filters import Filters
from cjlab.features.reading._window import microseconds

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from cjlab.features.builders._builder import Column
    from cjlab.features.reading._rows import Rows


def refuse_infinite(columns: Iterable[Column], rows: Rows, table: str, last: dt.datetime) -> None:
    """Refuse an infinite number that a feature adds up, of a row that was known before the last date."""
    endless = _endless(rows)
    if not endless:
        return
    told = ((column, cell) for column in columns for cell in column.cells if isinstance(cell, Cell))
    for column, cell in told:
        if cell.where.table != table or cell.number not in endless:
            continue
        places, end = endless[cell.number], microseconds(last)
        asked = Filters((cell.where,)).masks(rows)[places] > 0
        there = places[asked & (rows.at[places] < end) & (rows.known[places] < end)]
        if len(there):
            number = rows.frame[cell.number][int(there[0])]
            raise TableError(
                f"{table}.{cell.number} is {number} in the row of {_row(rows, there[0])}, which feature "
                f"{column.name!r} reads; put a number, or null where it is not known"
            )


def _endless(rows: Rows) -> dict[str, NDArray[np.int64]]:
    """Return the places of infinite numbers, of columns that have some."""
    floats = (name for name, kind in rows.frame.schema.items() if kind.is_float())
    found = {name: rows.frame[name].is_infinite() for name in floats}
    return {name: np.flatnonzero(one.fill_null(value=False).to_numpy()) for name, one in found.items() if one.any()}


def _row(rows: Rows, place: np.int64) -> str:
    whose = rows.owners[int(np.searchsorted(rows.bounds, place, side="right")) - 1]
    return f"customer {whose!r} at {np.datetime64(int(rows.at[place]), 'us')} UTC"
