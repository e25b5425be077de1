"""Labels of many dates: who is asked, what was measured of him, who is left out."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from cjlab._checks import shown
from cjlab.errors import SpecError
from cjlab.features._logged import logged
from cjlab.features._span import Span, moments, reach
from cjlab.features.outcomes._eligible import Eligible, People
from cjlab.features.outcomes._labels import PENDING, Labels
from cjlab.tables import later

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    from cjlab.features._span import Dates
    from cjlab.tables import Log

    Measure = Callable[[Span], pl.DataFrame]


@dataclass(frozen=True, eq=False)
class Asked:
    """What is asked of a log: from which dates on, for how long, of whom.

    Parameters
    ----------
    log : Log
        The log.
    as_of : date, text or sequence of them
        The dates.
    within : str
        For how long from each on.
    until : date or text, optional
        Until when the log tells all.
    among : Eligible, optional
        Of whom.
    """

    log: Log
    as_of: Dates
    within: str
    until: str | dt.date | None = None
    among: Eligible | None = None

    def __post_init__(self) -> None:
        """Check what can be checked without reading a row."""
        logged(self.log)
        if self.among is not None and not isinstance(self.among, Eligible):
            raise SpecError(f"among is {shown(self.among)}; give a cj.features.Eligible, or nothing")

    @cached_property
    def spans(self) -> list[Span]:
        """The time after each date."""
        dates, _ = moments(self.as_of, self.log)
        return [Span(one, later(one, self.within, self.log.timezone)) for one in dates]

    def labels(self, name: str, measure: Measure) -> Labels:
        """Label everybody: ``measure`` returns ``customer_id``, ``y``, and ``why`` and ``reason`` where it has some.

        Who is not in what it returns has 0; who has a ``why`` is left out under it.
        """
        _, end = reach(self.log, self.until)
        people = People(self.log, self.among or Eligible())
        parts = [self._part(span, people.at(span.start), measure, over=span.end <= end) for span in self.spans]
        every = pl.concat(parts)
        kept = every.filter(pl.col("why").is_null())
        counts = every.drop_nulls("why").group_by("why").len().sort("why")
        return self._made(name, kept, dict(counts.iter_rows()))

    def _part(self, span: Span, there: pl.DataFrame, measure: Measure, *, over: bool) -> pl.DataFrame:
        if not over:
            found = there.with_columns(why=pl.coalesce("why", pl.lit(PENDING)), y=pl.lit(0.0))
            found = found.with_columns(reason=pl.lit(None, pl.String))
        else:
            measured = _filled(measure(span))
            found = there.join(measured, on="customer_id", how="left", maintain_order="left")
            found = found.with_columns(pl.col("y").fill_null(0.0), why=pl.coalesce("why", "left_out"))
        return found.select("customer_id", pl.col("y").cast(pl.Float64), "why", "reason", as_of=pl.lit(span.start))

    def _made(self, name: str, kept: pl.DataFrame, excluded: dict[str, int]) -> Labels:
        import pandas as pd

        _, several = moments(self.as_of, self.log)
        who = kept["customer_id"].to_numpy()
        index: pd.Index[Any] = pd.Index(who, name="customer_id")
        if several:
            stamps = pd.DatetimeIndex(kept["as_of"].to_numpy(), tz="UTC").as_unit("us").tz_convert(self.log.timezone)
            index = pd.MultiIndex.from_arrays([stamps, who], names=["as_of", "customer_id"])
        reason = kept["reason"]
        words = None if reason.null_count() == len(reason) else pd.Series(reason.to_list(), index, name="reason")
        return Labels(name, pd.Series(kept["y"].to_numpy(), index, name=name), excluded, words)


def _filled(measured: pl.DataFrame) -> pl.DataFrame:
    """Return what was measured with the columns that it may leave out."""
    absent = [name for name in ("why", "reason") if name not in measured.columns]
    full = measured.with_columns(pl.lit(None, pl.String).alias(name) for name in absent)
    return full.select("customer_id", "y", "reason", left_out="why")
