"""Numbers of twice the digits, so that a sum does not depend on the order in which it was taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from cjlab.statistics._samples import Floats

_SPLIT = 2.0**27 + 1


@dataclass(frozen=True, slots=True)
class Twofold:
    """The unevaluated sum ``high + low`` of two floats, some 32 digits together.

    The steps are those of Dekker (1971, doi:10.1007/BF01397083) and Knuth: rounding errors are floats themselves and
    are carried along.
    """

    high: Floats
    low: Floats

    @classmethod
    def of(cls, values: Floats) -> Twofold:
        """Take floats as they are."""
        return cls(values, np.zeros_like(values))

    @classmethod
    def sum_of(cls, one: Floats, other: Floats) -> Twofold:
        """Add two floats without error."""
        high = one + other
        back = high - one
        return cls(high, (one - (high - back)) + (other - back))

    @classmethod
    def product_of(cls, one: Floats, other: Floats) -> Twofold:
        """Multiply two floats without error."""
        high = one * other
        one_top, other_top = _top(one), _top(other)
        one_rest, other_rest = one - one_top, other - other_top
        low = ((one_top * other_top - high) + one_top * other_rest + one_rest * other_top) + one_rest * other_rest
        return cls(high, low)

    @classmethod
    def beside(cls, one: Twofold, other: Twofold) -> Twofold:
        """Put two arrays side by side along the last axis."""
        return cls(np.concatenate([one.high, other.high], axis=-1), np.concatenate([one.low, other.low], axis=-1))

    def __add__(self, other: Twofold) -> Twofold:
        exact = Twofold.sum_of(self.high, other.high)
        return Twofold.sum_of(exact.high, exact.low + (self.low + other.low))

    def __sub__(self, other: Twofold) -> Twofold:
        return self + Twofold(-other.high, -other.low)

    def __truediv__(self, divisor: Floats) -> Twofold:
        first = self.high / divisor
        rest = self - Twofold.product_of(first, divisor)
        return Twofold.sum_of(first, rest.high / divisor)

    def __getitem__(self, places: Any) -> Twofold:  # noqa: ANN401 - whatever indexes an array
        return Twofold(self.high[places], self.low[places])

    def total(self) -> Twofold:
        """Add up along the first axis, two halves at a time."""
        rest = self
        while len(rest.high) > 1:
            half = len(rest.high) // 2
            odd = rest[2 * half :]
            rest = rest[:half] + rest[half : 2 * half]
            if len(odd.high):
                rest = Twofold(np.concatenate([rest.high, odd.high]), np.concatenate([rest.low, odd.low]))
        return rest[0]


def _top(values: Floats) -> Floats:
    """Keep the upper half of the digits."""
    shifted = values * _SPLIT
    return shifted - (shifted - values)
