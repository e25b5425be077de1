"""How a test's numbers are said: each metric in its unit, each interval whole."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab.experiments._columns import NET
from cjlab.experiments._speech import Speech

if TYPE_CHECKING:
    from cjlab.experiments._effect import Effect
    from cjlab.experiments._metric import Metric

_PER = 1000


@dataclass(frozen=True, slots=True)
class Voice(Speech):
    r"""A test and a language.

    Parameters
    ----------
    experiment : Experiment
        The test whose metrics, arms and currency are said.
    language : {"en", "fr"}
        The reader's language.

    Raises
    ------
    SpecError
        When words are asked for in a language that is not known.

    Examples
    --------
    >>> import cjlab as cj
    >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
    >>> [cj.experiments.Voice(test, language).level("margin", 2.5) for language in ("en", "fr")]
    ['€2.50', '2,50\xa0€']
    """

    def level(self, metric: str, value: float) -> str:
        """Say the level of a metric: ``18.28 %``, ``$1.42``, ``0.31``.

        Parameters
        ----------
        metric : str
            A metric's name, or ``"net"`` (said per 1,000 customers).
        value : float
            The level in the metric's unit.

        Returns
        -------
        str
            The level with its unit.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> voice = cj.experiments.Voice(test, "en")
        >>> voice.level("spend", 4.8948), voice.level("net", 0.56)
        ('€4.89', '€560')
        """
        if not math.isfinite(value):
            return self.words("unknown")
        if metric == NET:
            return self.numbers.money(_PER * value, self.experiment.currency, digits=0)
        return self._plain(self.experiment.metric(metric), value)

    def change(self, metric: str, value: float) -> str:
        r"""Say a difference with its sign and unit: ``+7.66 points``, ``+$0.77``.

        Parameters
        ----------
        metric : str
            A metric's name, or ``"net"`` (said per 1,000 customers).
        value : float
            The difference in the metric's unit.

        Returns
        -------
        str
            The difference with its unit.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> voice = cj.experiments.Voice(test, "en")
        >>> voice.change("purchase", 0.0335), voice.change("spend", -1.44)
        ('+3.35\xa0points', '−€1.44')
        """
        unit = self.words(_points(value)) if self._is_share(metric) and math.isfinite(value) else ""
        return f"{self.step(metric, value)}{unit and chr(160)}{unit}"

    def step(self, metric: str, value: float, *, signed: bool = True) -> str:
        """Say a difference without the word for points, as in a chart or between the ends of an interval.

        Parameters
        ----------
        metric : str
            A metric's name, or ``"net"`` (said per 1,000 customers).
        value : float
            The difference in the metric's unit.
        signed : bool, default: True
            Whether a gain carries a plus.

        Returns
        -------
        str
            The difference.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> voice = cj.experiments.Voice(test, "en")
        >>> voice.step("purchase", 0.0335), voice.step("purchase", 0.0335, signed=False)
        ('+3.35', '3.35')
        """
        if not math.isfinite(value):
            return self.words("unknown")
        numbers, currency = self.numbers, self.experiment.currency
        if metric == NET:
            return numbers.money(_PER * value, currency, digits=0, signed=signed)
        if self._is_share(metric):
            return numbers.decimal(100 * value, digits=2, signed=signed)
        if self.experiment.metric(metric).currency:
            return numbers.money(value, currency, signed=signed)
        return numbers.decimal(value, digits=3, signed=signed)

    def interval(self, effect: Effect, *, signed: bool = False) -> str:
        """Say both ends of an effect's interval: ``7.00 to 8.32``.

        Parameters
        ----------
        effect : Effect
            An effect.
        signed : bool, default: False
            Whether ends above 0 carry a plus.

        Returns
        -------
        str
            The two ends, in the metric's unit.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> voice = cj.experiments.Voice(test, "en")
        >>> effect = test.read_out(cj.datasets.promotion_test()).effect("net", "reminder")
        >>> voice.interval(effect), voice.interval(effect, signed=True)
        ('€285 to €835', '+€285 to +€835')
        """
        if not (math.isfinite(effect.low) or math.isfinite(effect.high)):
            return self.words("unknown")
        low, high = (self.step(effect.metric, end, signed=signed) for end in (effect.low, effect.high))
        return self.words("interval", low=low, high=high)

    def difference(self, effect: Effect) -> str:
        """Say an effect beside its interval: ``+7.66 (7.00 to 8.32)``.

        Parameters
        ----------
        effect : Effect
            An effect.

        Returns
        -------
        str
            The effect without the word for points, and both ends; that there is nothing to compare where neither is
            known and no difference was seen.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> effect = test.read_out(cj.datasets.promotion_test()).effect("net", "reminder")
        >>> voice, unknown = cj.experiments.Voice(test, "en"), float("nan")
        >>> voice.difference(effect), voice.difference(effect._replace(estimate=0.0, low=unknown, high=unknown))
        ('+€560 (€285 to €835)', 'nothing to compare')
        """
        estimate = self.step(effect.metric, effect.estimate)
        if math.isfinite(effect.low) or math.isfinite(effect.high):
            return self.words("labelled", estimate=estimate, interval=self.interval(effect))
        if not math.isfinite(effect.estimate) or effect.estimate == 0:
            return self.words("nothing")
        return self.words("no_interval", estimate=estimate)

    def _is_share(self, metric: str) -> bool:
        return metric != NET and self.experiment.metric(metric).kind == "share"

    def _plain(self, metric: Metric, value: float) -> str:
        if metric.kind == "share":
            return self.numbers.share(value)
        if metric.currency:
            return self.numbers.money(value, self.experiment.currency)
        return self.numbers.decimal(value, digits=3)


def _points(value: float) -> str:
    """Name the word for points, which French counts in the singular below two."""
    return "point" if abs(round(100 * value, 2)) < 2 else "points"  # noqa: PLR2004 - two
