"""What an outcome is worth, and what contacts cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab._checks import finite, listed
from cjlab.errors import SpecError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjlab.models.uplift._trial import Trial

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Worth:
    """Currency for a unit of the outcome, and for a contact of each arm, ``(1 + arms,)``, of the control 0."""

    value: float
    costs: Floats

    def net(self, outcomes: Floats) -> Floats:
        """Return what outcomes under every arm, ``(n, 1 + arms)``, bring after costs."""
        return self.value * outcomes - self.costs


def worth_of(value: float, costs: Mapping[Any, float] | None, trial: Trial) -> Worth:
    """Return the worth, its costs in the order of the arms."""
    return Worth(finite(value, name="value"), np.array([0.0, *costs_of(costs, trial.names)]))


def costs_of(costs: Mapping[Any, float] | None, arms: tuple[Any, ...]) -> list[float]:
    """Return what a contact of each arm costs; arms that are not named cost nothing."""
    given = dict(costs or {})
    unknown = [name for name in given if name not in arms]
    if unknown:
        raise SpecError(f"costs names {listed(unknown)}; the treated arms are {listed(arms)}")
    found = [finite(given.get(name, 0.0), name=f"costs[{name!r}]") for name in arms]
    if min(found) < 0:
        raise SpecError(f"costs holds {min(found):g}; give what a contact costs, 0 or more")
    return found
