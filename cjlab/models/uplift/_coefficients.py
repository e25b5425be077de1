"""What a penalised regression learned: coefficients of an arm, what they make of a customer, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from cjlab.models._kinds import Part

    Floats = NDArray[np.float64]

_ROWS = 65_536  # at a time, so that memory is bounded


@dataclass(frozen=True, slots=True, eq=False)
class Coefficients:
    """Coefficients of a regression whose first column is the constant.

    ``theta`` is (1 + arms, columns): the first row holds for everybody, row k is what arm k adds to it. ``covariance``
    is that of the rows, one after the other. ``penalties`` are those of the rows; ``logistic`` says on what scale.
    """

    theta: Floats
    covariance: Floats
    penalties: Floats
    logistic: bool

    def level(self, design: Floats, code: int = 0) -> Floats:
        """Return the expected outcome under an arm, ``(n,)``; 0 is the control."""
        own = self.theta[0] + (self.theta[code] if code else 0.0)
        return self._mean(design @ own[1:] + own[0])

    def effects(self, design: Floats) -> Floats:
        """Return the difference of each arm from the control, ``(n, arms)``."""
        base = self.level(design)
        return np.stack([self.level(design, code) - base for code in range(1, len(self.theta))], axis=1)

    def sure(self, design: Floats) -> tuple[Floats, Floats]:
        r"""Return the difference of each arm from the control, and its standard error by the delta method.

        With :math:`s = p(1-p)` (1 on the linear scale) and :math:`z` a row, the gradient is :math:`(s_k - s_0) z` by
        what holds for everybody and :math:`s_k z` by what arm k adds.
        """
        return self.effects(design), np.concatenate([self._errors(part) for part in _parts(design)])

    def _parts(self) -> Mapping[str, Part]:
        held = {"theta": self.theta, "covariance": self.covariance, "penalties": self.penalties}
        return {**held, "logistic": self.logistic}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Coefficients:
        return cls(parts["theta"], parts["covariance"], parts["penalties"], parts["logistic"])

    def _errors(self, design: Floats) -> Floats:
        rows = np.column_stack([np.ones(len(design)), design])
        width = rows.shape[1]
        own = self.covariance.reshape(len(self.theta), width, len(self.theta), width)
        slope = self._slope(rows @ self.theta[0])
        found = []
        for code in range(1, len(self.theta)):
            after = self._slope(rows @ (self.theta[0] + self.theta[code]))
            both, base = 2 * after * (after - slope), (after - slope) ** 2
            variance = after**2 * _form(rows, own[code, :, code])
            variance += both * _form(rows, own[0, :, code]) + base * _form(rows, own[0, :, 0])
            found.append(np.sqrt(np.maximum(variance, 0.0)))
        return np.stack(found, axis=1)

    def _mean(self, line: Floats) -> Floats:
        return expit(line) if self.logistic else line

    def _slope(self, line: Floats) -> Floats:
        if not self.logistic:
            return np.ones_like(line)
        mean = expit(line)
        return mean * (1 - mean)


def expit(line: Floats) -> Floats:
    """Return the probability of a log-odds."""
    found: Floats = 0.5 * (1.0 + np.tanh(0.5 * line))
    return found


def apart(levels: list[Coefficients]) -> Coefficients:
    """Return regressions of one row each, of the control and then of each arm, as one: what an arm adds is apart."""
    arms, width = len(levels), levels[0].theta.shape[1]
    theta = np.concatenate([one.theta for one in levels])
    theta[1:] -= theta[0]
    covariance = np.zeros((arms, width, arms, width))
    base = levels[0].covariance
    covariance[:, :, :, :] = base[None, :, None, :] * _signs(arms)[:, None, :, None]
    for code in range(1, arms):
        covariance[code, :, code] += levels[code].covariance
    penalties = np.array([one.penalties[0] for one in levels])
    return Coefficients(theta, covariance.reshape(arms * width, -1), penalties, levels[0].logistic)


def differences(effects: list[Coefficients]) -> Coefficients:
    """Return linear regressions of effects, of one row each, as one whose control is 0."""
    arms, width = len(effects) + 1, effects[0].theta.shape[1]
    theta = np.concatenate([np.zeros((1, width)), *(one.theta for one in effects)])
    covariance = np.zeros((arms, width, arms, width))
    for code, one in enumerate(effects, start=1):
        covariance[code, :, code] = one.covariance
    penalties = np.array([0.0, *(one.penalties[0] for one in effects)])
    return Coefficients(theta, covariance.reshape(arms * width, -1), penalties, logistic=False)


def _signs(arms: int) -> Floats:
    sign = np.where(np.arange(arms) == 0, 1.0, -1.0)
    return np.outer(sign, sign)


def _form(rows: Floats, matrix: Floats) -> Floats:
    found: Floats = np.einsum("ij,ij->i", rows @ matrix, rows)
    return found


def _parts(design: Floats) -> Iterator[Floats]:
    for start in range(0, max(len(design), 1), _ROWS):
        yield design[start : start + _ROWS]
