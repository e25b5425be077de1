"""The likeliest parameters above 0, how sure they are, and how far the likelihood lets each of them go."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Objective = Callable[[Floats], tuple[float, Floats]]

_EDGE = 12.0  # logarithms of parameters, in units of the data: beyond, nothing changes any more
_STEP = 1e-4
_SMALL = 1e-9  # of the mean gradient
_ROUNDS = 30
_LEAST = 1e-2  # information of a direction that the data do not tell: a standard deviation of 10 in the logarithm


@dataclass(frozen=True, eq=False)
class Maximum:
    """The top of a log-likelihood, in logarithms of the parameters.

    Parameters
    ----------
    objective
        Returns the log-likelihood and its gradient, of logarithms.
    point
        ``(k,)``, where it is greatest.
    value
        How great it is there.
    count
        Of how many customers it is.
    """

    objective: Objective
    point: Floats
    value: float
    count: float

    @cached_property
    def information(self) -> Floats:
        """Minus the second derivatives, ``(k, k)``."""
        return -_bent(self.objective, self.point)

    @property
    def covariance(self) -> Floats:
        """Covariance of the logarithms, ``(k, k)``; what the data do not tell has a standard deviation of 10."""
        values, vectors = np.linalg.eigh(self.information)
        return np.asarray((vectors / np.maximum(values, _LEAST)) @ vectors.T)

    @property
    def edged(self) -> NDArray[np.bool_]:
        """Which parameters run to 0 or without end, ``(k,)``."""
        return np.abs(self.point) > _EDGE - 0.5

    def profile(self, place: int, *, drop: float) -> tuple[float, float]:
        """Return how far a logarithm goes until the likelihood of the others' best has dropped by so much."""
        return self._end(place, -1.0, drop), self._end(place, 1.0, drop)

    def _end(self, place: int, side: float, drop: float) -> float:
        """Walk to one end: the root of the drop is nearly a straight line, so a secant finds it in a few steps."""
        reach = float(np.sqrt(2 * drop * self.covariance[place, place]))
        point, near, aim = self.point, (0.0, 0.0), np.sqrt(drop)
        step = min(reach, 2.0)
        for _ in range(_ROUNDS):
            held = self.point[place] + side * step
            if abs(held) > 2 * _EDGE:
                return side * np.inf
            start = point.copy()
            start[place] = held
            made = maximise(self.objective, start, count=self.count, held=place)
            point, fallen = made.point, float(np.sqrt(max(self.value - made.value, 0.0)))
            if abs(fallen - aim) < 1e-4 * aim:
                break
            slope = (fallen - near[1]) / (step - near[0])
            near = (step, fallen)
            step = step + float(np.clip((aim - fallen) / slope if slope > 0 else 4.0, -0.6 * step, 4.0))
        return float(held)


def maximise(objective: Objective, start: Floats, *, count: float, held: int | None = None) -> Maximum:
    """Climb to the top, by L-BFGS and then by Newton's steps; one parameter may be held where it is."""
    from scipy.optimize import minimize

    free = np.arange(len(start)) != (-1 if held is None else held)

    def fall(moved: Floats) -> tuple[float, Floats]:
        value, gradient = objective(_with(start, free, moved))
        return -value / count, -gradient[free] / count

    found = minimize(fall, start[free], jac=True, method="L-BFGS-B", bounds=[(-_EDGE, _EDGE)] * int(free.sum()))
    point = _polished(objective, _with(start, free, found.x), free, count)
    return Maximum(objective, point, objective(point)[0], count)


def _polished(objective: Objective, point: Floats, free: NDArray[np.bool_], count: float) -> Floats:
    """Take Newton's steps while they climb: what they find does not depend on where the climb began."""
    value, gradient = objective(point)
    for _ in range(_ROUNDS):
        loose = free & (np.abs(point) < _EDGE)
        if not loose.any() or np.abs(gradient[loose]).max() / count < _SMALL:
            break
        bent = -_bent(objective, point)[np.ix_(loose, loose)]
        values, vectors = np.linalg.eigh(bent)
        step = (vectors / np.maximum(values, 1e-9 * max(values.max(), 1e-9))) @ vectors.T @ gradient[loose]
        tried = _with(point, loose, np.clip(point[loose] + np.clip(step, -1, 1), -_EDGE, _EDGE))
        higher, slope = objective(tried)
        if not higher > value - 1e-9 * count * _SMALL:
            break
        point, value, gradient = tried, higher, slope
    return point


def _bent(objective: Objective, point: Floats) -> Floats:
    """Return the second derivatives, by central differences of the gradient."""
    moves = np.eye(len(point)) * _STEP
    rows = [(objective(point + move)[1] - objective(point - move)[1]) / (2 * _STEP) for move in moves]
    made = np.array(rows)
    return (made + made.T) / 2


def _with(point: Floats, places: NDArray[np.bool_], values: Floats) -> Floats:
    made = point.copy()
    made[places] = values
    return made
