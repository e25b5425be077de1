"""Values at even, round steps, and those of them that an axis names."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STEPS: Final = (1.0, 2.0, 5.0, 10.0)
_TICKS: Final = 7  # at most about so many values have a name
_FINE: Final = 10  # steps from one to the next


def even(low: float, high: float, points: int, *, counted: bool) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Return about ``points`` values that hold both ends, and which of them an axis names.

    Of whole numbers that are fewer there is each; else values lie a tenth of a round step apart.
    """
    named = _round((high - low) / _TICKS)
    if counted and high - low < points:
        named, step = max(named, 1.0), 1.0
        at = np.arange(math.floor(low), math.ceil(high) + 1.0)
    else:
        named = max(named, _round(_FINE * (high - low) / points))
        step = named / _FINE
        first, last = math.floor(low / named), math.ceil(high / named)
        at = np.arange(_FINE * first, _FINE * max(last, first + 1) + 1) * step
    places = at / named
    return at.round(12), np.isclose(places, places.round(), rtol=0.0, atol=1e-6)


def _round(least: float) -> float:
    """Return the smallest of 1, 2, 5 times a power of ten that is not below a number; 1 of nothing."""
    if least <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(least))
    return next(power * step for step in _STEPS if power * step >= least * (1 - 1e-9))
