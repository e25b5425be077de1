r"""Regressions with treatment interactions whose penalties the data choose.

The line of a customer z under arm k is :math:`z'(\theta_0 + \theta_k)`, with :math:`\theta_k = 0` for the control.
Each row's slopes have a normal prior of variance :math:`1/\lambda_k` (:math:`\phi/\lambda_k` on the linear scale);
constants have none. The penalties maximise the marginal likelihood in Laplace's approximation, by

.. math:: \lambda_k \leftarrow \frac{d - \lambda_k \operatorname{tr} V_k}{\lVert\theta_k\rVert^2} \phi,

where :math:`V` is the inverse of the penalised Hessian (Wood & Fasiolo 2017, doi:10.1111/biom.12666; MacKay 1992,
doi:10.1162/neco.1992.4.3.415), a Newton step between any two. Where arms do not differ between customers, their
interactions shrink to nothing. The posterior covariance :math:`\phi V` makes the intervals (Nychka 1988,
doi:10.1080/01621459.1988.10478711).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.linalg import cho_factor, cho_solve

from cjlab.models.uplift._coefficients import Coefficients, expit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_ROWS = 16_384  # at a time: what stays in the cache
_STEPS, _HALVED = 60, 8
_LEAST, _MOST = 1e-2, 1e3  # of a penalty; the most is times the rows
_CLOSE, _NEAR = 1e-3, 1e-2  # the length of a step in standard errors that is the last
_SETTLED = 5e-3  # the change of an effective number of slopes that is the last
_BEGINS = 1.0


class Curvature(NamedTuple):
    """An arm's gradient and Hessian of the log-likelihood, unpenalised, and the log-likelihood itself."""

    gradient: Floats
    hessian: Floats
    value: float


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """The customers of one arm: their design with a constant in front, outcomes and weights."""

    design: Floats
    outcome: Floats
    weight: Floats | None

    def logistic(self, theta: Floats) -> Curvature:
        """Return the curvature of the log-likelihood of a share."""
        width, value = len(theta), 0.0
        gradient, hessian = np.zeros(width), np.zeros((width, width))
        for rows, outcome, weight in self._chunks():
            line = rows @ theta
            mean = expit(line)
            gradient += rows.T @ (weight * (outcome - mean))
            hessian += rows.T @ (rows * (weight * mean * (1 - mean))[:, None])
            value += float(np.sum(weight * (outcome * line - np.logaddexp(0.0, line))))
        return Curvature(gradient, hessian, value)

    def moments(self) -> Curvature:
        """Return the cross products that a linear regression needs, its value the sum of squared outcomes."""
        width, value = self.design.shape[1], 0.0
        gradient, hessian = np.zeros(width), np.zeros((width, width))
        for rows, outcome, weight in self._chunks():
            gradient += rows.T @ (weight * outcome)
            hessian += rows.T @ (rows * weight[:, None])
            value += float(np.sum(weight * outcome**2))
        return Curvature(gradient, hessian, value)

    def _chunks(self) -> Iterator[tuple[Floats, Floats, Floats]]:
        for start in range(0, len(self.outcome), _ROWS):
            part = slice(start, start + _ROWS)
            outcome = self.outcome[part]
            yield self.design[part], outcome, np.ones_like(outcome) if self.weight is None else self.weight[part]


@dataclass(frozen=True, slots=True, eq=False)
class _State:
    """Where the search stands."""

    theta: Floats
    penalties: Floats
    dispersion: float = 1.0
    kept: Floats | float = np.inf  # effective numbers of slopes
    settled: bool = False  # whether they have come to rest


def regression(
    design: Floats,
    outcome: Floats,
    *,
    code: NDArray[np.intp] | None = None,
    weight: Floats | None = None,
    logistic: bool = False,
    near: Coefficients | None = None,
) -> Coefficients:
    """Learn a regression; ``code`` is 0 for the control and k for arm k, absent where there are no arms.

    ``design`` is ``(n, d)`` without a constant, its columns centred and scaled. Where ``near`` is what most of the same
    rows have taught, its penalties are taken over, and the search begins there.
    """
    blocks = _blocks(design, outcome, code, weight)
    return _logistic(blocks, near) if logistic else _linear(blocks, near)


def _blocks(design: Floats, outcome: Floats, code: NDArray[np.intp] | None, weight: Floats | None) -> list[Rows]:
    if code is None:
        return [Rows(_with_constant(design), outcome, weight)]
    found = []
    for arm in range(int(code.max()) + 1):
        own = np.flatnonzero(code == arm)
        found.append(Rows(_with_constant(design[own]), outcome[own], None if weight is None else weight[own]))
    return found


def _with_constant(design: Floats) -> Floats:
    made = np.empty((len(design), design.shape[1] + 1))
    made[:, 0], made[:, 1:] = 1.0, design
    return made


def _logistic(blocks: list[Rows], near: Coefficients | None) -> Coefficients:
    state = _begun(blocks, near)
    parts, close = _curved(blocks, state.theta), _CLOSE if near is None else _NEAR
    for _ in range(_STEPS):
        inverse = _inverse(_assembled([one.hessian for one in parts], state.penalties))
        gradient = _gradient([one.gradient for one in parts], state)
        size = max(float(gradient @ inverse @ gradient), 0.0) ** 0.5
        if state.settled and size < close:
            break
        theta, parts = _stepped(blocks, state, (inverse @ gradient).reshape(state.theta.shape), parts)
        state = replace(state, theta=theta) if near else _penalised(replace(state, theta=theta), inverse)
    return Coefficients(state.theta, inverse, state.penalties, logistic=True)


