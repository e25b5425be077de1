"""Of whom an outcome is asked: who is old enough, still there, and allows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import polars as pl

from cjlab._checks import offset, text
from cjlab.errors import TableError
from cjlab.features._span import before
from cjlab.tables import known, later

if TYPE_CHECKING:
    import datetime as dt

    from cjlab.tables import Log

NEW, SILENT, REFUSED = "too new", "already churned", "without consent"


@dataclass(frozen=True)
class Eligible:
    """Of whom an outcome is asked; everybody who had joined or was seen before the date, unless said.

    The rules are applied in the order of the fields, and each customer is counted under the first that leaves him
    out. They read what was known before the date and nothing else.

    Parameters
    ----------
    tenure : str, optional
        For how long he must have been there, since he joined or was first seen: others are "too new".
    active : str, optional
        How far back his last event may lie: others are "already churned".
    consent : str, optional
        A purpose of the ``consents`` table, such as "profiling", that he must have granted on some channel, without
        its having been withdrawn or run out: others are "without consent". Who has no row did not grant it.

    Raises
    ------
    SpecError
        When a length of time is none.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Eligible(tenure="30D", active="365D").tenure
    '30D'
    """

    tenure: str | None = None
    active: str | None = None
    consent: str | None = None

    def __post_init__(self) -> None:
        """Check the lengths of time."""
        for name in ("tenure", "active"):
            if getattr(self, name) is not None:
                offset(getattr(self, name), name=name)
        if self.consent is not None:
            text(self.consent, name="consent")

    def among(self, log: Log, as_of: str | dt.date) -> pl.Series:
        """Return who is asked as of a date: those whom no rule leaves out.

        Parameters
        ----------
        log : Log
            The log.
        as_of : date or text
            Nothing at or after it, and nothing known only then, is read.

        Returns
        -------
        polars.Series
            ``customer_id``, rising.

        Raises
        ------
        TableError
            When consent is asked for, and the log has no consents.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=300), days=120).log
        >>> all_, allowing = (cj.features.Eligible(consent=one).among(log, "2024-04-01") for one in (None, "marketing"))
        >>> 0 < len(allowing) < len(all_)
        True
        """
        told = People(log, self).at(log.moment(as_of))
        return told.filter(pl.col("why").is_null())["customer_id"]


@dataclass(frozen=True, eq=False)
class People:
    """The people of a log, who are asked for at several dates."""

    log: Log
    eligible: Eligible

    @cached_property
    def since(self) -> pl.DataFrame:
        """Since when each is there: he joined, or his first event was known."""
        met = self.log.events.filter(pl.col("customer_id").is_not_null())
        joined = self.log.customers.select("customer_id", "joined")
        seen = met.group_by("customer_id").agg(seen=known(self.log.events).min())
        both = joined.join(seen, on="customer_id", how="full", coalesce=True)
        return both.select("customer_id", since=pl.min_horizontal("joined", "seen")).sort("customer_id").collect()

    def at(self, moment: dt.datetime) -> pl.DataFrame:
        """Return who was there before a moment, rising, and ``why`` he is left out; null where he is not."""
        there = self.since.filter(pl.col("since") < moment)
        why = pl.lit(None, pl.String)
        if self.eligible.consent is not None:
            there = there.join(self._allowed(moment, self.eligible.consent), on="customer_id", how="left")
            why = pl.when(pl.col("allows").fill_null(value=False)).then(why).otherwise(pl.lit(REFUSED))
        if self.eligible.active is not None:
            there = there.join(self._last(moment), on="customer_id", how="left")
            oldest = later(moment, self.eligible.active, self.log.timezone, back=True)
            why = pl.when((pl.col("last") >= oldest).fill_null(value=False)).then(why).otherwise(pl.lit(SILENT))
        if self.eligible.tenure is not None:
            oldest = later(moment, self.eligible.tenure, self.log.timezone, back=True)
            why = pl.when(pl.col("since") > oldest).then(pl.lit(NEW)).otherwise(why)
        return there.select("customer_id", why=why)

    def _last(self, moment: dt.datetime) -> pl.DataFrame:
        return before(self.log.events, moment).group_by("customer_id").agg(last=pl.col("at").max()).collect()

    def _allowed(self, moment: dt.datetime, purpose: str) -> pl.DataFrame:
        if self.log.consents is None:
            raise TableError(f"the log has no consents, and consent={purpose!r} needs them; give them, or leave it out")
        said = self.log.consents.filter(pl.col("at") < moment, pl.col("purpose") == purpose)
        last = said.sort("at", "granted", descending=[False, True], maintain_order=True)  # a tie counts as a refusal
        latest = last.group_by("customer_id", "channel").last().collect()
        lasting = (
            pl.col("until").is_null() | (pl.col("until") > moment) if "until" in latest.columns else pl.lit(1) == 1
        )
        return latest.group_by("customer_id").agg(allows=(pl.col("granted") & lasting).any())
