"""The total order of a table's rows: by whose and when it is, then by all the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab.tables.contract._schema import SCHEMA

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

    Of rows that come by whose and when it is, only ties are out of order, and only they are sorted; what is in order
    already is not copied.

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
    if rows.height < 2:  # noqa: PLR2004 - an order needs two
        return rows
    first, every = ordering(rows.columns, table), total(rows.columns, table)
    found = rows.select(behind=behind(first).any(), ties=_tied(first).implode()) if first else None
    if found is None or found["behind"].item():
        return rows.sort(every, nulls_last=True)
    ties = found["ties"].item()
    if not len(ties):
        return rows
    near = rows[ties]
    turned = near.sort(every, nulls_last=True)
    others = [name for name in rows.columns if not _same(near[name], turned[name])]
    return rows.with_columns(_set(rows[name], ties, turned[name]) for name in others)


def _same(before: pl.Series, after: pl.Series) -> bool:
    """Tell whether values are still where they were, to the last bit: the two zeros are equal, and not the same."""
    if before.dtype.is_nested():
        return before.null_count() == len(before)
    return before.equals(after) and not (before.dtype.is_float() and (before == 0).any())


def _set(values: pl.Series, places: pl.Series, found: pl.Series) -> pl.Series:
    """Set values at some places; nested ones cannot be set, so they are taken from both."""
    if not values.dtype.is_nested():
        return values.scatter(places, found)
    order = pl.int_range(len(values), eager=True)
    return pl.concat([values, found]).gather(order.scatter(places, pl.int_range(len(found), eager=True) + len(values)))


def _tied(first: Sequence[str]) -> pl.Expr:
    """Return the places of rows that have the same owner and time as a neighbour."""
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in first)
    after = same & (pl.int_range(pl.len()) > 0)
    return pl.arg_where(after | after.shift(-1, fill_value=False))
