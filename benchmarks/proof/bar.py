"""When a bar on a rate holds: judged by the exact interval of the observed count, never by the eye."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import beta

from cjlab.features._estimates import part

if TYPE_CHECKING:
    from numpy.typing import NDArray

CONFIDENCE = 0.99


@dataclass(frozen=True, slots=True)
class Rate:
    """How often something happened in independent runs, and what it should have been.

    ``at_least`` is a bar to be reached (power, recovery); ``at_most`` one not to be passed (an error that the method
    only promises to bound); otherwise the rate is a nominal one, to be met from both sides.
    """

    what: str
    where: str
    count: int
    runs: int
    nominal: float
    kind: str = "nominal"

    @classmethod
    def of(cls, what: str, where: str, happened: NDArray[np.bool_], nominal: float, *, kind: str = "nominal") -> Rate:
        """Count what happened over runs."""
        return cls(what, where, int(np.sum(happened)), int(np.size(happened)), nominal, kind)

    @property
    def observed(self) -> float:
        """Share of the runs."""
        return self.count / self.runs

    @property
    def interval(self) -> tuple[float, float]:
        """Exact 99 % interval of the rate (Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404)."""
        tail, missed = (1 - CONFIDENCE) / 2, self.runs - self.count
        low = float(beta.ppf(tail, self.count, missed + 1)) if self.count else 0.0
        high = float(beta.isf(tail, self.count + 1, missed)) if missed else 1.0
        return low, high

    @property
    def holds(self) -> bool:
        """Whether the bar holds."""
        low, high = self.interval
        if self.kind == "at_least":
            return high >= self.nominal
        if self.kind == "at_most":
            return low <= self.nominal
        return low <= self.nominal <= high

    def row(self) -> tuple[str, ...]:
        """Write the rate as a row of a table."""
        sign = {"nominal": "", "at_least": "≥ ", "at_most": "≤ "}[self.kind]
        return _row(self, f"{sign}{self.nominal:g}")


@dataclass(frozen=True, slots=True)
class Part:
    """What share of all that was found in independent runs is right, where a run finds several things or none.

    What one run finds hangs together, so the interval is that of a ratio of means over runs (the delta method, 99 %).
    The share is a bar to be reached.
    """

    what: str
    where: str
    right: tuple[int, ...]
    found: tuple[int, ...]
    nominal: float

    @property
    def observed(self) -> float:
        """Share of what was found."""
        return part(self.right, self.found)[0]

    @property
    def interval(self) -> tuple[float, float]:
        """Its 99 % interval."""
        return part(self.right, self.found, confidence=CONFIDENCE)[1:]

    @property
    def runs(self) -> int:
        """How many runs there were."""
        return len(self.found)

    @property
    def holds(self) -> bool:
        """Whether the bar holds: something was found, and the interval does not lie below the bar."""
        return self.interval[1] >= self.nominal

    def row(self) -> tuple[str, ...]:
        """Write the share as a row of a table."""
        return _row(self, f"≥ {self.nominal:g}")


def _row(bar: Rate | Part, nominal: str) -> tuple[str, ...]:
    low, high = bar.interval
    verdict = "holds" if bar.holds else "**does not hold**"
    return (bar.what, bar.where, nominal, f"{bar.observed:.4f}", f"{low:.4f} to {high:.4f}", f"{bar.runs:,}", verdict)


COLUMNS = ("rate", "where", "bar", "observed", "99 % interval", "runs", "verdict")
