"""What was left of each item, as it was last told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from cjlab.tables._known import known

if TYPE_CHECKING:
    import datetime as dt


def left(states: pl.LazyFrame, when: dt.datetime) -> pl.LazyFrame:
    """Return what was left of each item, in each place, when it was told last before a moment.

    Of several states of one moment the lowest counts: what is promised must be there.

    Parameters
    ----------
    states : polars.LazyFrame
        Rows with ``item``, ``at`` and ``stock``, and ``place`` and ``known_at`` perhaps, such as a log's
        ``item_states``.
    when : datetime
        Nothing at or after it, or known later, is read.

    Returns
    -------
    polars.LazyFrame
        ``item``, ``place`` where there are places, and ``stock``: null where the last state does not tell it. Rows
        without a stock that shall not count, such as those of prices alone, are to be left out before.

    Examples
    --------
    >>> import polars as pl
    >>> from cjlab.tables import left
    >>> states = pl.LazyFrame({"item": ["mug", "mug", "mug"], "at": [1, 2, 2], "stock": [9.0, 5.0, 3.0]})
    >>> left(states, 2).collect().rows(), left(states, 3).collect().rows()
    ([('mug', 9.0)], [('mug', 3.0)])
    """
    place = ["place"] if "place" in states.collect_schema() else []
    past = states.filter(known(states) < when)
    last = past.filter(pl.col("at") == pl.col("at").max().over("item", *place))
    return last.group_by("item", *place).agg(pl.col("stock").min())
