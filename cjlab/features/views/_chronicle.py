"""One customer's whole life in a log: what he did, what was sent to him, and how he answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import polars as pl

from cjlab._checks import shown, whole
from cjlab._display import Shown
from cjlab._random import uniform
from cjlab.errors import EvidenceError
from cjlab.features._logged import logged
from cjlab.features._span import before, dated, reach
from cjlab.features.views._bought import orders

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

    from cjlab.tables import Log

RANDOM: Final = "random"
ANSWERS: Final = ("bounced", "delivered", "opened", "clicked", "redeemed", "unsubscribed", "spam_reported")  # rising


@dataclass(frozen=True, eq=False, repr=False)
class Chronicle(Shown):
    """One customer's life, day by day in the brand's calendar.

    Parameters
    ----------
    customer : str
        Who.
    start : datetime.date
        The day of his first row.
    days : int
        How many days there are, from that day to the last before the moment.
    events : polars.DataFrame
        What he did, answers to messages left aside: ``day`` (0 is the first), ``event``, ``channel``, ``amount``.
    contacts : polars.DataFrame
        What was sent to him: ``day``, ``channel``, ``campaign``, and his last ``answer``, null without one; opens by
        machines are no answers.
    among : int
        Of how many he was drawn; 0 where he was named.

    Examples
    --------
    >>> import cjlab as cj
    >>> life = cj.features.Chronicle.of(cj.datasets.simulated_shop(n_customers=200))
    >>> life.events.columns
    ['day', 'event', 'channel', 'amount']
    """

    customer: str
    start: dt.date
    days: int
    events: pl.DataFrame
    contacts: pl.DataFrame
    among: int = 0

    @classmethod
    def of(
        cls, log: Log, customer: str | int = RANDOM, as_of: str | dt.date | None = None, *, seed: int = 0
    ) -> Chronicle:
        """Return one customer's whole life before a date.

        Parameters
        ----------
        log : Log
            The log.
        customer : str or int, default: "random"
            Who; "random" draws one of the middle fifth, by what they spent before the date (by orders, where the log
            has no amounts), of those who ordered more than once; of all buyers, where nobody did.
        as_of : date or text, optional
            The moment; nothing at or after it, or known only later, is read. Else the end of the log’s last day.
        seed : int, default: 0
            Who of them is drawn; the order of the rows and the other customers' draws do not matter.

        Returns
        -------
        Chronicle
            His life.

        Raises
        ------
        SpecError
            When the log is none, or the seed no whole number of 0 or more.
        EvidenceError
            When the log has no row of the customer before the date, or nobody bought before it.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.datasets.simulated_shop(n_customers=200)
        >>> cj.features.Chronicle.of(log, 7).customer
        '7'
        """
        logged(log)
        end = reach(log, None)[1] if as_of is None else log.moment(as_of)
        drawn, among = _drawn(log, end, whole(seed, name="seed", least=0)) if customer == RANDOM else (None, 0)
        who = str(customer if drawn is None else drawn)
        mine = pl.col("customer_id").cast(pl.String) == who
        rows = _with(before(log.events, end).filter(mine), log.timezone).sort("at").collect()
        sent = _with(before(log.contacts, end).filter(mine, pl.col("sent")), log.timezone).sort("at").collect()
        if not rows.height + sent.height:
            before_it = f"before {dated(end, log.timezone)}"
            raise EvidenceError(f"the log has no row of customer {shown(who)} {before_it}; name another, or {RANDOM!r}")
        first: dt.date = min(day for one in (rows, sent) for day in one["date"].head(1))
        last = end.astimezone(ZoneInfo(log.timezone)).date()
        day = (pl.col("date") - pl.lit(first)).dt.total_days()
        amount = pl.col("amount") if "amount" in rows.columns else pl.lit(None, pl.Float64)
        done = rows.filter(~pl.col("event").is_in(ANSWERS)).select(
            day=day, event="event", channel="channel", amount=amount
        )
        told = sent.join(_answers(rows), on="contact_id", how="left") if "contact_id" in rows.columns else sent
        answer = pl.col("answer") if "answer" in told.columns else pl.lit(None, pl.String)
        written = told.sort("at").select(day=day, channel="channel", campaign="campaign", answer=answer)
        return cls(who, first, (last - first).days, done, written, among)

    def to_frame(self) -> pd.DataFrame:
        """Return what happened, in the order of time.

        Returns
        -------
        pandas.DataFrame
            ``day``, ``channel``, ``what``.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Chronicle.of(cj.datasets.simulated_shop(n_customers=200)).to_frame().columns.tolist()
        ['day', 'channel', 'what']
        """
        sent = self.contacts.select("day", "channel", what=pl.lit("sent: ") + pl.col("campaign"))
        done = self.events.select("day", "channel", what="event")
        return pl.concat([sent, done]).sort("day", maintain_order=True).to_pandas()


def _with(rows: pl.LazyFrame, timezone: str) -> pl.LazyFrame:
    """Give rows their local date, and their words as text."""
    words = pl.col(pl.Categorical, pl.Enum).cast(pl.String)
    return rows.with_columns(words, date=pl.col("at").dt.convert_time_zone(timezone).dt.date())


def _answers(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the last answer of a person to each message."""
    machine = pl.col("machine").fill_null(value=False) if "machine" in rows.columns else pl.lit(value=False)
    said = rows.filter(pl.col("event").is_in(ANSWERS), ~machine, pl.col("contact_id").is_not_null())
    rank = pl.col("event").replace_strict(list(ANSWERS), list(range(len(ANSWERS))), return_dtype=pl.Int64)
    return said.group_by("contact_id").agg(answer=pl.col("event").sort_by(rank).last())


def _drawn(log: Log, end: dt.datetime, seed: int) -> tuple[str | int, int]:
    """Return a customer of the middle fifth of buyers, and of how many he was drawn."""
    bought = orders(log, end).group_by("customer_id").agg(amount=pl.col("amount").sum(), orders=pl.len())
    if not bought.height:
        day = dated(end, log.timezone)
        raise EvidenceError(f"nobody bought before {day}, so nobody is in the middle of those who did; name a customer")
    again = bought.filter(pl.col("orders") > 1)
    who = again if again.height else bought
    lot = pl.Series("lot", uniform(f"chronicle/{seed}", who["customer_id"].to_numpy()))
    ranked = who.with_columns(lot).sort("amount", "orders", "lot")
    first, last = 2 * who.height // 5, -(-3 * who.height // 5)
    middle = ranked[first:last]
    return middle.sort("lot")["customer_id"][0], middle.height
