"""Contacts drawn by lot: who got what, with which chance, and what that changed in a group of customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjlab.statistics import Interval

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd
    import polars as pl
    from numpy.typing import NDArray

    from cjlab.tables import Log

    Floats = NDArray[np.float64]

_NEEDED = ("propensity", "sent")
_FEWEST = 30  # customers of an arm, of whom no less is told


@dataclass(frozen=True, eq=False)
class Lots:
    """The largest randomised test of a log, one contact a customer.

    ``arms`` are those that were sent, the largest first, ``control`` the one that was withheld; ``rows`` is indexed by
    customer, with ``arm`` and ``propensity``.
    """

    campaign: str
    control: str
    arms: tuple[str, ...]
    starts: dt.datetime
    rows: pd.DataFrame

    @classmethod
    def found(cls, log: Log) -> Lots | None:
        """Find it; None where nothing was drawn by lot, or no arm was withheld."""
        import polars as pl

        if not set(_NEEDED) <= set(log.contacts.collect_schema().names()):
            return None
        drawn = log.contacts.filter(pl.col("propensity") < 1)
        text = [pl.col(one).cast(pl.String) for one in ("campaign", "arm")]
        told = drawn.select("customer_id", "at", "propensity", "sent", *text).collect()
        made = [cls._of(str(name), rows) for (name,), rows in told.group_by("campaign")]
        return max(filter(None, made), key=lambda one: (len(one.rows), one.campaign), default=None)

    @classmethod
    def _of(cls, campaign: str, rows: pl.DataFrame) -> Lots | None:
        import polars as pl

        arms = rows.group_by("arm").agg(pl.len(), pl.col("sent").any())
        ordered = arms.sort("len", "arm", descending=[True, False])
        sent, kept = (ordered.filter(pl.col("sent") == one)["arm"].to_list() for one in (True, False))
        if not sent or not kept:
            return None
        first = rows.sort("customer_id", "at", "arm").unique("customer_id", keep="first", maintain_order=True)
        frame = first.select("customer_id", "arm", "propensity").to_pandas().set_index("customer_id")
        return cls(campaign, str(kept[0]), tuple(map(str, sent)), first["at"].to_list()[0], frame)


@dataclass(frozen=True, eq=False)
class Answers:
    """Outcomes of a test, ``(n,)`` each."""

    outcome: Floats
    arm: NDArray[np.str_]
    weight: Floats

    @classmethod
    def of(cls, lots: Lots, outcome: pd.Series[float]) -> tuple[Answers, pd.Index[int]]:
        """Take those of whom it is known what came; return them, and who they are."""
        there = lots.rows.index.intersection(outcome.index)
        rows = lots.rows.loc[there]
        arm = rows["arm"].to_numpy(dtype=np.str_)
        y = np.asarray(outcome.loc[there], dtype=np.float64)
        weight: Floats = 1.0 / np.asarray(rows["propensity"], dtype=np.float64)
        return cls(y, arm, weight), there

    def rows(self, which: NDArray[np.bool_]) -> Answers:
        """Return some of them."""
        return Answers(self.outcome[which], self.arm[which], self.weight[which])

    def difference(self, arm: str, other: str, *, quantile: float) -> Interval:
        r"""Return by how much more comes of an arm than of another, with its interval; NaN with fewer than 30 of one.

        Of each arm the mean :math:`m = \sum w_i y_i / \sum w_i` with :math:`w_i = 1 / p_i` (Hájek), of the variance
        :math:`\frac{n}{n-1} \sum w_i^2 (y_i - m)^2 / (\sum w_i)^2`; with one chance for all these are the mean and
        Welch's variance.
        """
        (one, unsure), (two, doubt) = self._level(arm), self._level(other)
        reach = quantile * float(np.sqrt(unsure + doubt))
        return Interval(one - two, one - two - reach, one - two + reach)

    def _level(self, arm: str) -> tuple[float, float]:
        own = self.arm == arm
        n, y, w = int(own.sum()), self.outcome[own], self.weight[own]
        if n < _FEWEST:
            return float("nan"), float("nan")
        mean = float(np.average(y, weights=w))
        return mean, n / (n - 1) * float((w**2 * (y - mean) ** 2).sum() / w.sum() ** 2)
