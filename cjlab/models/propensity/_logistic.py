"""The penalised logistic member: Newton's steps over blocks of rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab.models.propensity._design import Design

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import NDArray

    from cjlab.models._columns import Columns
    from cjlab.models._kinds import Part

    _Block = tuple[slice, NDArray[np.float64]]

_STEPS, _HALVINGS = 50, 30
_KEPT = 1 << 24  # cells of a design that are made once, 128 MB; of a larger one each step makes them anew
_ENOUGH = 1e-8  # of the objective, relatively: a further step would change nothing that can be seen


@dataclass(frozen=True, eq=False)
class Logistic:
    r"""Coefficients of a design, found by maximising :math:`\ell(\beta) - \tfrac{\lambda}{2} \|\beta\|^2`.

    Parameters
    ----------
    design : Design
        What the coefficients belong to.
    intercept : float
        Log-odds of the mean customer.
    coefficients : ndarray
        ``(d,)`` log-odds a standard deviation.
    """

    design: Design
    intercept: float
    coefficients: NDArray[np.float64]

    def logit(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``(n,)`` log-odds of coded rows."""
        found = np.empty(len(values))
        for rows, block in self.design.blocks(values):
            found[rows] = self.intercept + block @ self.coefficients
        return found

    def contributions(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return ``(n, p + 1)``: what each column adds to the log-odds of the mean customer, which stand last."""
        found = np.zeros((len(values), values.shape[1] + 1))
        found[:, -1] = self.intercept
        order = np.argsort(self.design.owners, kind="stable")
        owners, firsts = np.unique(self.design.owners[order], return_index=True)
        for rows, block in self.design.blocks(values):
            if len(owners):
                found[rows, owners] = np.add.reduceat((block * self.coefficients)[:, order], firsts, axis=1)
        return found

    def _parts(self) -> Mapping[str, Part]:
        return dict(vars(self))

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Logistic:
        return cls(**parts)


class _Rows(NamedTuple):
    """What is fitted to what, under which bounds of the coefficients; blocks are kept where they are few."""

    design: Design
    values: NDArray[np.float64]
    outcome: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    kept: list[_Block] | None

    @property
    def blocks(self) -> Iterable[_Block]:
        return self.design.blocks(self.values) if self.kept is None else self.kept


def logistic(
    values: NDArray[np.float64],
    outcome: NDArray[np.float64],
    columns: Columns,
    *,
    penalties: tuple[float, ...],
    monotone: Mapping[str, int],
) -> Iterator[Logistic]:
    """Yield one member for each penalty, the strongest first, each fitted from where the last one ended."""
    design = Design.learn(values, columns)
    signs = np.array([monotone.get(columns.names[owner], 0) for owner in design.owners]) * (design.roles == 0)
    low = np.r_[-np.inf, np.where(signs > 0, 0.0, -np.inf)]
    high = np.r_[np.inf, np.where(signs < 0, 0.0, np.inf)]
    kept = list(design.blocks(values)) if len(values) * len(design) <= _KEPT else None
    rows = _Rows(design, values, outcome, low, high, kept)
    share = np.clip(outcome.mean(), 1e-6, 1 - 1e-6)
    start = np.r_[np.log(share / (1 - share)), np.zeros(len(design))]
    for penalty in penalties:
        start = _climbed(rows, np.r_[1e-9, np.full(len(design), penalty)], start)
        yield Logistic(design, float(start[0]), start[1:].copy())


def _climbed(rows: _Rows, ridge: NDArray[np.float64], start: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the coefficients at the top, by Newton's steps halved until they rise, kept within their bounds."""
    at = start
    loss, slope, bend = _local(rows, ridge, at)
    for _ in range(_STEPS):
        free = ~(((at <= rows.low) & (slope > 0)) | ((at >= rows.high) & (slope < 0)))
        step = np.zeros(len(at))
        step[free] = np.linalg.solve(bend[np.ix_(free, free)], slope[free])
        for halving in range(_HALVINGS):
            tried = np.clip(at - step / 2**halving, rows.low, rows.high)
            there = _local(rows, ridge, tried)
            if there[0] <= loss:
                break
        else:
            return at
        gain, at, (loss, slope, bend) = loss - there[0], tried, there
        if gain <= _ENOUGH * (abs(loss) + 1e-12):
            break
    return at


def _local(
    rows: _Rows, ridge: NDArray[np.float64], at: NDArray[np.float64]
) -> tuple[float, NDArray[np.float64], NDArray[np.float64]]:
    """Return the penalised loss at some coefficients, its slope and its bend."""
    loss, slope, bend = float(ridge @ at**2) / 2, ridge * at, np.diag(ridge)
    for here, block in rows.blocks:
        z, y = at[0] + block @ at[1:], rows.outcome[here]
        chance = 0.5 * (1 + np.tanh(z / 2))
        loss += float((np.logaddexp(0, z) - y * z).sum())
        gap, width = chance - y, np.maximum(chance * (1 - chance), 1e-12)
        slope[0] += gap.sum()
        slope[1:] += block.T @ gap
        wide = block * width[:, None]
        bend[0, 0] += width.sum()
        bend[0, 1:] += wide.sum(axis=0)
        bend[1:, 1:] += block.T @ wide
    bend[1:, 0] = bend[0, 1:]
    return loss, slope, bend
