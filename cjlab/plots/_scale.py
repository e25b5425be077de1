"""A metric on an axis: the size at which it is drawn, and how its ticks are written."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cjlab.experiments import Voice

NET = "net"


@dataclass(frozen=True, slots=True)
class Scale:
    """One metric in one language: shares in points, net value per 1,000 customers, the rest in their own unit."""

    voice: Voice
    metric: str

    @property
    def kind(self) -> str:
        """``share``, ``money`` or ``number``."""
        if self.metric == NET:
            return "money"
        metric = self.voice.experiment.metric(self.metric)
        if metric.kind == "share":
            return "share"
        return "money" if metric.currency else "number"

    def size(self, value: float) -> float | None:
        """Return a value as it is drawn; None where it is not known."""
        factor = 1000.0 if self.metric == NET else 100.0 if self.kind == "share" else 1.0
        return factor * value if math.isfinite(value) else None

    def tick(self, size: float, digits: int) -> str:
        """Write a drawn size beside its tick, with its sign; zero needs no decimals."""
        numbers, digits = self.voice.numbers, digits if size else 0
        if self.kind == "money":
            return numbers.money(size, self.voice.experiment.currency, digits=digits, signed=True)
        return numbers.decimal(size, digits=digits, signed=True)
