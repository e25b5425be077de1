"""A guardrail: a metric that must not get worse than agreed, and how it stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cjlab.experiments._effect import Effect
    from cjlab.experiments._metric import Metric


class Guardrail(NamedTuple):
    """How one guardrail stands for one arm.

    It is *held* when the end of the effect's interval on the side of harm lies inside the margin agreed beforehand,
    *broken* when the whole interval lies beyond it, and open otherwise.

    Parameters
    ----------
    metric, arm : str
        What is guarded, and for which arm.
    effect : Effect
        The arm against the control.
    margin : float
        The harm allowed, in the metric's unit.
    held, broken : bool
        How it stands; both false when the interval contains the margin.
    """

    metric: str
    arm: str
    effect: Effect
    margin: float
    held: bool
    broken: bool


def guardrail(metric: Metric, effect: Effect) -> Guardrail:
    """Judge an effect against the margin of its metric."""
    margin = float(metric.margin or 0.0)
    harms = sorted((-metric.sign * effect.low, -metric.sign * effect.high))
    return Guardrail(metric.name, effect.arm, effect, margin, held=harms[1] < margin, broken=harms[0] > margin)
