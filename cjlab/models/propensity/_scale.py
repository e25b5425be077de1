"""Calibration: a straight line on the scale of log-odds, so that a chance of 20 % happens to one in five."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjlab.models._kinds import Part

_STEPS = 50
_LEAST = 0.01  # a slope never turns the order of customers round
_ENOUGH = 1e-10


@dataclass(frozen=True)
class Scale:
    r"""What raw log-odds become: :math:`a + b z` (Platt 1999), the slope above 0, so that the order stays.

    Parameters
    ----------
    shift, slope : float
        :math:`a` and :math:`b`.
    """

    shift: float
    slope: float

    @classmethod
    def learn(cls, logit: NDArray[np.float64], outcome: NDArray[np.float64]) -> Scale:
        r"""Learn from log-odds of customers whom the model had not seen.

        The targets are Platt's, :math:`(n_1 + 1) / (n_1 + 2)` and :math:`1 / (n_0 + 2)`, so that classes which a line
        parts have an answer too.
        """
        ones, zeros = outcome.sum(), len(outcome) - outcome.sum()
        target = np.where(outcome > 0, (ones + 1) / (ones + 2), 1 / (zeros + 2))
        rows = np.column_stack([np.ones_like(logit), logit])
        at = np.array([0.0, 1.0])
        for _ in range(_STEPS):
            chance = 0.5 * (1 + np.tanh(rows @ at / 2))
            bend = (rows.T * np.maximum(chance * (1 - chance), 1e-9)) @ rows + 1e-9 * np.eye(2)
            step = np.linalg.solve(bend, rows.T @ (chance - target))
            step *= min(1.0, 2.0 / max(np.abs(step).max(), 1e-12))
            at -= step
            if np.abs(step).max() < _ENOUGH:
                break
        if at[1] >= _LEAST:
            return cls(float(at[0]), float(at[1]))
        share = target.mean()
        return cls(float(np.log(share / (1 - share)) - _LEAST * logit.mean()), _LEAST)

    @classmethod
    def shifted(cls, logit: NDArray[np.float64], outcome: NDArray[np.float64]) -> Scale:
        """Learn the shift alone, at which the mean chance is the share of the outcome, never 0 or 1."""
        share, at = (outcome.sum() + 0.5) / (len(outcome) + 1), 0.0
        for _ in range(_STEPS):
            chance = 0.5 * (1 + np.tanh((logit + at) / 2))
            step = float((chance.mean() - share) / max((chance * (1 - chance)).mean(), 1e-9))
            at -= float(np.clip(step, -2, 2))
            if abs(step) < _ENOUGH:
                break
        return cls(at, 1.0)

    def logit(self, raw: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return calibrated log-odds."""
        return self.shift + self.slope * raw

    def _parts(self) -> Mapping[str, Part]:
        return {"shift": self.shift, "slope": self.slope}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Scale:
        return cls(**parts)
