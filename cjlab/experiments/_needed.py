"""How many customers would decide what is not decided yet, as far as they are within reach."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjlab.experiments._effect import Effect
    from cjlab.experiments._experiment import Experiment
    from cjlab.experiments._guardrail import Guardrail

_OF_PLAN = 5  # times the customers planned
_OF_READ = 100  # times the customers read, where none were planned


def needed(experiment: Experiment, primary: Effect, guards: Sequence[Guardrail]) -> int | None:
    """Estimate the customers in the arm with which the present effects would be decisive at the planned power.

    The standard error shrinks with the root of the size, so n grows by (SE·(z_alpha + z_power) / gap)², where the gap
    is the distance of the estimate from the bound in question and alpha is Holm's strictest. A number out of reach is
    no advice: above five times the customers planned for the arm, or a hundred times those read where no size was
    planned, the answer is None.
    """
    z = -ndtri(experiment.alpha / 2)
    beyond = ndtri(experiment.power) - ndtri(experiment.alpha / (2 * len(experiment.treated)))
    gaps = [(primary, primary.estimate - experiment.primary.sign * experiment.primary.minimum_effect)]
    for one in guards:
        room = one.margin + experiment.metric(one.metric).sign * one.effect.estimate
        if not one.held and not room > 0:
            return None
        gaps += [] if one.held else [(one.effect, room)]
    sizes = [
        effect.n * ((effect.high - effect.low) / (2 * z) * beyond / gap) ** 2 if gap else np.inf for effect, gap in gaps
    ]
    largest = max((size for size in sizes if not np.isnan(size)), default=np.inf)
    return int(np.ceil(largest)) if largest <= _reach(experiment, primary) else None


def _reach(experiment: Experiment, primary: Effect) -> float:
    if experiment.planned_customers is None:
        return _OF_READ * primary.n
    return _OF_PLAN * experiment.planned_customers * experiment.shares[primary.arm]
