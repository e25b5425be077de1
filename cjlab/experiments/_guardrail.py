"""A guardrail: a metric that must not get worse than agreed, and how it stands."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cjlab.experiments._effect import Effect
    from cjlab.experiments._metric import Metric


class Guardrail(NamedTuple):
    """How one guardrail stands for one arm.

    It is *held* when the end of the effect's interval on the side of harm lies inside the margin agreed beforehand,
    *broken* when the whole interval lies beyond it, and open otherwise. Where nobody in either arm had such an event,
    a sum or a ratio has no interval: it is held as seen, and a reservation says so. Where it has no interval
    for another reason, it cannot be measured.

    Parameters
    ----------
    metric, arm : str
        What is guarded, and for which arm.
    effect : Effect
        The arm against the control.
    margin : float
        The harm allowed, in the metric's unit.
    held, broken : bool
        How it stands; both false when the interval contains the margin, or there is none.

    Examples
    --------
    >>> import cjlab as cj
    >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
    >>> readout = test.read_out(cj.datasets.promotion_test())
    >>> [(one.metric, one.arm, one.held) for one in readout.guardrails][:1]
    [('unsubscribed', 'reminder', True)]
    """

    metric: str
    arm: str
    effect: Effect
    margin: float
    held: bool
    broken: bool

    @property
    def bounded(self) -> bool:
        """Whether the effect has an interval.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> test.read_out(cj.datasets.promotion_test()).guardrails[0].bounded
        True
        """
        return math.isfinite(self.effect.low) and math.isfinite(self.effect.high)

    @property
    def measured(self) -> bool:
        """Whether the data say how it stands, or more of them would.

        Examples
        --------
        >>> import cjlab as cj
        >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
        >>> test.read_out(cj.datasets.promotion_test()).guardrails[0].measured
        True
        """
        return self.bounded or self.held


def guardrail(metric: Metric, effect: Effect) -> Guardrail:
    """Judge an effect against the margin of its metric."""
    margin = float(metric.margin or 0.0)
    harms = sorted((-metric.sign * effect.low, -metric.sign * effect.high))
    never = metric.kind in {"sum", "ratio"} and effect.level == effect.level_versus == 0
    unseen = never and not math.isfinite(effect.high)
    return Guardrail(metric.name, effect.arm, effect, margin, unseen or harms[1] < margin, harms[0] > margin)
