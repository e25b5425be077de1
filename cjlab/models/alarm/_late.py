"""Columns that were known only after the date of their row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.errors import TableError
from cjlab.models._folds import Times

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import ArrayLike

    from cjlab.models._columns import Columns


def late(known_at: Mapping[str, ArrayLike], times: Times | None, columns: Columns, n: int) -> Iterator[tuple[str, str]]:
    """Yield each column some of whose values were known only at the date of their row or after, and what to say."""
    if known_at and times is None:
        raise TableError("known_at needs dates to compare with: give X the index level or column as_of")
    for name, given in known_at.items():
        columns.place(name)
        when = Times.of(given, n, None)
        if when is None or times is None:
            continue
        too_late = when.at >= times.at
        if too_late.any():
            first = int(np.argmax(too_late))
            yield name, _said(name, int(too_late.sum()), str(when.at[first])[:16], str(times.at[first])[:16])


def _said(name: str, rows: int, known: str, asked: str) -> str:
    return (
        f"column {name!r} was known only at the date of its row or after it in {rows:,} rows, first {known} for "
        f"{asked}; take what was known before"
    )
