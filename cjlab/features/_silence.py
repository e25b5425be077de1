"""Who is gone because he is silent for longer than his own rhythm explains."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from cjlab._checks import whole, within
from cjlab.features._eligible import SILENT
from cjlab.features._outcome import passing
from cjlab.features._purchases import PURCHASE
from cjlab.features._span import before
from cjlab.features._where import Where, where_of

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from cjlab.features._span import Span
    from cjlab.tables import Log

UNKNOWN, SLOW = "without a rhythm", "rhythm longer than the time"
_PRIOR = 3.0  # gaps of a Poisson buyer that his own are added to


@dataclass(frozen=True)
class Silence:
    r"""A customer is gone when he has been silent for longer than his own rhythm explains.

    His gaps are the whole days between the local days on which he bought, of what was known before the date. With
    mean *m*, sum of squares about it *S* and number *n*, they follow a gamma law of mean *m* and shape
    :math:`k = m^2 (n - 1 + 3) / (S + 3 m^2)`: as if three gaps of a Poisson buyer were among them. His limit is the
    ``quantile`` of that law, and he is gone when the day of as_of + within lies more than his limit after his last
    purchase before it.

    Left out are those "without a rhythm" (fewer than ``least`` gaps), those whose limit is passed at the date
    ("already churned"), and those who cannot pass it by the end even if they never come back ("rhythm longer than
    the time"): ask for a longer time to learn about them.

    Parameters
    ----------
    of : Where, str or tuple of str
        The rows whose rhythm is meant.
    quantile : float
        Which share of his gaps are shorter than the limit, above 0 and below 1.
    least : int
        How many gaps there must be.

    Raises
    ------
    SpecError
        When a number is out of its range.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.features.Silence(quantile=0.9).least
    2
    """

    of: Where = PURCHASE
    quantile: float = 0.95
    least: int = 2

    def __post_init__(self) -> None:
        """Take an event's name for its rows, and check the numbers."""
        object.__setattr__(self, "of", where_of(self.of, name="of"))
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
        rows = passing(log.events, self.of)
        begin, end = (_day(one, log.timezone) for one in span)
        past = _gaps(before(rows, span.start), log.timezone)
        limit = limits(past["n"].to_numpy(), past["mean"].to_numpy(), past["squares"].to_numpy(), self.quantile)
        late = rows.filter(pl.col("at") < span.end).group_by("customer_id").agg(at=pl.col("at").max())
        last = late.select("customer_id", latest=_days(pl.col("at"), log.timezone)).collect()
        every = log.customers.select("customer_id").join(last.lazy(), on="customer_id", how="full", coalesce=True)
        told = past.with_columns(pl.Series("limit", limit))
        people = every.unique().collect().join(told, on="customer_id", how="left")
        why = (
            pl.when(pl.col("n").fill_null(0) < self.least)
            .then(pl.lit(UNKNOWN))
            .when(begin - pl.col("last") > pl.col("limit"))
            .then(pl.lit(SILENT))
            .when(end - pl.col("last") <= pl.col("limit"))
            .then(pl.lit(SLOW))
        )
        silent = (end - pl.col("latest") > pl.col("limit")).fill_null(value=False)
        return people.select("customer_id", y=silent.cast(pl.Float64), why=why)


def limits(
    n: NDArray[np.float64], mean: NDArray[np.float64], squares: NDArray[np.float64], quantile: float
) -> NDArray[np.float64]:
    """Return the quantile of each law of gaps, in days: of their number, mean, and sum of squares, ``(n,)``."""
    from scipy.special import gammaincinv

    with np.errstate(invalid="ignore", divide="ignore"):
        shape = mean**2 * (n - 1 + _PRIOR) / (squares + _PRIOR * mean**2)
        return np.asarray(gammaincinv(shape, quantile) * mean / shape, np.float64)


def _gaps(rows: pl.LazyFrame, timezone: str) -> pl.DataFrame:
    """Return number, mean and sum of squares of each customer's gaps, and his last day."""
    days = rows.select("customer_id", day=_days(pl.col("at"), timezone)).unique().sort("customer_id", "day")
    gap = days.with_columns(gap=(pl.col("day") - pl.col("day").shift().over("customer_id")).cast(pl.Float64))
    squares = ((pl.col("gap") - pl.col("gap").mean()) ** 2).sum()
    told = {"n": pl.col("gap").count().cast(pl.Float64), "mean": pl.col("gap").mean().fill_null(float("nan"))}
    return gap.group_by("customer_id").agg(**told, squares=squares, last=pl.col("day").max()).collect()


def _days(at: pl.Expr, timezone: str) -> pl.Expr:
    return at.dt.convert_time_zone(timezone).dt.date().to_physical().cast(pl.Int64)


def _day(moment: dt.datetime, timezone: str) -> int:
    return moment.astimezone(ZoneInfo(timezone)).date().toordinal() - 719_163  # days since 1970
