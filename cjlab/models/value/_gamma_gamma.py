"""How much customers spend a time: gamma-gamma."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import numpy as np

from cjlab.models.value._history import History
from cjlab.models.value._likeliest import Likeliest, dates_of
from cjlab.models.value._maximum import maximise
from cjlab.models.value._parameters import Parameters, banded, quantile, require_mean

if TYPE_CHECKING:
    import datetime as dt

    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_LEAST = 20


class Spend(NamedTuple):
    """Parameters of gamma-gamma: a time is Gamma(p, n), the rate n is Gamma(q, v) among customers."""

    p: float
    q: float
    v: float


class GammaGamma(Likeliest):
    r"""Spend a time of customers who differ: gamma-gamma.

    What a time brings is Gamma(p, n), of mean p / n; the rate n is Gamma(q, v) among customers, independent of how
    often they come (Fader & Hardie 2013, "The gamma-gamma model of monetary value",
    http://www.brucehardie.com/notes/025/). It is learned of those who came back, by their mean *z* over *x* times:

    .. math:: f(z \mid x) = \frac{\Gamma(px+q)}{\Gamma(px)\,\Gamma(q)}
              \frac{v^q\, z^{px-1}\, x^{px}}{(v + xz)^{px+q}}, \qquad
              E[M \mid z, x] = \frac{p\,(v + xz)}{px + q - 1}

    Parameters
    ----------
    confidence : float, default: 0.95
        Of the intervals, above 0 and below 1.

    Attributes
    ----------
    parameters : Parameters
        p, q and v (in the table's currency), with intervals.
    log_likelihood : float
        At the top.
    customers : int
        Of how many customers: those who came back and spent something.
    correlation : float
        Of *x* and *z* among them; the model takes it for 0.

    Examples
    --------
    >>> import cjlab as cj
    >>> fitted = cj.models.GammaGamma().fit(cj.datasets.cdnow_summary())
    >>> [round(float(one), 2) for one in fitted.parameters.estimates]
    [6.25, 3.74, 15.45]
    """

    _learned: ClassVar[tuple[str, ...]] = ("parameters", "log_likelihood", "customers", "correlation")
    _columns = ("frequency", "repeat_mean")
    _supposed = "It supposes that how much somebody spends a time has nothing to do with how often he comes"
    correlation: float

    def fit(self, table: Any, *, as_of: str | dt.date | None = None) -> GammaGamma:  # noqa: ANN401 - a log, or a frame
        """Find the likeliest parameters.

        Parameters
        ----------
        table : pandas.DataFrame or Log
            A row a customer with ``frequency`` (x) and ``repeat_mean`` (z); columns that end so, as
            :class:`cjlab.features.Value` makes them; or those of the papers, ``x`` and ``zbar``. Or a log.
        as_of : date or text, optional
            As of when a log is read.

        Returns
        -------
        GammaGamma
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
        >>> cj.models.GammaGamma().fit(cj.datasets.cdnow_summary()).customers
        946
        """
        quantile(self.confidence)
        history = History.spent(table, as_of)
        paid = (history.frequency > 0) & (history.mean > 0)
        spent = _Spent.of(history.frequency[paid], history.mean[paid], require=_LEAST)
        top = maximise(spent.log_likelihood, np.zeros(3), count=len(spent.mean))
        self.parameters = Parameters.of(top, {"p": 1.0, "q": 1.0, "v": spent.unit}, confidence=self.confidence)
        self.log_likelihood = top.value - len(spent.mean) * float(np.log(spent.unit))
        self.customers, self.dates = len(spent.mean), dates_of(table, as_of)
        self.correlation = spent.correlation
        return self

    @property
    def spend(self) -> Spend:
        """The parameters as a tuple: p, q, v.

        Examples
        --------
        >>> import cjlab as cj
        >>> round(cj.models.GammaGamma().fit(cj.datasets.cdnow_summary()).spend.q, 2)
        3.74
        """
        self._require_fitted()
        return Spend(*map(float, self.parameters.estimates))

    def mean(self, table: Any, *, as_of: str | dt.date | None = None) -> pd.DataFrame:  # noqa: ANN401 - likewise
        """Return how much is expected of each customer a time.

        Parameters
        ----------
        table : pandas.DataFrame or Log
            As :meth:`fit` takes it.
        as_of : date or text, optional
            As of when a log is read.

        Returns
        -------
        pandas.DataFrame
            Indexed as the table: ``mean``, ``low``, ``high``; NaN for those who never bought.

        Raises
        ------
        EvidenceError
            When the mean of those who came once is without end.

        Examples
        --------
        >>> import cjlab as cj
        >>> table = cj.datasets.cdnow_summary()
        >>> float(cj.models.GammaGamma().fit(table).mean(table)["mean"].loc[1].round(2))
        24.66
        """
        history = History.spent(table, as_of)
        spread = self.parameters.spread(lambda theta: mean_spend(Spend(*theta), history))
        band = banded(mean_spend(self.spend, history), spread, confidence=self.confidence)
        return history.framed(mean=band.estimate, low=band.low, high=band.high)


def mean_spend(spend: Spend, history: History) -> Floats:
    """Return what is expected of each a time, ``(n,)``."""
    p, q, v = spend
    require_mean(float(q + p * history.frequency.min(initial=np.inf)), q)
    return np.asarray(p * (v + history.frequency * history.mean) / (p * history.frequency + q - 1))


def squared_spend(spend: Spend, history: History) -> Floats:
    """Return the expected square of each customer's own mean, ``(n,)``; infinite where it is without end."""
    p, q, v = spend
    shape, rate = p * history.frequency + q, v + history.frequency * history.mean
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(shape > 2, (p * rate) ** 2 / ((shape - 1) * (shape - 2)), np.inf)  # noqa: PLR2004 - its second moment


@dataclass(frozen=True, eq=False)
class _Spent:
    """Times and means of those who came back, in units of the mean spend."""

    times: Floats
    mean: Floats
    unit: float

    @classmethod
    def of(cls, times: Floats, mean: Floats, *, require: int) -> _Spent:
        from cjlab.errors import EvidenceError

        if len(mean) < require:
            raise EvidenceError(
                f"{len(mean)} customers came back and spent something; a model of what they spend needs at least "
                f"{require}: give a longer history"
            )
        unit = float(mean.mean())
        return cls(times, mean / unit, unit)

    @property
    def correlation(self) -> float:
        """Correlation of how often and how much."""
        apart = float(np.std(self.times) * np.std(self.mean))
        return float(np.cov(self.times, self.mean, ddof=0)[0, 1]) / apart if apart > 0 else 0.0

    def log_likelihood(self, logs: Floats) -> tuple[float, Floats]:
        """Return the log-likelihood of ln p, ln q, ln v (in units), and its gradient."""
        from scipy.special import digamma, gammaln

        p, q, v = np.exp(logs)
        x, z = self.times, self.mean
        different, place = np.unique(x, return_inverse=True)
        shape, total = p * x, np.log(v + x * z)
        value = (gammaln(p * different + q) - gammaln(p * different))[place] - gammaln(q) + q * np.log(v)
        value += (shape - 1) * np.log(z) + shape * np.log(x) - (shape + q) * total
        both, own = digamma(p * different + q)[place], digamma(p * different)[place]
        slopes = np.array(
            [
                (x * (both - own + np.log(z) + np.log(x) - total)).sum(),
                (both - digamma(q) + np.log(v) - total).sum(),
                (q / v - (shape + q) / (v + x * z)).sum(),
            ]
        )
        return float(value.sum()), slopes * np.exp(logs)
