"""What speaks for offers at a moment: learned of what was bought before it, or of what was learned already."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

from cjlab._checks import offset
from cjlab.models.offers._bought import Bought, asked, common, purchases
from cjlab.models.offers._profile import Profile
from cjlab.models.offers._scores import Scores
from cjlab.models.offers._taste import Taste

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from cjlab.models.offers._next_offer import NextOffer
    from cjlab.tables import Log


def learned(model: NextOffer, log: Log, rows: pl.DataFrame, when: dt.datetime) -> Scores:
    """Learn of what was bought before a moment."""
    bought = Bought.read(rows, when, items=common(rows, when, least=model.least, most=model.most))
    table = None if model.profile is None else model.profile.build(log, when)
    profile = None if table is None else Profile.learn(table[table.index.isin(bought.customers)])
    values = None if profile is None or table is None else profile.values(table, bought.customers)
    days = offset(model.half_life, name="half_life").total_seconds() / 86_400
    taste = Taste.learn(bought, values, () if profile is None else profile.sizes, half_life=days)
    return Scores(bought, taste, profile, values, again=model.again)


def present(model: NextOffer, log: Log, as_of: str | dt.date, customers: Iterable[Any] | None) -> Scores:
    """Use what was learned, for what these customers have bought by now."""
    items, when = model.items, log.moment(as_of)
    rows = purchases(log, of=model.of, per=model.per)
    all_ = rows.filter(pl.col("known") < when)["customer_id"].unique().sort()
    who = asked(all_ if customers is None else list(customers), all_)
    bought, profile = Bought.read(rows, when, items=items, customers=who), model.learned_profile
    table = None if model.profile is None else model.profile.build(log, when)
    values = None if profile is None or table is None else profile.values(table, who)
    return Scores(bought, model.taste, profile, values, again=model.again)
