"""A forecast of spend: two models of one table of customers, and how unsure both are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.models.value import _future
from cjlab.models.value._before import recent
from cjlab.models.value._future import Habits
from cjlab.models.value._gamma_gamma import Spend, mean_spend, squared_spend
from cjlab.models.value._history import History
from cjlab.models.value._parameters import weeks_of

if TYPE_CHECKING:
    import datetime as dt

    from numpy.typing import NDArray

    from cjlab.models.value._correction import Correction
    from cjlab.models.value._customer_value import CustomerValue
    from cjlab.models.value._parameters import Parameters

    Floats = NDArray[np.float64]

_YEAR = 365.25 / 7  # weeks


@dataclass(frozen=True, eq=False)
class Forecast:
    """What is expected of customers within some weeks; all arrays are ``(n,)``.

    ``force`` is the continuous discount a week.
    """

    counting: Parameters
    spending: Parameters
    history: History
    weeks: float
    force: float = 0.0

    @cached_property
    def purchases(self) -> Floats:
        """Expected purchases."""
        return self.purchases_of(self.counting.estimates)

    @cached_property
    def mean(self) -> Floats:
        """Expected spend a time."""
        return self.mean_of(self.spending.estimates)

    @cached_property
    def worth(self) -> Floats:
        """What a purchase is worth today, on average; 1 without discount."""
        habits = Habits(*self.counting.estimates)
        today = _future.discounted(habits, self.history, self.weeks, self.force)
        return np.divide(today, self.purchases, out=np.ones_like(today), where=self.purchases > 0)

    def value(self, correction: Correction | None) -> Floats:
        """Return what will be spent, discounted."""
        plain = self.purchases * self.mean if correction is None else correction.applied(self.purchases, self.mean)
        return self.worth * plain

    def spread(self, correction: Correction | None) -> Floats:
        """Return the standard deviation of what is expected, by the delta method."""
        of_count = self.counting.spread(self._logs_of_purchases)
        of_mean = self.spending.spread(lambda theta: np.log(self.mean_of(theta)))
        if correction is None:
            return np.asarray(self.value(None) * np.hypot(of_count, of_mean))
        _, count, mean = correction.coefficients
        own = correction.spread(self.purchases, self.mean)
        return np.asarray(self.value(correction) * np.sqrt(own**2 + (count * of_count) ** 2 + (mean * of_mean) ** 2))

    def variance(self, correction: Correction | None) -> float:
        """Return the variance of the total: of its expectation, and of what customers do around it."""
        both = self._unsure(correction)
        if correction is None:
            return both + float(self.chance.sum())
        slope = correction.slope(self.purchases, self.mean, self.worth)
        chance = correction.dispersion * float((self.worth * self.value(correction)).sum())
        return both + float(slope @ correction.covariance @ slope) + chance

    @property
    def unsure(self) -> float:
        """Variance of the logarithm of the expected total, as far as the parameters are unsure."""
        return self._unsure(None) / self._total(None, None, None) ** 2

    def _unsure(self, correction: Correction | None) -> float:
        of_count = self.counting.spread(lambda theta: np.asarray(self._total(correction, theta, None)))
        of_mean = self.spending.spread(lambda theta: np.asarray(self._total(correction, None, theta)))
        return float(of_count) ** 2 + float(of_mean) ** 2

    def _total(self, correction: Correction | None, counting: Floats | None, spending: Floats | None) -> float:
        purchases = self.purchases if counting is None else self.purchases_of(counting)
        mean = self.mean if spending is None else self.mean_of(spending)
        plain = purchases * mean if correction is None else correction.applied(purchases, mean)
        return float((self.worth * plain).sum())

    @cached_property
    def chance(self) -> Floats:
        """Variance of what each customer does, as the models have it.

        It is E[Y²] E[m²] + E[Y] E[m²] / p − (E[Y] E[m])², *m* being his own mean; what is discounted varies in
        proportion.
        """
        spend = Spend(*self.spending.estimates)
        first, second = _future.purchases(Habits(*self.counting.estimates), self.history, self.weeks)
        square = squared_spend(spend, self.history)
        of_each = second * square + first * square / spend.p - (first * self.mean) ** 2
        return np.asarray(self.worth**2 * of_each)

    def purchases_of(self, theta: Floats) -> Floats:
        """Return the purchases expected under other parameters."""
        return _future.purchases(Habits(*theta), self.history, self.weeks)[0]

    def _logs_of_purchases(self, theta: Floats) -> Floats:
        return np.log(np.maximum(self.purchases_of(theta), np.finfo(np.float64).tiny))

    def mean_of(self, theta: Floats) -> Floats:
        """Return the spend a time expected under other parameters."""
        return mean_spend(Spend(*theta), self.history)


def forecast_of(model: CustomerValue, table: Any, as_of: str | dt.date | None = None) -> Forecast:  # noqa: ANN401 - a log, or a frame
    """Return what a model that has learnt expects of customers, as arrays."""
    model._require_fitted()  # noqa: SLF001 - of the same room
    history = History.whole(recent(table, as_of, model.look_back))
    force = float(np.log1p(model.discount)) / _YEAR
    parameters = (model.counting.parameters, model.spending.parameters)
    return Forecast(*parameters, history, weeks_of(model.within), force)
