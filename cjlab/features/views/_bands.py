"""Customers in bands of a number, and in the words of a field: shares with their intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from cjlab.features._estimates import share
from cjlab.features._span import before

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    import pandas as pd
    from numpy.typing import ArrayLike

    from cjlab.features._estimates import Ends
    from cjlab.tables import Log

COLUMNS: Final = ["customers", "share", "low", "high"]
_WORDS: Final = 8
_REPLICATES: Final = 400


def banded(values: ArrayLike, edges: Sequence[float]) -> pd.DataFrame:
    """Return a line a band, ``(from, to]`` of rising edges and the last without end; missing values in none of them."""
    import pandas as pd

    known = np.asarray(values, np.float64)
    known = known[~np.isnan(known)]
    place = np.searchsorted(np.asarray(edges[1:]), known, side="left")
    lines = [[float((place == band).sum()), *share(place == band)] for band in range(len(edges))]
    index = pd.MultiIndex.from_arrays([list(edges), [*edges[1:], np.inf]], names=["above", "most"])
    return pd.DataFrame(lines, columns=COLUMNS, index=index)


def field(log: Log, end: dt.datetime, customers: int) -> tuple[str, pd.DataFrame]:
    """Return the field of profiles that is known of most customers and has at least two words, and its words.

    Of fields known of as many, one that customers declared comes first. The last word told before the moment counts;
    fields of more than 60 words are taken for no categories. Words beyond the eighth are "other" together. Without
    such a field the name is empty.
    """
    import pandas as pd

    nothing = pd.DataFrame(columns=COLUMNS)
    if log.profiles is None or not customers:
        return "", nothing
    rows = before(log.profiles, end).with_columns(pl.col("field", "value").cast(pl.String)).drop_nulls("value")
    last = (
        rows.sort("customer_id", "field", "at").group_by("customer_id", "field", maintain_order=True).last().collect()
    )
    who = pl.col("source").cast(pl.String) if "source" in last.columns else pl.lit("")
    told = last.group_by("field").agg(n=pl.len(), words=pl.col("value").n_unique(), declared=(who == "declared").any())
    told = told.filter(pl.col("words").is_between(2, 60)).sort("n", "declared", "field", descending=[True, True, False])
    if not told.height:
        return "", nothing
    name = str(told["field"][0])
    values = last.filter(field=name)["value"]
    counts = values.value_counts(sort=True).sort("count", "value", descending=[True, False])
    kept = counts["value"].head(_WORDS).to_list()
    if len(counts) > _WORDS:
        kept = kept[:-1]
    words = values.replace_strict(kept, kept, default="other")
    order = [*kept, *(["other"] if len(counts) > _WORDS else [])]
    lines = [[float((words == word).sum()), *share((words == word).to_numpy())] for word in order]
    return name, pd.DataFrame(lines, columns=COLUMNS, index=pd.Index(order, name=name))


def channels(log: Log, end: dt.datetime, customers: Sequence[object]) -> pd.DataFrame:
    """Return what share of customers did anything through each channel, answers by machines left aside."""
    import pandas as pd

    rows = before(log.events, end)
    if "machine" in rows.collect_schema().names():
        rows = rows.filter(~pl.col("machine").fill_null(value=False))
    done = rows.filter(~pl.col("event").cast(pl.String).is_in(["delivered", "bounced", "sent"]))
    found = done.select("customer_id", channel=pl.col("channel").cast(pl.String)).unique().collect()
    people, lines = pl.Series(customers), {}
    for channel in sorted(found["channel"].drop_nulls().unique()):
        mine = people.is_in(found.filter(channel=channel)["customer_id"].implode())
        lines[channel] = [float(mine.sum()), *share(mine.to_numpy())]
    made = pd.DataFrame.from_dict(lines, orient="index", columns=COLUMNS).rename_axis("channel")
    return made.sort_values(["share"], ascending=False, kind="stable")


def concentration(spent: ArrayLike, *, best: float = 0.1, seed: int = 0) -> tuple[Ends, pd.DataFrame]:
    """Return what part of all spending is that of the best customers, with its interval, and the whole curve.

    The interval is the percentile one of 400 resamples of customers. The curve has 101 points: the best so many per
    cent of customers, and their part.
    """
    import pandas as pd

    values = -np.sort(-np.asarray(spent, np.float64))
    if values.size < 2 or values.sum() <= 0:  # noqa: PLR2004 - a share needs two
        return (float("nan"),) * 3, pd.DataFrame(columns=["customers", "part"])
    rng = np.random.default_rng(seed)
    drawn = [
        _part(values, rng.multinomial(values.size, np.full(values.size, 1 / values.size)), best)
        for _ in range(_REPLICATES)
    ]
    low, high = np.quantile(drawn, [0.025, 0.975])
    ones = np.ones(values.size, np.int64)
    at = np.linspace(0.0, 1.0, 101)
    curve = pd.DataFrame({"customers": at, "part": [_part(values, ones, one) for one in at]})
    return (_part(values, ones, best), float(low), float(high)), curve


def _part(values: np.ndarray, times: np.ndarray, best: float) -> float:
    """Return the part of the best share of customers, each there so many times; of the last, what is left of him."""
    quota = best * times.sum()
    before_him = np.cumsum(times) - times
    counted = np.clip(quota - before_him, 0, times)
    return float((counted * values).sum() / (times * values).sum())
