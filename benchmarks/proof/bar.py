"""When a bar on a rate holds: judged by the exact interval of the observed count, never by the eye."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.stats import beta

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
        low, high = self.interval
        return (
            self.what,
            self.where,
            f"{sign}{self.nominal:g}",
            f"{self.observed:.4f}",
            f"{low:.4f} to {high:.4f}",
            f"{self.runs:,}",
            "holds" if self.holds else "**does not hold**",
        )


COLUMNS = ("rate", "where", "bar", "observed", "99 % interval", "runs", "verdict")
