"""The total order of a table's rows: by whose and when it is, then by all the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab.tables._schema import SCHEMA

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def ordering(columns: Iterable[str], table: str) -> list[str]:
    """Return the columns by which the rows of a table are ordered first: whose and when it is."""
    present = set(columns)
    return [name for name in SCHEMA["events" if table == "unassigned" else table].order if name in present]


def total(columns: Sequence[str], table: str) -> list[str]:
    """Return all columns in the order in which they order the rows."""
    return list(dict.fromkeys([*ordering(columns, table), *columns]))


def behind(order: Sequence[str]) -> pl.Expr:
    """Tell of each row whether the one before it should come after it; nulls come last."""
    wrong = pl.lit(value=False)
    for name in reversed(order):
        row, before = pl.col(name), pl.col(name).shift()
        less = (row < before).fill_null(before.is_null() & row.is_not_null())
        wrong = less | (row.eq_missing(before) & wrong)
    return wrong & (pl.int_range(pl.len()) > 0)


def arranged(rows: pl.DataFrame, table: str) -> pl.DataFrame:
    """Return rows in their total order: whose and when it is, then the remaining columns; nulls come last.

    Of rows that come by whose and when it is, only ties are out of order, and only they are sorted.

    Parameters
    ----------
    rows : polars.DataFrame
        Rows of a table of a log.
    table : str
        Which table.

    Returns
    -------
    polars.DataFrame
        The same rows.

    Examples
    --------
    >>> import polars as pl
    >>> from cjlab.tables import arranged
    >>> arranged(pl.DataFrame({"customer_id": [2, 1], "joined": [None, None]}), "customers")["customer_id"].to_list()
    [1, 2]
    """
    first, every = ordering(rows.columns, table), total(rows.columns, table)
    if not first or rows.select(behind(first).any()).item():
        return rows.sort(every, nulls_last=True)
    ties = rows.select(_tied(first)).to_series()
    if not len(ties):
        return rows
    turned = rows[ties].select(pl.arg_sort_by(every, nulls_last=True)).to_series()
    return rows[pl.int_range(rows.height, dtype=pl.UInt32, eager=True).scatter(ties, ties.gather(turned))]


def _tied(first: Sequence[str]) -> pl.Expr:
    """Return the places of rows that have the same owner and time as a neighbour."""
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in first)
    after = same & (pl.int_range(pl.len()) > 0)
    return pl.arg_where(after | after.shift(-1, fill_value=False))
