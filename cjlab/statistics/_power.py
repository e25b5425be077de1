"""Before a test: how many customers show how small an effect, how often."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjlab._checks import finite, within
from cjlab.errors import SpecError
from cjlab.statistics._laws import normal_quantile, student_quantile
from cjlab.statistics._roots import edge

if TYPE_CHECKING:
    from cjlab.statistics._samples import Floats, Given

_LARGEST = 1e13
_SMALLEST = 1e-60  # the fourth power of a smaller deviation is lost
_LEAST = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    r"""A two-sided Welch test of two arms, before it is made: size, effect and power, each from the other two.

    With standard error :math:`s = \sqrt{\sigma_1^2 / n_1 + \sigma_0^2 / n_0}` and Welch's degrees of freedom
    :math:`\nu`, the statistic of an effect :math:`\delta` follows a noncentral t law with noncentrality
    :math:`\delta / s`; the power is its mass beyond the two critical values (Cohen 1988, ch. 2,
    doi:10.4324/9780203771587).

    Parameters
    ----------
    deviation : float
        Standard deviation of the metric in the control, above 0; :math:`\sqrt{p(1-p)}` for a share.
    deviation_treated : float, optional
        The same in the treated arm; that of the control unless given.
    ratio : float, default: 1.0
        Customers in the control for each one treated.
    alpha : float, default: 0.05
        Two-sided level.

    Raises
    ------
    SpecError
        When a number is not finite or has the wrong sign.

    Examples
    --------
    >>> plan = Plan(deviation=1.0)
    >>> plan.sample_size(0.5), round(plan.power(0.5, 64), 4), round(plan.minimum_effect(64), 4)
    (64, 0.8015, 0.4991)
    """

    deviation: float
    deviation_treated: float | None = None
    ratio: float = 1.0
    alpha: float = 0.05

    def __post_init__(self) -> None:
        """Check the numbers."""
        within(self.deviation, _SMALLEST, _LARGEST, name="deviation", open_ends=True)
        within(self._treated, _SMALLEST, _LARGEST, name="deviation_treated", open_ends=True)
        within(self.ratio, 0, _LARGEST, name="ratio", open_ends=True)
        within(self.alpha, 0, 1, name="alpha", open_ends=True)

    @property
    def _treated(self) -> float:
        return self.deviation if self.deviation_treated is None else self.deviation_treated

    @property
    def _least(self) -> float:
        """Customers in the treated arm with which both arms have a variance of their own."""
        return max(_LEAST, _LEAST / self.ratio)

    def power(self, effect: float, n: float) -> float:
        """Return the probability that the test finds an effect.

        Parameters
        ----------
        effect : float
            Difference of the two means, in the metric's unit.
        n : float
            Customers in the treated arm; at least 3 in each arm.

        Returns
        -------
        float
            In [alpha, 1].

        Raises
        ------
        SpecError
            When a number is not finite or an arm is too small.

        Examples
        --------
        >>> round(Plan(deviation=1.0).power(0.0, 64), 4)
        0.05
        """
        finite(effect, name="effect")
        return float(self._power(effect, within(n, self._least, _LARGEST, name="n")))

    def _power(self, effect: Given, n: Given) -> Floats:
        from scipy.stats import nct  # slow to import, and only planning needs it

        n1, n0 = np.asarray(n), np.asarray(n) * self.ratio
        of_treated, of_control = self._treated**2 / n1, self.deviation**2 / n0
        df = (of_treated + of_control) ** 2 / (of_treated**2 / (n1 - 1) + of_control**2 / (n0 - 1))
        critical = student_quantile(df, 1 - self.alpha / 2)
        shift = np.abs(effect) / np.sqrt(of_treated + of_control)
        certain = shift > 2 * critical + 10  # nothing is missed that far out, and scipy's law loses its way there
        reach = np.where(certain, 0.0, shift)
        found = nct.sf(critical, df, reach) + np.nan_to_num(nct.cdf(-critical, df, reach))  # NaN below 1e-15
        return np.asarray(np.where(certain, 1.0, found), dtype=np.float64)

    def sample_size(self, effect: float, power: float = 0.8) -> int:
        """Return the fewest customers in the treated arm with which an effect is found at a power.

        Parameters
        ----------
        effect : float
            Difference of the two means, in the metric's unit, not 0.
        power : float, default: 0.8
            Above ``alpha`` and below 1.

        Returns
        -------
        int
            Customers in the treated arm; the control has ``ratio`` times as many.

        Raises
        ------
        SpecError
            When the effect is 0 or too small for any size, or the power cannot be had.

        Examples
        --------
        >>> Plan(deviation=1.0, ratio=2.0).sample_size(0.5)
        49
        """
        if finite(effect, name="effect") == 0:
            raise SpecError("effect is 0; no number of customers shows that there is none: give the effect to be seen")
        self._attainable(power)
        z = normal_quantile(1 - self.alpha / 2) + normal_quantile(power)
        spread = math.hypot(self._treated, self.deviation / math.sqrt(self.ratio))
        reach = spread * abs(z / effect) if abs(effect) * math.sqrt(_LARGEST) > spread * z else math.inf
        highest = 10 + 2 * reach**2
        if highest > _LARGEST:
            raise SpecError(f"effect is {effect!r}, too small for any number of customers; give one worth having")
        if self.power(effect, self._least) >= power:
            return math.ceil(self._least)
        least, most = np.asarray(self._least), np.asarray(self._least + highest)
        n = float(edge(lambda size: power - self._power(effect, size), least, most, guess=most / 2))
        return math.ceil(n - 1e-6)

    def minimum_effect(self, n: float, power: float = 0.8) -> float:
        """Return the smallest effect that a number of customers shows at a power: the minimum detectable effect.

        Parameters
        ----------
        n : float
            Customers in the treated arm; at least 3 in each arm.
        power : float, default: 0.8
            Above ``alpha`` and below 1.

        Returns
        -------
        float
            Above 0, in the metric's unit.

        Raises
        ------
        SpecError
            When an arm is too small or the power cannot be had.

        Examples
        --------
        >>> round(Plan(deviation=1.0).minimum_effect(1000), 4)
        0.1254
        """
        self._attainable(power)
        within(n, self._least, _LARGEST, name="n")
        highest = math.hypot(self._treated, self.deviation / math.sqrt(self.ratio)) / math.sqrt(n)
        while self.power(highest, n) < power:
            highest *= 2
        none, most = np.asarray(0.0), np.asarray(highest)
        return float(edge(lambda effect: power - self._power(effect, n), none, most, guess=most / 2))

    def _attainable(self, power: float) -> None:
        if within(power, 0, 1, name="power", open_ends=True) <= self.alpha:
            raise SpecError(f"power is {power!r}; give more than alpha, {self.alpha!r}: chance alone finds that much")
