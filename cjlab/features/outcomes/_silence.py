"""Who is gone because he is silent for longer than his own rhythm explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import polars as pl

from cjlab._checks import whole, within
from cjlab.features._span import local_day
from cjlab.features.builders._purchases import PURCHASE
from cjlab.features.outcomes._eligible import SILENT
from cjlab.features.outcomes._outcome import passing
from cjlab.features.rhythm._habit import Gaps, habit
from cjlab.features.rhythm._people import seen
from cjlab.features.rhythm._rhythm import Rhythm, silent

if TYPE_CHECKING:
    from cjlab.features._span import Span
    from cjlab.features.reading._where import Where
    from cjlab.tables import Log

UNKNOWN, SLOW = "without a rhythm", "rhythm longer than the time"


@dataclass(frozen=True)
class Silence:
    r"""A customer is gone when he has been silent for longer than his own rhythm explains.

    His law is that of :class:`Rhythm`, of the gaps that were known at the date. He is gone when on the day of
    as_of + within he is later by it than ``quantile``: more than that share of his gaps would be over by then, counted
    from his last purchase before.

    Left out are those "without a rhythm" (fewer than ``least`` gaps), those who are that late at the date ("already
    churned"), and those who cannot be by the end even if they never come back ("rhythm longer than the time"): ask for
    a longer time to learn about them.

    Parameters
    ----------
    of : Rhythm, Where, str or tuple of str
        The rhythm that is meant, such as :meth:`Rhythm.fitted` returns, or the rows whose rhythm is.
    quantile : float
        How late is gone, above 0 and below 1.
    least : int
        How many gaps there must be.

    Raises
    ------
    SpecError
        When a number is out of its range.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Silence("visit").of == cj.features.Rhythm("visit")
    True
    """

    of: Rhythm | Where | str | tuple[str, ...] = PURCHASE
    quantile: float = 0.95
    least: int = 2

    def __post_init__(self) -> None:
        """Take rows for their rhythm, and check the numbers."""
        if not isinstance(self.of, Rhythm):
            object.__setattr__(self, "of", Rhythm(self.of))  # type: ignore[arg-type] # checked there
        within(self.quantile, 0, 1, name="quantile", open_ends=True)
        whole(self.least, name="least", least=1)

    def gone(self, log: Log, span: Span) -> pl.DataFrame:
        """Return who was there at the date, and what came of him.

        Parameters
        ----------
        log : Log
            The log.
        span : Span
            The time after the date.

        Returns
        -------
        polars.DataFrame
            A row a customer whom the log knows: ``customer_id``, ``y``, ``why`` he is left out.

        Examples
        --------
        >>> import cjlab as cj
        >>> log = cj.simulator.simulate(cj.simulator.World.retail(n_customers=200), days=200).log
        >>> lost = cj.features.churned(log, as_of="2024-05-01", within="60D", by=cj.features.Silence())
        >>> bool(0 < lost.y.mean() < 1)
        True
        """
        rhythm: Rhythm = self.of  # type: ignore[assignment] # made one above
        past = seen(log, span.start, rhythm.of)
        law = habit(rhythm.prior, Gaps(*(past[name].to_numpy() for name in ("count", "total", "logs"))))
        begin, end = (local_day(one, log.timezone) for one in span)
        rows = passing(log.events, rhythm.of).filter(pl.col("at") < span.end)
        late = rows.group_by("customer_id").agg(latest=_days(pl.col("at").max(), log.timezone)).collect()
        told = pl.DataFrame({"customer_id": past.index.to_numpy(), "n": past["count"].to_numpy()})
        told = told.cast({"customer_id": late.schema["customer_id"]})
        told = told.join(late, on="customer_id", how="left", maintain_order="left")
        silence = past["silence"].to_numpy()
        at = {"already": silence, "ever": silence + end - begin, "silent": end - told["latest"].to_numpy()}
        told = told.with_columns(
            pl.Series(name, 1.0 - law.tail(silent(days)) > self.quantile) for name, days in at.items()
        )
        every = log.customers.select("customer_id").join(late.lazy(), on="customer_id", how="full", coalesce=True)
        people = every.select("customer_id").unique().collect().join(told, on="customer_id", how="left")
        why = (
            pl.when(pl.col("n").fill_null(0) < self.least)
            .then(pl.lit(UNKNOWN))
            .when(pl.col("already"))
            .then(pl.lit(SILENT))
            .when(~pl.col("ever"))
            .then(pl.lit(SLOW))
        )
        return people.select("customer_id", y=pl.col("silent").fill_null(value=False).cast(pl.Float64), why=why)


def _days(at: pl.Expr, timezone: str) -> pl.Expr:
    return at.dt.convert_time_zone(timezone).dt.date().to_physical().cast(pl.Int64)
