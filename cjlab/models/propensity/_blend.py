"""The blend: boosted trees and a logistic regression, weighed and calibrated by customers they had not seen."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cjlab.models.propensity._scale import Scale

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from cjlab.models._kinds import Part
    from cjlab.models.propensity._logistic import Logistic
    from cjlab.models.propensity._trees import Trees


@dataclass(frozen=True)
class Blend:
    """Members that have learnt, the weight of the first, and the calibration of their weighted mean.

    Parameters
    ----------
    members : sequence of Trees or Logistic
        One, or the trees and then the line.
    weight : float
        Of the trees, from 0 to 1.
    scale : Scale
        The calibration.
    """

    members: tuple[Trees | Logistic, ...]
    weight: float
    scale: Scale

    def logit(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``(n,)`` calibrated log-odds of coded rows."""
        return self.scale.logit(self._mean(member.logit(values) for member in self.members))

    def levelled(self, values: NDArray[np.float64], outcome: NDArray[np.float64]) -> Blend:
        """Return the same with the mean chance of these rows at their share of the outcome."""
        sloped = self.logit(values) - self.scale.shift
        return replace(self, scale=replace(self.scale, shift=Scale.shifted(sloped, outcome).shift))

    def contributions(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``(n, p + 1)``: what each column adds to the log-odds of the mean customer, which stand last."""
        told = self.scale.slope * self._mean(member.contributions(values) for member in self.members)
        told[:, -1] += self.scale.shift
        return told

    def _mean(self, parts: Iterable[NDArray[np.float64]]) -> NDArray[np.float64]:
        weights = [self.weight, 1 - self.weight] if len(self.members) > 1 else [1.0]
        first, *others = (weight * part for weight, part in zip(weights, parts, strict=True))
        return sum(others, start=first)

    def _parts(self) -> Mapping[str, Part]:
        return {"members": list(self.members), "weight": self.weight, "scale": self.scale}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Blend:
        return cls(tuple(parts["members"]), parts["weight"], parts["scale"])
