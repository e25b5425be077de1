"""How often customers come back, and whether they are still there: BG/NBD."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.models.value import _future
from cjlab.models.value._counts import Counts
from cjlab.models.value._future import Habits
from cjlab.models.value._history import History
from cjlab.models.value._likeliest import Likeliest, dates_of
from cjlab.models.value._maximum import maximise
from cjlab.models.value._parameters import Parameters, banded, quantile, weeks_of
from cjlab.statistics import Interval

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Callable

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_LEAST = 20


class BetaGeometric(Likeliest):
    r"""Purchases of customers who leave one day without saying so: BG/NBD.

    While he is there a customer buys at his own rate, Gamma(r, α) among customers; after each purchase he leaves with
    his own chance, Beta(a, b) among them (Fader, Hardie & Lee 2005, doi:10.1287/mksc.1040.0098). Of a customer it needs
    the days *x* on which he came back, the weeks :math:`t_x` from his first purchase to his last, and the weeks *T*
    since his first, as :class:`cjlab.features.Value` makes them; customers whose histories are alike are counted once.

    The likelihood is climbed in logarithms with its gradient. Intervals of what follows from the parameters are by the
    delta method; those of totals add the chance of the purchases themselves. The model knows no season and no campaign:
    what they change is in no interval.

    Parameters
    ----------
    confidence : float, default: 0.95
        Of the intervals, above 0 and below 1.

    Attributes
    ----------
    parameters : Parameters
        r, alpha (weeks), a and b, with intervals.
    log_likelihood : float
        At the top, times in weeks.
    customers : int
        Of how many customers.

    Examples
    --------
    >>> import cjlab as cj
    >>> table = cj.datasets.cdnow_summary()
    >>> fitted = cj.models.BetaGeometric().fit(table)
    >>> round(fitted.log_likelihood, 1)
    -9582.4
    >>> fitted.purchases(table, within="39W").loc[1].round(2).tolist()
    [1.23, 1.14, 1.32]
    """

    _columns = ("frequency", "recency", "age")
    _supposed = "It knows no season, no campaign and no trend: what they change is in no interval"

    def fit(self, table: Any, *, as_of: str | dt.date | None = None) -> BetaGeometric:  # noqa: ANN401 - a log, or a frame
        """Find the likeliest parameters.

        Parameters
        ----------
        table : pandas.DataFrame or Log
            A row a customer with ``frequency`` (x), ``recency`` (t_x) and ``age`` (T), weeks; columns that end so, as
            :class:`cjlab.features.Value` makes them; or those of the papers, ``x``, ``t_x`` and ``T``. Rows of those
            who never bought (NaN) are left out. Or a log.
        as_of : date or text, optional
            As of when a log is read.

        Returns
        -------
        BetaGeometric
            Itself.

        Raises
        ------
        TableError
            When a column is missing, or holds what cannot be.
        EvidenceError
            When fewer than 20 customers have bought, or nobody came back.

        Examples
        --------
        >>> import cjlab as cj
        >>> cj.models.BetaGeometric().fit(cj.datasets.cdnow_summary()).customers
        2357
        """
        quantile(self.confidence)
        counts = Counts.of(History.counted(table, as_of).require_some(_LEAST))
        top = maximise(counts.log_likelihood, np.zeros(4), count=counts.customers)
        units = {"r": 1.0, "alpha": counts.unit, "a": 1.0, "b": 1.0}
        self.parameters = Parameters.of(top, units, confidence=self.confidence)
        self.log_likelihood = counts.shifted(top.value)
        self.customers, self.dates = int(counts.customers), dates_of(table, as_of)
        return self

    @property
    def habits(self) -> Habits:
        """The parameters as a tuple: r, alpha (weeks), a, b.

        Examples
        --------
        >>> import cjlab as cj
        >>> round(cj.models.BetaGeometric().fit(cj.datasets.cdnow_summary()).habits.r, 3)
        0.243
        """
        self._require_fitted()
        return Habits(*map(float, self.parameters.estimates))

    def alive(self, table: Any, *, as_of: str | dt.date | None = None) -> pd.DataFrame:  # noqa: ANN401 - likewise
        """Return the chance that each customer is still there.

        Who bought only once is there for certain under this model: leaving follows a purchase that came back.

        Parameters
        ----------
        table : pandas.DataFrame or Log
            As :meth:`fit` takes it.
        as_of : date or text, optional
            As of when a log is read.

        Returns
        -------
        pandas.DataFrame
            Indexed as the table: ``alive``, ``low``, ``high``; NaN for those who never bought.

        Examples
        --------
        >>> import cjlab as cj
        >>> table = cj.datasets.cdnow_summary()
        >>> cj.models.BetaGeometric().fit(table).alive(table).loc[1].round(2).tolist()
        [0.73, 0.69, 0.76]
        """
        history = History.counted(table, as_of)
        return self._framed(history, "alive", lambda habits: _future.alive(habits, history), share=True)

    def purchases(
        self,
        table: Any,  # noqa: ANN401 - likewise
        *,
        within: str,
        as_of: str | dt.date | None = None,
    ) -> pd.DataFrame:
        r"""Return how many purchases are expected of each customer.

        .. math:: E[Y(t)] = P\,\frac{a+b+x-1}{a-1}\left[1 - \left(\frac{\alpha+T}{\alpha+T+t}\right)^{r+x}
                  {}_2F_1\left(r+x, b+x; a+b+x-1; \tfrac{t}{\alpha+T+t}\right)\right]

        Parameters
        ----------
        table : pandas.DataFrame or Log
            As :meth:`fit` takes it.
        within : str
            For how long, such as ``"52W"``.
        as_of : date or text, optional
            As of when a log is read.

        Returns
        -------
        pandas.DataFrame
            Indexed as the table: ``purchases``, and ``low`` and ``high`` of what is expected (what he does will differ
            from it); NaN for those who never bought.

        Examples
        --------
        >>> import cjlab as cj
        >>> table = cj.datasets.cdnow_summary()
        >>> cj.models.BetaGeometric().fit(table).purchases(table, within="39W").sum().round().tolist()[0]
        1653.0
        """
        history, weeks = History.counted(table, as_of), weeks_of(within)
        return self._framed(history, "purchases", lambda habits: _future.purchases(habits, history, weeks)[0])

    def total(self, table: Any, *, within: str, as_of: str | dt.date | None = None) -> Interval:  # noqa: ANN401 - likewise
        """Return how many purchases all of them will make, with the interval in which the number will lie.

        It holds how unsure the parameters are, and the chance of the purchases.

        Parameters
        ----------
        table : pandas.DataFrame or Log
            As :meth:`fit` takes it.
        within : str
            For how long, such as ``"52W"``.
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
        >>> total = cj.models.BetaGeometric().fit(table).total(table, within="39W")
        >>> round(total.low), round(total.estimate), round(total.high)
        (1454, 1653, 1853)
        """
        history, weeks, habits = History.counted(table, as_of), weeks_of(within), self.habits
        first, second = _future.purchases(habits, history, weeks)
        of_all = self.parameters.spread(lambda theta: np.asarray(_purchases(theta, history, weeks).sum()))
        reach = quantile(self.confidence) * float(np.sqrt(of_all**2 + (second - first**2).sum()))
        total = float(first.sum())
        return Interval(total, max(total - reach, 0.0), total + reach)

    def _framed(
        self, history: History, name: str, told: Callable[[Habits], Floats], *, share: bool = False
    ) -> pd.DataFrame:
        habits = self.habits
        spread = self.parameters.spread(lambda theta: told(Habits(*theta)))
        band = banded(told(habits), spread, confidence=self.confidence, share=share)
        return history.framed(**{name: band.estimate, "low": band.low, "high": band.high})


def _purchases(theta: Floats, history: History, weeks: float) -> Floats:
    return _future.purchases(Habits(*theta), history, weeks)[0]
