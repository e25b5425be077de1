"""Shares along an axis, and numbers with as many decimals as tell them apart."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._display import Numbers, Wording
from cjlab.plots._curve import Across

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cjlab._display import Shown
    from cjlab.metrics import Curve

_SIGNIFICANT = 3
_MOST = 6
TOLD = range(0, 101, 10)  # hundredths that a table tells of a curve


@dataclass(frozen=True, slots=True)
class Speech:
    """The words and numbers of a language."""

    language: str

    @property
    def numbers(self) -> Numbers:
        """Its numbers."""
        return Numbers(self.language)

    def say(self, key: str, /, **values: object) -> str:
        """Fill a sentence of the figures."""
        return Wording.of("cjlab.plots", self.language)(key, **values)

    def known(self, key: str, otherwise: str) -> str:
        """Return a word of the catalogue, or what was given where it has none."""
        return Wording.of("cjlab.plots", self.language).texts.get(key, otherwise)

    def bare(self, value: float) -> str:
        """Write a share in per cent without the sign."""
        return self.numbers.decimal(100 * value, digits=1)

    def share(self, value: float, digits: int = 1) -> str:
        """Write a share in per cent, without decimals that are none."""
        return self.numbers.trimmed(self.numbers.share(value, digits=digits))

    def across(self, key: str) -> Across:
        """Return an axis of shares from nothing to all."""
        places = [place / 5 for place in range(6)]
        return Across(self.say(key), (0.0, 1.0), places, [self.share(place, 0) for place in places])

    def per_cent(self, value: float, digits: int) -> str:
        """Write a tick that is in per cent."""
        return self.numbers.share(value / 100, digits=digits)

    def decimal(self, value: float, digits: int) -> str:
        """Write a tick that is a number."""
        return self.numbers.decimal(value, digits=digits)

    def fitting(self, values: Iterable[float]) -> Callable[[float], str]:
        """Return a writer with as many decimals as tell the largest of some numbers to three places."""
        largest = max((abs(one) for one in values if math.isfinite(one)), default=0.0)
        digits = _SIGNIFICANT - 1 - math.floor(math.log10(largest)) if largest > 0 else 0
        kept = min(max(digits, 0), _MOST)
        return lambda value: self.numbers.decimal(value, digits=kept)

    def ends(self, low: float, high: float, write: Callable[[float], str]) -> str:
        """Write both ends of an interval; nothing where they are not known."""
        if not (math.isfinite(low) and math.isfinite(high)):
            return ""
        return self.numbers.interval(low, high, write=write)


def records(result: Shown) -> list[dict[str, float]]:
    """Return the rows of a result that has numbers alone."""
    frame = result.to_frame()
    return [dict(zip(map(str, frame.columns), row, strict=True)) for row in frame.to_numpy(dtype=float).tolist()]


def rows(curve: Curve, speech: Speech, write: Callable[[float], str], factor: float = 1.0) -> list[list[str]]:
    """Write a curve as a table: every tenth of the shares, the estimate, its interval."""
    found = []
    for place in TOLD:
        estimate, low, high = (factor * float(one[place]) for one in (curve.estimate, curve.low, curve.high))
        found.append([speech.share(place / 100, 0), write(estimate), speech.ends(low, high, write)])
    return found
