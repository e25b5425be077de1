"""What stands on the card of a model of next offers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cjlab.models._card import Facts
from cjlab.models._figure import about_all
from cjlab.models._taught import Taught, day, days

if TYPE_CHECKING:
    import datetime as dt

    import polars as pl

    from cjlab.models.offers._next_offer import NextOffer

_LIMITS = (
    "That an offer is likely to be bought does not say that offering it sells it: that is for a test to show",
    "What too few have bought is never offered, nor what has come since it learnt",
)


def taught(rows: pl.DataFrame, now: dt.datetime, timezone: str) -> Taught:
    """Return what it learnt from: purchases, by how many, from when to when."""
    first: Any = rows["at"].min()
    return Taught(rows.height, rows["customer_id"].n_unique(), dates=days(day(one, timezone) for one in (first, now)))


def facts(model: NextOffer) -> Facts:
    """Return what its card tells."""
    weights = [
        about_all(f"weight of {name}", *ends) for name, *ends in model.weights.to_frame().itertuples(index=False)
    ]
    profile = () if model.learned_profile is None else model.learned_profile.columns.names
    named = f"NextOffer, {len(model.items):,} of {model.per}, bought by {model.of!r} within {model.within}"
    return Facts(named, model.taught, (model.per, *profile), tuple(weights), _LIMITS)
