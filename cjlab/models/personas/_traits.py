"""What a shop assistant would notice of a customer: few traits, each easily said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cjlab.features import Declared, Frequency, Monetary, Recency, Recipe, Where
from cjlab.tables import moment

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd
    import polars as pl
    from numpy.typing import NDArray

    from cjlab.tables import Log

_FEWEST: Final = 20  # customers who have something before it is asked
_WORDS: Final = 12  # of a field of profiles
YEAR: Final = "365D"
MONEY: Final = ("amount", "margin")
BROUGHT: Final = {"amount": "sales", "margin": "margin"}


def traits(log: Log, as_of: str | dt.date) -> pd.DataFrame:
    """Return traits of customers as of a date, and what each brought in the year before it.

    ``silence`` is the days since the last purchase, ``purchases`` the days with purchases in a year, ``basket`` the
    mean spend on such a day, ``through_C`` the share of them through a channel, ``visits`` those of 90 days; fields of
    profiles follow under their own names. ``margin`` is what they brought, or ``sales`` where the log tells no margin:
    no trait. What fewer than 20 customers have is left out.
    """
    past = log.events.filter(_before(log, as_of))
    channels, known = _channels(past), log.events.collect_schema().names()
    money = [one for one in MONEY if one in known]
    builders: list[Any] = [Recency(), Frequency(window=YEAR, count="days", name="purchases")]
    builders += [Monetary(number=one, window=YEAR, name=one) for one in money]
    if _customers(past, "visit") >= _FEWEST:
        builders.append(Frequency(Where("visit"), window="90D", count="days", name="visits"))
    builders += [
        Frequency(Where("purchase", channel=one), window=YEAR, count="days", name=f"through_{place}")
        for place, one in enumerate(channels)
    ]
    fields = _fields(log, as_of)
    declared = [Declared(field, words, name=f"field_{place}") for place, (field, words) in enumerate(fields)]
    built = Recipe(*builders, *declared).build(log, as_of)
    return _kept(_told(built, channels, fields))


def _before(log: Log, as_of: str | dt.date) -> pl.Expr:
    """Return the rows before a date."""
    import polars as pl

    return pl.col("at") < moment(as_of, log.timezone)


def _customers(past: pl.LazyFrame, event: str) -> int:
    import polars as pl

    return int(past.filter(pl.col("event") == event).select(pl.col("customer_id").n_unique()).collect().item())


def _channels(past: pl.LazyFrame) -> list[str]:
    """Return the channels through which enough customers bought, if there are several."""
    import polars as pl

    bought = past.filter(pl.col("event") == "purchase")
    many = bought.group_by("channel").agg(n=pl.col("customer_id").n_unique()).filter(pl.col("n") >= _FEWEST)
    found = many.sort("n", "channel", descending=[True, False]).collect()["channel"].cast(pl.String).to_list()
    return found if len(found) > 1 else []


def _fields(log: Log, as_of: str | dt.date) -> list[tuple[str, tuple[str, ...]]]:
    """Return the fields of profiles with their words, none for numbers; those that enough customers have."""
    import polars as pl

    if log.profiles is None:
        return []
    known = log.profiles.filter(_before(log, as_of)).select(
        "customer_id", pl.col("field").cast(pl.String), pl.col("value").cast(pl.String)
    )
    counts = known.group_by("field", "value").agg(n=pl.col("customer_id").n_unique()).collect()
    found = []
    for (field,), rows in sorted(counts.group_by("field"), key=lambda one: str(one[0])):
        words = rows["value"].drop_nulls()
        number = words.cast(pl.Float64, strict=False).is_not_null().all()
        if rows["n"].sum() >= _FEWEST and (number or len(words) <= _WORDS):
            found.append((str(field), () if number else tuple(sorted(words.to_list()))))
    return found


def _told(built: pd.DataFrame, channels: list[str], fields: list[tuple[str, tuple[str, ...]]]) -> pd.DataFrame:
    """Return the traits under the names by which they are known."""
    import pandas as pd

    count, sums = built["purchases"], [name for name in MONEY if name in built]
    made: dict[str, Any] = {"silence": built["recency_purchase"], "purchases": count}
    if "amount" in built:
        made["basket"] = (built["amount"] / count).where(count > 0)
    made |= {
        f"through_{channel}": (built[f"through_{place}"] / count).where(count > 0)
        for place, channel in enumerate(channels)
    }
    made |= {name: built[name] for name in ("visits",) if name in built}
    made |= {BROUGHT[name]: built[name] for name in sums[-1:]}
    for place, (field, words) in enumerate(fields):
        value, name = built[f"field_{place}"], field.replace(" ", "_")
        if name not in made:
            made[name] = pd.Categorical.from_codes(_codes(value, words), pd.Index(words)) if words else value
    return pd.DataFrame(made, index=built.index)


def _codes(value: pd.Series[float], words: tuple[str, ...]) -> NDArray[np.int64]:
    found = value.to_numpy(np.float64)
    return np.where(np.isnan(found) | (found >= len(words)), -1, found).astype(np.int64)


def _kept(frame: pd.DataFrame) -> pd.DataFrame:
    """Leave out what hardly anybody has, and what is the same for all."""
    kept = [name for name in frame if frame[name].count() >= _FEWEST and len(frame[name].dropna().unique()) > 1]
    return frame[kept]
