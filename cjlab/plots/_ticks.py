"""Ticks and range of an axis that always shows zero and never clips what it measures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)
_DUST = 1e-9


class Span(NamedTuple):
    """The ends of an axis."""

    low: float
    high: float

    @classmethod
    def of(cls, values: Iterable[float | None], *, air: float = 0.03) -> Span:
        """Hold every known value and zero, with air on the sides where something ends."""
        known = [0.0, *(value for value in values if value is not None)]
        low, high = min(known), max(known)
        size = (high - low) or 1.0
        return cls(low - (air if low < 0 else air / 2) * size, high + air * size)


class Ticks(NamedTuple):
    """Round values along an axis, zero among them, and the decimals with which they are written."""

    values: tuple[float, ...]
    digits: int

    @classmethod
    def of(cls, span: Span, *, most: int) -> Ticks:
        """Choose at most ``most`` values in steps of 1, 2, 2.5 or 5 times a power of ten."""
        least = (span.high - span.low) / most
        power = math.floor(math.log10(least))
        factor = next(one for one in _STEPS if one * 10.0**power >= least * (1 - _DUST))
        step = factor * 10.0**power
        digits = max(0, -power + (factor == 2.5) - (factor == 10.0))  # noqa: PLR2004 - a step of 2.5 has one more
        first, last = math.ceil(span.low / step), math.floor(span.high / step)
        return cls(tuple(round(place * step, digits) for place in range(first, last + 1)), digits)
