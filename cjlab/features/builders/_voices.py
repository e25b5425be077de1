"""Who brings others in, and who speaks well or badly to how many."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

import numpy as np
import polars as pl

from cjlab.errors import EvidenceError
from cjlab.features._recipe import Recipe
from cjlab.features._span import before, dated
from cjlab.features.builders._shrunken import Prior, end, likeliest, shrunken
from cjlab.features.persons._union import united
from cjlab.tables import later

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from cjlab.features.builders._social import Social
    from cjlab.tables import Log

_ENDS: Final = ("", "_low", "_high")
_ORDER: Final = (
    *("told", "new", "brought", "brought_rate", "brought_rate_low", "brought_rate_high"),
    *("brings", "brings_low", "brings_high", "group", "reach"),
    *(f"{word}{end}" for word in ("praise", "blame", "warns") for end in _ENDS),
)


def voices(social: Social, log: Log, as_of: str | dt.date, within: str) -> pd.DataFrame:
    """Return a line a customer who recommended or complained, who brings most for certain first."""
    until = log.moment(as_of)
    since = later(until, social.window, log.timezone, name="window", back=True)
    rows = before(log.events, until).with_columns(pl.col(pl.Categorical, pl.Enum).cast(pl.String))
    heard = rows.filter(pl.col("at") >= since)
    told = _told(heard, social, dated(until, log.timezone))
    first = rows.filter(event="purchase").group_by(other="customer_id").agg(bought=pl.col("at").min()).collect()
    counted = _counted(told, first, later(until, within, log.timezone, back=True), within, log.timezone)
    groups = _groups(told)
    spoke = heard.filter(pl.col("event").is_in([*social.recommends, *social.complains]))
    loud = spoke.select("customer_id").unique().collect()
    known = loud.join(counted, on="customer_id", how="left").join(groups, on="customer_id", how="left")
    filled = known.with_columns(pl.col("told", "new", "brought").fill_null(0), pl.col("group").fill_null(1))
    return _weighed(filled.to_pandas().set_index("customer_id"), _spoken(social, log, as_of), social.confidence)


def _told(heard: pl.LazyFrame, social: Social, day: str) -> pl.DataFrame:
    """Return who told whom, and when first."""
    if "other_customer_id" not in heard.collect_schema().names():
        heard = heard.with_columns(other_customer_id=pl.lit(None, pl.Int64))
    named = heard.filter(pl.col("event").is_in(social.recommends), pl.col("other_customer_id").is_not_null())
    pairs = named.group_by("customer_id", other="other_customer_id").agg(at=pl.col("at").min())
    found = pairs.filter(pl.col("customer_id") != pl.col("other")).sort("customer_id", "other").collect()
    if not found.height:
        raise EvidenceError(
            f"nobody is said to have recommended the brand to anybody in the {social.window} before {day}, so who "
            f"brings in whom cannot be told; give events {' or '.join(social.recommends)} with other_customer_id"
        )
    return found


def _counted(told: pl.DataFrame, first: pl.DataFrame, matured: dt.datetime, within: str, timezone: str) -> pl.DataFrame:
    """Return of whom each told how many were new, and bought in time."""
    zone = pl.col("at").dt.convert_time_zone(timezone)
    length = within.replace("D", "d").replace("W", "w").replace("min", "m")
    late = zone.dt.offset_by(length).dt.convert_time_zone("UTC")
    new = (pl.col("bought").is_null() | (pl.col("bought") >= pl.col("at"))) & (pl.col("at") < matured)
    both = told.join(first, on="other", how="left").with_columns(new=new, late=late)
    brought = pl.col("new") & (pl.col("bought") < pl.col("late")).fill_null(value=False)
    return both.group_by("customer_id").agg(told=pl.len(), new=pl.col("new").sum(), brought=brought.sum())


def _groups(told: pl.DataFrame) -> pl.DataFrame:
    """Return how many people are in everybody's group."""
    people = pl.concat([told["customer_id"], told["other"]]).unique().sort()
    one, other = (people.search_sorted(told[name]).to_numpy().astype(np.int64) for name in ("customer_id", "other"))
    root = united(len(people), one, other)
    return pl.DataFrame({"customer_id": people, "group": np.bincount(root, minlength=len(people))[root]})


def _spoken(social: Social, log: Log, as_of: str | dt.date) -> pd.DataFrame:
    """Return everybody's rates of praise and blame, shrunken as the log tells."""
    built = Recipe(replace(social, reach=False).fitted(log, as_of)).build(log, as_of)
    names = {f"{word}_{social.window}{end}": f"{word}{end}" for word in ("praise", "blame") for end in _ENDS}
    return built[list(names)].rename(columns=names)


def _unsure(prior: Prior, people: float) -> Prior:
    """Return a prior whose mean is known no better than so many people tell it: their variances add up."""
    return prior._replace(strength=prior.strength * people / (prior.strength + people)) if people else prior


def _weighed(known: pd.DataFrame, spoken: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Join rates, and weigh them by how many they reach."""
    new, brought = (known[name].to_numpy(np.float64) for name in ("new", "brought"))
    prior, tail = _unsure(likeliest(new, brought), new.sum()), (1.0 - confidence) / 2.0
    known["brought_rate"] = shrunken(new, brought, prior)
    known["brought_rate_low"], known["brought_rate_high"] = (
        end(new, brought, prior, share=share) for share in (tail, 1.0 - tail)
    )
    made = known.join(spoken, how="left")
    others = made["group"] - 1
    made["reach"] = (made["told"] / others).where(others > 0)
    for one in _ENDS:
        made[f"brings{one}"] = made[f"brought_rate{one}"] * made["told"]
        made[f"warns{one}"] = made[f"blame{one}"] * others
    ordered = made.reset_index().sort_values(["brings_low", "brings", "customer_id"], ascending=[False, False, True])
    return ordered.set_index("customer_id")[list(_ORDER)]