def _begun(blocks: list[Rows], near: Coefficients | None) -> _State:
    """Start from what is near, or else from each arm's share."""
    if near is not None:
        return _State(near.theta, near.penalties, settled=True)
    theta = np.zeros((len(blocks), blocks[0].design.shape[1]))
    shares = np.array([float(np.average(one.outcome, weights=one.weight)) for one in blocks])
    theta[:, 0] = np.log(shares / (1 - shares))
    theta[1:, 0] -= theta[0, 0]
    return _State(theta, np.full(len(blocks), _BEGINS))


def _curved(blocks: list[Rows], theta: Floats) -> list[Curvature]:
    return [one.logistic(theta[0] + (theta[arm] if arm else 0.0)) for arm, one in enumerate(blocks)]


def _stepped(blocks: list[Rows], state: _State, step: Floats, parts: list[Curvature]) -> tuple[Floats, list[Curvature]]:
    """Take the step, or the longest half of it that does not lose likelihood."""
    before = _height(parts, state.theta, state.penalties)
    slack = 1e-9 * abs(before)
    for _ in range(_HALVED):
        theta = state.theta + step
        curved = _curved(blocks, theta)
        if _height(curved, theta, state.penalties) >= before - slack:
            return theta, curved
        step = step / 2
    return state.theta, parts


def _height(parts: list[Curvature], theta: Floats, penalties: Floats) -> float:
    return sum(one.value for one in parts) - 0.5 * float(penalties @ (theta[:, 1:] ** 2).sum(axis=1))


def _linear(blocks: list[Rows], near: Coefficients | None) -> Coefficients:
    parts = [one.moments() for one in blocks]
    rows = sum(len(one.outcome) for one in blocks)
    shape = (len(blocks), len(parts[0].gradient))
    crossed, squares = _summed([one.gradient for one in parts]), float(sum(one.value for one in parts))
    state = _State(np.zeros(shape), np.full(len(blocks), _BEGINS) if near is None else near.penalties)
    bare = _assembled([one.hessian for one in parts], np.zeros(len(blocks)))
    for _ in range(_STEPS):
        inverse = _inverse(bare + np.diag(_ridge(state.penalties, shape[1])))
        theta = inverse @ crossed
        left = max(float(squares - 2 * theta @ crossed + theta @ bare @ theta), 0.0)
        free = max(rows - float(np.sum(inverse * bare)), 1.0)
        dispersion = max(left / free, 1e-12 * max(squares / rows, 1e-300))
        state = replace(state, theta=theta.reshape(shape), dispersion=dispersion)
        if near is not None or state.settled:
            break
        state = _penalised(state, inverse, rows=rows)
    return Coefficients(state.theta, inverse * state.dispersion, state.penalties, logistic=False)


def _penalised(state: _State, inverse: Floats, *, rows: int | None = None) -> _State:
    """Return the state with the penalties that the slopes ask for."""
    arms, width = state.theta.shape
    slopes = width - 1
    if not slopes:
        return replace(state, kept=0.0, settled=True)
    spread = np.diagonal(inverse).reshape(arms, width)[:, 1:].sum(axis=1)
    kept = np.clip(slopes - state.penalties * spread, 1e-6, slopes)
    size = np.maximum((state.theta[:, 1:] ** 2).sum(axis=1), 1e-300)
    most = _MOST * (rows or 1e6)
    settled = bool(np.all(np.abs(kept - state.kept) < _SETTLED))
    return replace(state, penalties=np.clip(state.dispersion * kept / size, _LEAST, most), kept=kept, settled=settled)


def _assembled(hessians: list[Floats], penalties: Floats) -> Floats:
    """Put the arms' Hessians together: what holds for everybody meets them all, what an arm adds its own alone."""
    arms, width = len(hessians), len(hessians[0])
    made = np.zeros((arms, width, arms, width))
    made[0, :, 0] = np.sum(hessians, axis=0)
    for arm in range(1, arms):
        made[0, :, arm] = made[arm, :, 0] = made[arm, :, arm] = hessians[arm]
    return made.reshape(arms * width, -1) + np.diag(_ridge(penalties, width))


def _ridge(penalties: Floats, width: int) -> Floats:
    ridge = np.repeat(penalties, width).reshape(-1, width)
    ridge[:, 0] = 0.0
    return ridge.ravel()


def _summed(gradients: list[Floats]) -> Floats:
    return np.concatenate([np.sum(gradients, axis=0), *gradients[1:]])


def _gradient(gradients: list[Floats], state: _State) -> Floats:
    bare = _summed(gradients)
    return bare - _ridge(state.penalties, state.theta.shape[1]) * state.theta.ravel()


def _inverse(hessian: Floats) -> Floats:
    """Invert a penalised Hessian; directions that nothing tells of are held by a trace of ridge."""
    held = hessian + np.diag(np.full(len(hessian), 1e-10 * max(float(np.trace(hessian)) / len(hessian), 1e-300)))
    found: Floats = cho_solve(cho_factor(held, lower=True), np.eye(len(held)))
    return found
