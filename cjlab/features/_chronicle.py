"""One customer's whole life in a log: what he did, what was sent to him, and how he answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import polars as pl

from cjlab._checks import shown
from cjlab._display import Shown
from cjlab.errors import EvidenceError
from cjlab.features._logged import logged
from cjlab.features._span import before, dated, reach
from cjlab.tables import Log, moment

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd

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

    @classmethod
    def of(cls, log: Log, customer: str | int | None = None, as_of: str | dt.date | None = None) -> Chronicle:
        """Return one customer's whole life before a date.

        Parameters
        ----------
        log : Log
            The log.
        customer : str or int, optional
            Who; unless given one with a rich life: whose kinds of events times months with an event are most, and of
            several the one whose id comes first.
        as_of : date or text, optional
            The moment; nothing at or after it, or known only later, is read. Else the end of the log’s last day.

        Returns
        -------
        Chronicle
            His life.

        Raises
        ------
        SpecError
            When the log is none.
        EvidenceError
            When the log has no row of the customer before the date.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.datasets.simulated_shop(n_customers=200)
        >>> cj.features.Chronicle.of(log, 7).customer
        '7'
        """
        logged(log)
        end = reach(log, None)[1] if as_of is None else moment(as_of, log.timezone)
        who = _richest(log, end) if customer is None else str(customer)
        mine = pl.col("customer_id").cast(pl.String) == who
        rows = _with(before(log.events, end).filter(mine), log.timezone).sort("at").collect()
        sent = _with(before(log.contacts, end).filter(mine, pl.col("sent")), log.timezone).sort("at").collect()
        if not rows.height + sent.height:
            before_it = f"before {dated(end, log.timezone)}"
            raise EvidenceError(f"the log has no row of customer {shown(who)} {before_it}; name another")
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
        return cls(who, first, (last - first).days, done, written)

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


def _richest(log: Log, end: dt.datetime) -> str:
    """Return the customer with the richest life."""
    rows = before(log.events, end).filter(~pl.col("event").cast(pl.String).is_in(ANSWERS))
    months = pl.col("at").dt.convert_time_zone(log.timezone).dt.truncate("1mo").n_unique()
    found = rows.group_by("customer_id").agg(rich=pl.col("event").n_unique() * months)
    best = found.sort("rich", "customer_id", descending=[True, False]).head(1).collect()
    if not best.height:
        day = dated(end, log.timezone)
        raise EvidenceError(f"the log has no event before {day}; give one with events, or a later date")
    return str(best["customer_id"][0])
