"""Who is gone because his contract ended, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from cjlab._checks import text, texts
from cjlab.features._several import several
from cjlab.features._span import before
from cjlab.features.outcomes._eligible import SILENT
from cjlab.features.outcomes._outcome import needs
from cjlab.tables import known

if TYPE_CHECKING:
    import datetime as dt

    from cjlab.features._span import Span
    from cjlab.tables import Log

NONE, OTHERWISE = "without a contract", "ended for another reason"
END = "contract_ended"


def ended(log: Log, when: dt.datetime) -> pl.Series:
    """Return the customers whose contracts, one or more, had all ended before a moment, as was known then."""
    if "contract_id" not in log.events.collect_schema():
        return log.customers.select("customer_id").clear().collect()["customer_id"]
    rows = before(log.events, when).filter(pl.col("contract_id").is_not_null())
    over = (pl.col("event").cast(pl.String) == END).any()
    contracts = rows.group_by("customer_id", "contract_id").agg(over=over)
    return contracts.group_by("customer_id").agg(pl.col("over").all()).filter("over").collect()["customer_id"]


@dataclass(frozen=True)
class Contract:
    """A customer is gone when the last of his contracts has ended, for one of these reasons.

    He is asked about when a row of a contract of his was known before the date. Left out are those "without a
    contract", those whose contracts had all ended ("already churned"), and those whose last contract ends within the
    time "for another reason", such as a move or a death: nobody could have kept them, and they did not stay. An end
    that had happened but was not yet known at the date still lies ahead for who looks at the log that day: it counts.
    Who takes another contract before the time is over has not gone.

    Parameters
    ----------
    reasons : tuple of str
        Which ends count, by the events' ``reason``; give one alone to tell those who left from those who did not pay.
    end : str
        The event that ends a contract.

    Raises
    ------
    SpecError
        When a reason is no text, or stands twice.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Contract(reasons=("unpaid",)).end
    'contract_ended'
    """

    reasons: tuple[str, ...] = ("left", "competitor", "unpaid")
    end: str = END

    def __post_init__(self) -> None:
        """Check the words."""
        object.__setattr__(self, "reasons", texts(several(self.reasons), name="reasons"))
        text(self.end, name="end")

    def gone(self, log: Log, span: Span) -> pl.DataFrame:
        """Return who held a contract at the date, and what came of him.

        Parameters
        ----------
        log : Log
            The log.
        span : Span
            The time after the date.

        Returns
        -------
        polars.DataFrame
            A row a customer whom the log knows: ``customer_id``, ``y``, ``reason``, ``why`` he is left out.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.telecom(n_customers=50), days=60).log
        >>> cj.features.churned(log, as_of="2024-02-01", within="14D", by=cj.features.Contract()).name
        'churned'
        """
        needs(log.events, ("contract_id", "reason"))
        contracts = self._contracts(log, span)
        held = pl.col("known") & ~pl.col("over")
        stays = (held & pl.col("ends").is_null()) | (~pl.col("known") & pl.col("ends").is_null())
        people = contracts.group_by("customer_id").agg(
            known=pl.col("known").any(),
            held=held.any(),
            stays=stays.any(),
            reason=pl.col("reason").sort_by("ends", "contract_id").last(),
        )
        everybody = log.customers.select("customer_id").join(
            log.events.select("customer_id").drop_nulls(), on="customer_id", how="full", coalesce=True
        )
        told = everybody.unique().collect().join(people, on="customer_id", how="left")
        left = pl.col("held") & ~pl.col("stays")
        counts = pl.col("reason").is_in(self.reasons).fill_null(value=False)
        why = (
            pl.when(~pl.col("known").fill_null(value=False))
            .then(pl.lit(NONE))
            .when(~pl.col("held"))
            .then(pl.lit(SILENT))
            .when(left & ~counts)
            .then(pl.lit(OTHERWISE))
        )
        return told.select(
            "customer_id", y=(left & counts).cast(pl.Float64), reason=pl.when(left).then("reason"), why=why
        )

    def _contracts(self, log: Log, span: Span) -> pl.DataFrame:
        """Return a row a contract that is seen before the time is over: was it known, was it over, when does it end."""
        rows = log.events.filter(
            pl.col("customer_id").is_not_null(), pl.col("contract_id").is_not_null(), pl.col("at") < span.end
        )
        told = known(log.events) < span.start
        ended = pl.col("event").cast(pl.String) == self.end
        return (
            rows.group_by("customer_id", "contract_id")
            .agg(
                known=told.any(),
                over=(told & ended).any(),
                ends=pl.col("at").filter(ended & ~told).max(),
                reason=pl.col("reason")
                .cast(pl.String)
                .filter(ended & ~told)
                .sort_by(pl.col("at").filter(ended & ~told))
                .last(),
            )
            .collect()
        )
