"""From when on a row was known."""

from __future__ import annotations

import polars as pl


def known(frame: pl.LazyFrame) -> pl.Expr:
    """Return from when on each row was known: when it happened, unless it says later.

    Parameters
    ----------
    frame : polars.LazyFrame
        Rows with a column ``at``, and ``known_at`` perhaps.

    Returns
    -------
    polars.Expr
        The later of both.

    Examples
    --------
    >>> import polars as pl
    >>> from cjlab.tables import known
    >>> told = pl.LazyFrame({"at": [1, 5], "known_at": [3, None]})
    >>> told.filter(known(told) < 3).collect().height, told.filter(known(told) < 6).collect().height
    (0, 2)
    """
    names = frame.collect_schema().names()
    return pl.max_horizontal("at", "known_at") if "known_at" in names else pl.col("at")
