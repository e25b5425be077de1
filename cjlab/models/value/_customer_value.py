"""What each customer will spend within a horizon: how often he comes, times how much he spends a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import finite, within
from cjlab.errors import SpecError
from cjlab.models._named import Named
from cjlab.models.value import _future
from cjlab.models.value._before import before, recent
from cjlab.models.value._beta_geometric import BetaGeometric
from cjlab.models.value._correction import Correction
from cjlab.models.value._facts import facts
from cjlab.models.value._forecast import Forecast, forecast_of
from cjlab.models.value._gamma_gamma import GammaGamma
from cjlab.models.value._history import History
from cjlab.models.value._judged import Judged
from cjlab.models.value._likeliest import dates_of
from cjlab.models.value._parameters import banded, quantile, weeks_of
from cjlab.statistics import Interval

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    import pandas as pd

    from cjlab.models._card import Facts

_SETTINGS = ("within", "discount", "margin", "look_back", "confidence")
_LEARNED = ("counting", "spending", "correction")


class CustomerValue(Named):
    r"""What each customer will spend within a horizon: BG/NBD times gamma-gamma, and what they missed a horizon ago.

    .. math:: V = m \int_0^t (1+d)^{-s}\, dE[Y(s)] \; E[M]

    with *m* the margin, *d* the discount a year, *Y* the purchases (:class:`BetaGeometric`) and *M* the spend a time
    (:class:`GammaGamma`). Both models suppose that nothing changes but who is still there. Where something does, what
    they missed can be learned: with ``look_back`` the same models are fitted as of one horizon before, on as much past,
    and what came of their forecast corrects this one (:math:`e^{c_0} N^{c_1} M^{c_2}`, so that the totals agree then).
    What changes from this year to the next is in no interval.

    Parameters
    ----------
    within : str, default: "52W"
        The horizon.
    discount : float, default: 0.0
        A year, such as 0.1: what comes in a year is worth 1 / 1.1.
    margin : float, default: 1.0
        The share of what is spent that is margin, above 0, at most 1.
    look_back : str, optional
        How much past the models read, such as ``"104W"``. Given, a log must begin at least a horizon before that.
    confidence : float, default: 0.95
        Of the intervals.

    Attributes
    ----------
    counting : BetaGeometric
        How often.
    spending : GammaGamma
        How much a time.
    correction : Correction or None
        What they missed a horizon ago; its ``missed`` is what was spent then over what was expected.

    Examples
    --------
    >>> import cjlab as cj
    >>> table = cj.datasets.cdnow_summary()
    >>> model = cj.models.CustomerValue(within="39W").fit(table)
    >>> model.predict(table).loc[1].round(2).to_dict()
    {'alive': 0.73, 'purchases': 1.23, 'mean': 24.66, 'value': 30.23, 'low': 27.82, 'high': 32.84}
    """

    counting: BetaGeometric
    spending: GammaGamma
    correction: Correction | None

    def __init__(
        self,
        *,
        within: str = "52W",
        discount: float = 0.0,
        margin: float = 1.0,
        look_back: str | None = None,
        confidence: float = 0.95,
    ) -> None:
        self.within = within
        self.discount = discount
        self.margin = margin
        self.look_back = look_back
        self.confidence = confidence

    def fit(
        self,
        table: Any,  # noqa: ANN401 - a log, or a frame
        *,
        as_of: str | dt.date | None = None,
        past: pd.DataFrame | None = None,
        happened: pd.Series[float] | None = None,
    ) -> CustomerValue:
        """Find the likeliest parameters, and what they missed a horizon ago.

        Parameters
        ----------
        table : pandas.DataFrame or Log
            A row a customer with ``frequency``, ``recency``, ``age`` and ``repeat_mean``, as
            :class:`cjlab.features.Value` makes them (or ``x``, ``t_x``, ``T`` and ``zbar``). Or a log.
        as_of : date or text, optional
            As of when a log is read.
        past : pandas.DataFrame, optional
            Where no log is given: the same table as of a horizon before.
        happened : pandas.Series, optional
            What each of ``past`` spent within the horizon after it, by customer.

        Returns
        -------
        CustomerValue
            Itself.

        Raises
        ------
        SpecError
            When a setting is out of range, or ``past`` comes without ``happened``.
        TableError
            When a column is missing, or holds what cannot be.
        EvidenceError
            When too few have bought or come back, or the log does not go back far enough.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.models.CustomerValue(within="39W").fit(cj.datasets.cdnow_summary()).correction is None
        True
        """
        self._require_sense()
        if (past is None) != (happened is None):
            raise SpecError("past and happened go together: the table of a horizon ago, and what was spent since")
        if self.look_back is not None and past is None:
            past, happened = before(table, as_of, within=self.within, look_back=self.look_back)
        self.correction = None if past is None or happened is None else self._learned(past, happened)
        self.counting, self.spending = self._fitted(recent(table, as_of, self.look_back))
        self.counting.dates = self.spending.dates = dates_of(table, as_of)
        return self

    def _require_sense(self) -> None:
        weeks_of(self.within)
        quantile(self.confidence)
        within(self.margin, 0, 1, name="margin")
        if self.margin == 0 or finite(self.discount, name="discount") < 0:
            raise SpecError(
                f"margin is {self.margin}, discount {self.discount}; give a margin above 0, a discount from 0"
            )

    def _fitted(self, history: pd.DataFrame) -> tuple[BetaGeometric, GammaGamma]:
        counting = BetaGeometric(confidence=self.confidence).fit(history)
        return counting, GammaGamma(confidence=self.confidence).fit(history)

    def _learned(self, past: pd.DataFrame, happened: pd.Series[float]) -> Correction:
        counting, spending = self._fitted(past)
        told = History.whole(past)
        forecast = Forecast(counting.parameters, spending.parameters, told, weeks_of(self.within))
        return Correction.learn(forecast.purchases, forecast.mean, told.aligned(happened), unsure=forecast.unsure)

    def predict(self, table: Any, *, as_of: str | dt.date | None = None) -> pd.DataFrame:  # noqa: ANN401 - likewise
        """Return what is expected of each customer.

        Parameters
        ----------
        table : pandas.DataFrame or Log
            As :meth:`fit` takes it.
        as_of : date or text, optional
            As of when a log is read.

        Returns
        -------
        pandas.DataFrame
            Indexed as the table: ``alive`` (the chance that he is still there), ``purchases`` and ``mean`` as the two
            models have them, ``value`` (corrected where that was learned, times the margin, discounted) with ``low``
            and ``high`` of what is expected; NaN for those who never bought.

        Examples
        --------
        >>> import cjlab as cj
        >>> table = cj.datasets.cdnow_summary()
        >>> model = cj.models.CustomerValue(within="39W").fit(table)
        >>> float(model.predict(table)["value"].sum().round(-2))
        59900.0
        """
        forecast = forecast_of(self, table, as_of)
        value, spread = forecast.value(self.correction), forecast.spread(self.correction)
        band = banded(self.margin * value, self.margin * spread, confidence=self.confidence)
        return forecast.history.framed(
            alive=_future.alive(self.counting.habits, forecast.history),
            purchases=forecast.purchases,
            mean=forecast.mean,
            value=band.estimate,
            low=band.low,
            high=band.high,
        )

    def total(self, table: Any, *, as_of: str | dt.date | None = None) -> Interval:  # noqa: ANN401 - likewise
        """Return what all of them will spend, with the interval in which it will lie.

        It holds how unsure parameters and correction are, and the chance of the purchases: as the models have it, or
        as it was a horizon ago where a correction was learned. The ends are NaN where the models know no finite
        variance (q at most 2).

        Parameters
        ----------
        table : pandas.DataFrame or Log
            As :meth:`fit` takes it.
        as_of : date or text, optional
            As of when a log is read.

        Returns
        -------
        Interval
            The expected total and its ends.

        Examples
        --------
        >>> import cjlab as cj
        >>> table = cj.datasets.cdnow_summary()
        >>> total = cj.models.CustomerValue(within="39W").fit(table).total(table)
        >>> round(total.low, -2), round(total.estimate, -2), round(total.high, -2)
        (51700.0, 59900.0, 68200.0)
        """
        forecast = forecast_of(self, table, as_of)
        reach = quantile(self.confidence) * float(np.sqrt(forecast.variance(self.correction)))
        total = float(forecast.value(self.correction).sum())
        ends = (max(total - reach, 0.0), total + reach) if np.isfinite(reach) else (np.nan, np.nan)
        return Interval(*(self.margin * one for one in (total, *ends)))

    def judge(
        self,
        table: Any,  # noqa: ANN401 - likewise
        happened: pd.Series[float],
        *,
        as_of: str | dt.date | None = None,
    ) -> Judged:
        """Set what is expected beside what happened, by tenths of what is expected.

        Parameters
        ----------
        table : pandas.DataFrame or Log
            As :meth:`fit` takes it.
        happened : pandas.Series
            What each customer spent within the horizon after it, times the margin, indexed by customer, such as
            ``cj.features.spent(…).y``.
        as_of : date or text, optional
            As of when a log is read.

        Returns
        -------
        Judged
            By tenths, and in all.

        Raises
        ------
        TableError
            When a customer of the table is not among those of ``happened``.

        Examples
        --------
        >>> import pandas as pd, cjlab as cj
        >>> table = cj.datasets.cdnow_summary()
        >>> model = cj.models.CustomerValue(within="39W").fit(table)
        >>> round(model.judge(table, pd.Series(24.7, index=table.index)).ratio, 2)
        0.97
        """
        forecast, total = forecast_of(self, table, as_of), self.total(table, as_of=as_of)
        spent = forecast.history.aligned(happened)
        value, outside = self.margin * forecast.value(self.correction), float(happened.sum() - spent.sum())
        return Judged.of(value, spent, total, outside=outside, confidence=self.confidence)

    def _require_fitted(self) -> None:
        if not hasattr(self, "counting"):
            raise SpecError("this CustomerValue is not fitted; call fit(table) first")

    def _facts(self) -> Facts:
        self._require_fitted()
        return facts(self)

    def _parts(self) -> dict[str, Any]:
        self._require_fitted()
        return {name: getattr(self, name) for name in (*_SETTINGS, *_LEARNED)}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> CustomerValue:
        made = cls(**{name: parts[name] for name in _SETTINGS})
        for name in _LEARNED:
            setattr(made, name, parts[name])
        return made
