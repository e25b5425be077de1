"""The base of customers in ten pictures: who, how much, how often, through what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np

from cjlab._display import Shown
from cjlab.errors import EvidenceError
from cjlab.features._estimates import mean, part, share
from cjlab.features._logged import logged
from cjlab.features._recipe import Recipe
from cjlab.features._span import dated, reach
from cjlab.features.builders._builder import Builder, Column
from cjlab.features.builders._purchases import PURCHASE, Recency
from cjlab.features.builders._rfm import cut_points
from cjlab.features.reading._cell import Cell
from cjlab.features.views._bands import banded, channels, concentration, field
from cjlab.features.views._bought import comes_back, hours, months, orders

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd
    import polars as pl
    from numpy.typing import NDArray

    from cjlab.features._estimates import Ends
    from cjlab.tables import Log

_ACTIVE: Final = 90.0  # days
_LAST: Final = (0.0, 30.0, 90.0, 180.0, 365.0)
_OFTEN: Final = (0.0, 1.0, 2.0, 5.0, 10.0, 20.0)
_GAPS: Final = (0.0, 7.0, 14.0, 30.0, 60.0, 90.0)
_FEWEST: Final = 3  # gaps of a customer whose rhythm is told


@dataclass(frozen=True)
class _Rhythm(Builder):
    """How many gaps between purchases ended, and how long they are on average."""

    def columns(self) -> tuple[Column, ...]:
        """Return their number and their mean."""
        cell = Cell("gaps", PURCHASE)
        return (
            Column("gaps", (cell,), lambda _, x: x[:, 0], "gaps", "gaps that ended"),
            Column("gap", (cell,), lambda _, x: np.where(x[:, 0] > 0, x[:, 1], np.nan), "days", "mean gap", "no gap"),
        )


@dataclass(frozen=True, eq=False, repr=False)
class Base(Shown):
    """The customers of a log at a date. Shares and means are triples or columns with the ends of their 95 % interval.

    Parameters
    ----------
    as_of, since : datetime.datetime
        The moment, and when the log begins.
    timezone : str
        The brand's zone.
    customers, buyers, orders : int
        How many are known, how many of them bought, and in how many orders.
    sales, returned : float
        The sum of their purchases, and of what they gave back (0 or less); NaN where the log has no amounts.
    once, active, per_buyer, spent, basket, top : tuple of float
        Of buyers: the share with one order, the share who bought in the last 90 days, orders and spending each, the
        mean order, and the part of sales that the best tenth brings.
    field : str
        A field of profiles, if there is one; ``words`` are its values.
    words, last, often, gaps, channels : pandas.DataFrame
        Customers by value of the field, days since the last order, number of orders, mean gap (of those with three
        gaps or more) and channel: ``customers``, ``share``, ``low``, ``high``.
    months : pandas.DataFrame
        For each whole month: ``customers`` who bought, ``new`` those for the first time in this log.
    curve : pandas.DataFrame
        What ``part`` of sales the best share of ``customers`` brings.
    again : pandas.DataFrame
        For first orders in the first 90 days of the log ("early") and after ("later"): the share who buy again in
        each ``period`` of 30 days.
    hours : ndarray
        Orders by weekday, from Monday, and hour, ``(7, 24)``, in the brand's time.
    rfm : pandas.DataFrame
        Indexed by scores of ``recency`` and ``frequency`` (orders), 1 to 5, as :class:`RFM` scores: ``customers``, and
        their ``part`` of sales.

    Examples
    --------
    >>> import cjlab as cj
    >>> base = cj.features.Base.of(cj.datasets.simulated_shop(n_customers=400))
    >>> base.buyers < base.customers < 500
    True
    """

    as_of: dt.datetime
    since: dt.datetime
    timezone: str
    customers: int
    buyers: int
    orders: int
    sales: float
    returned: float
    once: Ends
    active: Ends
    per_buyer: Ends
    spent: Ends
    basket: Ends
    top: Ends
    field: str
    words: pd.DataFrame
    last: pd.DataFrame
    often: pd.DataFrame
    gaps: pd.DataFrame
    channels: pd.DataFrame
    months: pd.DataFrame
    curve: pd.DataFrame
    again: pd.DataFrame
    hours: NDArray[np.int64]
    rfm: pd.DataFrame

    @classmethod
    def of(cls, log: Log, as_of: str | dt.date | None = None) -> Base:
        """Return the base of customers at a date; nothing at or after it, or known only later, is read.

        Parameters
        ----------
        log : Log
            The log.
        as_of : date or text, optional
            The moment; a bare date is the local midnight with which it begins. Else the end of the log’s last day.

        Returns
        -------
        Base
            What there is to see.

        Raises
        ------
        SpecError
            When the log is none.
        EvidenceError
            When nobody bought before the date.

        Examples
        --------
        >>> import cjlab as cj
        >>> base = cj.features.Base.of(cj.datasets.simulated_shop(n_customers=400), "2025-01-01")
        >>> int(base.hours.sum()) == base.orders
        True
        """
        logged(log)
        first, last = reach(log, None)
        end = last if as_of is None else log.moment(as_of)
        bought = orders(log, end)
        if not bought.height:
            raise EvidenceError(
                f"nobody bought before {dated(end, log.timezone)}; the base needs events called 'purchase'"
            )
        people = Recipe(Recency(name="last"), _Rhythm()).build(log, end)
        each = _each(bought)
        spending = each["spent"].to_numpy()
        money = bool(np.isfinite(spending).any() and np.nansum(spending) > 0)
        top, curve = concentration(np.maximum(np.nan_to_num(spending), 0.0) if money else [])
        name, words = field(log, end, len(people))
        return cls(
            as_of=end,
            since=first,
            timezone=log.timezone,
            customers=len(people),
            buyers=each.height,
            orders=bought.height,
            sales=float(np.nansum(spending)) if money else float("nan"),
            returned=_returned(log, end) if money else float("nan"),
            once=share(each["orders"].to_numpy() == 1),
            active=share(people["last"].dropna() <= _ACTIVE),
            per_buyer=mean(each["orders"]),
            spent=mean(np.nan_to_num(spending)) if money else (float("nan"),) * 3,
            basket=part(np.nan_to_num(spending), each["orders"]) if money else (float("nan"),) * 3,
            top=top,
            field=name,
            words=words,
            last=banded(people["last"], _LAST),
            often=banded(each["orders"], _OFTEN),
            gaps=banded(people.loc[people["gaps"] >= _FEWEST, "gap"], _GAPS),
            channels=channels(log, end, people.index.tolist()),
            months=months(bought, first, end, log.timezone),
            curve=curve,
            again=comes_back(bought, first, end),
            hours=hours(bought),
            rfm=_rfm(each, people["last"]),
        )

    @property
    def money(self) -> bool:
        """Whether the log has amounts.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Base.of(cj.datasets.simulated_shop(n_customers=400)).money
        True
        """
        return bool(self.sales > 0)

    @property
    def days(self) -> int:
        """How many days the log has, the first and the last of them counted, in the brand's calendar.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Base.of(cj.datasets.simulated_shop(n_customers=400)).days
        456
        """
        zone = ZoneInfo(self.timezone)
        return (self.as_of.astimezone(zone).date() - self.since.astimezone(zone).date()).days

    def to_frame(self) -> pd.DataFrame:
        """Return the shares and means, a line each.

        Returns
        -------
        pandas.DataFrame
            Indexed by ``measure``: ``estimate``, ``low``, ``high``.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.features.Base.of(cj.datasets.simulated_shop(n_customers=400)).to_frame().index.tolist()
        ['once', 'active', 'per_buyer', 'spent', 'basket', 'top']
        """
        import pandas as pd

        names = ["once", "active", "per_buyer", "spent", "basket", "top"]
        lines = [getattr(self, name) for name in names]
        return pd.DataFrame(lines, columns=["estimate", "low", "high"], index=pd.Index(names, name="measure"))


def _each(bought: pl.DataFrame) -> pl.DataFrame:
    """Return a line a buyer: his orders, and what he spent."""
    import polars as pl

    spent = pl.when(pl.col("amount").is_not_null().any()).then(pl.col("amount").sum())
    return bought.group_by("customer_id", maintain_order=True).agg(orders=pl.len(), spent=spent)


def _returned(log: Log, end: dt.datetime) -> float:
    """Return the sum of what was given back."""
    import polars as pl

    from cjlab.features._span import before

    rows = before(log.events, end).filter(pl.col("event").cast(pl.String) == "return")
    return float(rows.select(pl.col("amount").sum()).collect().item() or 0.0)


def _rfm(each: pl.DataFrame, last: pd.Series) -> pd.DataFrame:
    """Return buyers, and their part of sales, by scores of recency and of how many orders, as :class:`RFM` scores."""
    import pandas as pd

    people = each.to_pandas().set_index("customer_id")
    values = {"recency": -last.reindex(people.index), "frequency": people["orders"]}
    scored = {
        name: np.searchsorted(cut_points(one.to_numpy(np.float64), 5), one, side="right") + 1
        for name, one in values.items()
    }
    grid = (
        people.assign(**scored, spent=people["spent"].fillna(0.0)).groupby(list(scored))["spent"].agg(["size", "sum"])
    )
    whole = float(grid["sum"].sum())
    return pd.DataFrame({"customers": grid["size"], "part": grid["sum"] / whole if whole > 0 else np.nan})
