"""What a base of customers is worth within a horizon: by tier, what may be spent on whom, who moved, what came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from cjlab._checks import within as inside
from cjlab._display import Shown
from cjlab.errors import EvidenceError
from cjlab.features import spent
from cjlab.models._dated import ago, ends, later
from cjlab.models.value._customer_value import CustomerValue
from cjlab.models.value._forecast import forecast_of
from cjlab.models.value._groups import Groups
from cjlab.models.value._held import WITHIN, Held, ratios
from cjlab.models.value._history import summary
from cjlab.models.value._tiers import Tiers
from cjlab.statistics import Interval

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd
    from numpy.typing import NDArray

    from cjlab.models.value._tiered import Moves
    from cjlab.tables import Log

    Floats = NDArray[np.float64]

NAMES: Final = ("base", "bronze", "silver", "gold")
SHARES: Final = (0.5, 0.3, 0.15, 0.05)
_ENDS: Final = ("", "_low", "_high")


@dataclass(frozen=True, eq=False, repr=False)
class Portfolio(Shown):
    """What a base of customers is worth within a horizon, made by :meth:`of`.

    Parameters
    ----------
    as_of : datetime.datetime
        The moment, in UTC.
    timezone : str
        Where the brand is.
    before, ends : datetime.datetime
        Since when moves are told, and the end of the horizon, in UTC.
    within : str
        The horizon.
    margin, spend : float
        The share of sales that is margin, and the share of the expected margin that may be spent.
    total : Interval
        What all will bring, with the interval in which it will lie as the models have it.
    tiers : pandas.DataFrame
        Indexed by tier, the lowest first: ``least`` (the value from which it is had), ``customers``, ``share`` of them;
        ``value`` of the tier, ``part`` (its share of all), ``each`` (a customer's mean), ``purchase`` (the mean margin
        of a purchase), each with ``_low`` and ``_high``; ``cap`` (what may be spent on one customer) and ``budget``.
    moves : Moves
        Who went from which tier to which, both dates by the same model and the same cut points.
    held : Held or None
        What the same forecast, made a horizon ago, came to; None where the log does not go back far enough.
    value : pandas.Series
        What each customer is expected to bring, by customer; NaN for those who have not bought.
    model : CustomerValue
        The model of the values.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.models.Portfolio.of(cj.datasets.cdnow_sample(), within="26W", margin=0.3)
    >>> found.tiers["part"].round(2).tolist()
    [0.08, 0.13, 0.32, 0.47]
    """

    as_of: dt.datetime
    timezone: str
    before: dt.datetime
    ends: dt.datetime
    within: str
    margin: float
    spend: float
    total: Interval
    tiers: pd.DataFrame
    moves: Moves
    held: Held | None
    value: pd.Series[float]
    model: CustomerValue

    @classmethod
    def of(  # noqa: PLR0913 - what, when, for how long, since when, at which margin, in which tiers
        cls,
        log: Log,
        as_of: str | dt.date | None = None,
        *,
        within: str = "26W",
        since: str = "13W",
        margin: float = 1.0,
        spend: float = 0.05,
        names: tuple[str, ...] = NAMES,
        shares: tuple[float, ...] = SHARES,
    ) -> Portfolio:
        """Value the customers of a log, put them into tiers, and see what the same forecast came to a horizon ago.

        A cap is the share ``spend`` of the mean expected value of a tier. Where the tier surely brought less than was
        promised a horizon ago, it is lower in the same proportion; no cap is above that of a better tier.

        Parameters
        ----------
        log : Log
            The log.
        as_of : date or text, optional
            The moment; the end of the log's last day unless said.
        within : str
            The horizon, such as ``"26W"``.
        since : str
            Since when moves are told.
        margin : float
            The share of sales that is margin, above 0, at most 1.
        spend : float
            The share of the expected margin that may be spent on a customer within the horizon, from 0 to 1.
        names : tuple of str
            What the tiers are called, the lowest first.
        shares : tuple of float
            The share of customers in each.

        Returns
        -------
        Portfolio
            Tiers, caps, moves, and what came.

        Raises
        ------
        EvidenceError
            When too few have bought or come back, or so many customers have one value that a tier would be empty.
        SpecError
            When a parameter means nothing.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.models.Portfolio.of(cj.datasets.cdnow_sample(), within="26W", margin=0.3, spend=0.1)
        >>> found.tiers["customers"].tolist()
        [1175, 711, 354, 117]
        """
        inside(spend, 0, 1, name="spend")
        first, end = ends(log) if as_of is None else (ends(log)[0], log.moment(as_of))
        then, before = (
            ago(end, span, log.timezone, name=name) for span, name in ((within, "within"), (since, "since"))
        )
        now = summary(log, end)
        model = CustomerValue(within=within, margin=margin).fit(now)
        value = model.predict(now)["value"]
        tiers = Tiers(names=names, shares=shares).fit(value)
        held = None
        if first <= then - (end - then) / 2:
            held = _held(log, summary(log, then), (then, end), model=model, tiers=Tiers(names=names, shares=shares))
        return cls(
            end,
            log.timezone,
            before,
            later(end, within, log.timezone),
            within,
            margin,
            spend,
            model.total(now),
            _tabled(model, now, tiers, spend=spend, held=held),
            tiers.moved(model.predict(summary(log, before))["value"], value),
            held,
            value,
            model,
        )

    @property
    def again(self) -> Interval:
        """What all will bring if the forecast errs by as much as a horizon ago; NaN where that is not known.

        Examples
        --------
        >>> import cjlab as cj
        >>> found = cj.models.Portfolio.of(cj.datasets.cdnow_sample(), within="39W")
        >>> found.again.estimate > found.total.estimate
        True
        """
        total = float(self.total.estimate)
        return Interval(*(total * float(one) for one in self.held.ratio)) if self.held else Interval(*[np.nan] * 3)

    def to_frame(self) -> pd.DataFrame:
        """Return a row a tier.

        Returns
        -------
        pandas.DataFrame
            ``tiers``.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.models.Portfolio.of(cj.datasets.cdnow_sample()).to_frame().index.tolist()
        ['base', 'bronze', 'silver', 'gold']
        """
        return self.tiers


def _held(
    log: Log, past: pd.DataFrame, span: tuple[dt.datetime, dt.datetime], *, model: CustomerValue, tiers: Tiers
) -> Held | None:
    """Make the same forecast as of a horizon ago, and set what came beside it; None where too few had bought."""
    import pandas as pd

    then, end = span
    try:
        early = CustomerValue(within=model.within, margin=model.margin).fit(past)
        value = early.predict(past)["value"]
        tiers.fit(value)
    except EvidenceError:
        return None
    happened = model.margin * spent(log, as_of=then, within=model.within, until=end).y
    groups = grouped(early, past, tiers)
    came = groups.forecast.history.aligned(happened)
    alone = Groups(groups.forecast, np.zeros_like(groups.place), 1, groups.margin, groups.confidence)
    whole = ratios(alone, came).iloc[0]
    by_tier = ratios(groups, came).set_axis(pd.Index(tiers.names, name="tier"))
    ratio = Interval(*(float(whole[name]) for name in ("ratio", "low", "high")))
    outside = float(happened.sum() - came.sum())
    return Held(then, early.total(past), float(came.sum()), ratio, outside, by_tier)


def grouped(model: CustomerValue, table: pd.DataFrame, tiers: Tiers) -> Groups:
    """Put those who have bought into tiers."""
    forecast = forecast_of(model, table)
    value = model.margin * forecast.value(None)
    place = np.searchsorted(tiers.cuts, value, side="right")
    return Groups(forecast, place, len(tiers.names), model.margin, model.confidence)


def _tabled(
    model: CustomerValue, table: pd.DataFrame, tiers: Tiers, *, spend: float, held: Held | None
) -> pd.DataFrame:
    """Add up by tier, with intervals and caps."""
    import pandas as pd

    groups = grouped(model, table, tiers)
    many = groups.customers
    value = groups.sums()
    told: dict[str, Any] = {
        "least": np.append(-np.inf, tiers.cuts),
        "customers": many,
        "share": many / many.sum(),
    }
    of = {
        "value": value,
        "part": groups.shares(),
        "each": tuple(one / many for one in value),
        "purchase": groups.purchases(),
    }
    told |= {f"{name}{end}": one for name, three in of.items() for end, one in zip(_ENDS, three, strict=True)}
    careful = spend * told["each"] * _lowered(held, len(many))
    told["cap"] = np.minimum.accumulate(careful[::-1])[::-1]
    told["budget"] = told["cap"] * many
    return pd.DataFrame(told, index=pd.Index(tiers.names, name="tier"))


def _lowered(held: Held | None, many: int) -> Floats:
    """Return by what caps are multiplied: the ratio of a tier that surely brought less than was promised."""
    if held is None:
        return np.ones(many)
    ratio, high = (held.tiers[name].to_numpy(np.float64) for name in ("ratio", "high"))
    return np.where(high < 1 - WITHIN, ratio, 1.0)
