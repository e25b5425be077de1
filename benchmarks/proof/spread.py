"""What was measured in several worlds: its mean, and how sure that is."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.stats import t

if TYPE_CHECKING:
    from collections.abc import Iterable

COLUMNS = ("what", "mean", "95 % interval over worlds", "worlds")


class Spread(NamedTuple):
    """A mean over worlds with Student's interval, which a single world has not."""

    mean: float
    low: float
    high: float
    worlds: int

    @classmethod
    def of(cls, values: Iterable[float]) -> Spread:
        """Return the mean of what the worlds gave."""
        found = np.array(list(values), dtype=np.float64)
        n, mean = len(found), float(found.mean())
        half = float(t.isf(0.025, n - 1) * found.std(ddof=1) / n**0.5) if n > 1 else float("nan")
        return cls(mean, mean - half, mean + half, n)

    def row(self, what: str, digits: int = 3) -> tuple[str, ...]:
        """Write it as a row of a table."""
        ends = f"{self.low:.{digits}f} to {self.high:.{digits}f}" if self.worlds > 1 else "not known"
        mean = f"{self.mean:.{digits}f}"
        return (what, mean.replace("-", "−"), ends.replace("-", "−"), str(self.worlds))
