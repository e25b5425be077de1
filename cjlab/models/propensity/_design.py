"""Coded columns as a linear model sees them: ramps for numbers, one flag a category, one for what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from cjlab.models._columns import Columns
    from cjlab.models._kinds import Part

_KNOTS = 7  # inner knots at most: a number may bend at its eighths
_WIDE = 400  # ramps of all numbers together, where they are many: then each bends less often
_LEVELS = 50  # categories with a flag of their own; the rarer ones share one
_ROWS = 65_536  # rows of a block: a design is wide, and never held for a million customers at once
_FLAT = 1e-9
_EDGE = 0.005  # beyond this share of the values, at either end, a ramp is level


@dataclass(frozen=True, eq=False)
class Design:
    r"""How coded columns become the standardised columns of a linear model.

    A number with missing values filled by the median is written in ramps between its knots
    :math:`q_0 < q_1 < …`, :math:`\min(\max(x - q_k, 0), q_{k+1} - q_k)`, so that each coefficient is the slope of one
    stretch: a straight line where all are alike, monotone where all have one sign, and level beyond the outer knots,
    which leave a half per cent on either side.

    Parameters
    ----------
    starts, ends : ndarray
        ``(d,)`` where a ramp starts and ends; a flag's code as both.
    owners : ndarray
        ``(d,)`` the place of the column that each design column is made of.
    roles : ndarray
        ``(d,)`` 0 for a ramp, 1 for the flag of a category, 2 for the flag of what is missing, 3 for that of a rare
        category.
    fills : ndarray
        ``(p,)`` what stands for a missing number.
    means, scales : ndarray
        ``(d,)`` of the rows learnt from.
    """

    starts: NDArray[np.float64]
    ends: NDArray[np.float64]
    owners: NDArray[np.int64]
    roles: NDArray[np.int64]
    fills: NDArray[np.float64]
    means: NDArray[np.float64]
    scales: NDArray[np.float64]

    @classmethod
    def learn(cls, values: NDArray[np.float64], columns: Columns) -> Design:
        """Learn knots, fills and scales of ``(n, p)`` coded values."""
        inner = int(np.clip(_WIDE // max(columns.kinds.count("number"), 1) - 1, 1, _KNOTS))
        told = [
            (place, *one)
            for place, kind in enumerate(columns.kinds)
            for one in (_ramps(values[:, place], inner) if kind == "number" else _flags(values[:, place]))
        ]
        owners, roles = np.array([(one[0], one[1]) for one in told], np.int64).reshape(-1, 2).T
        starts, ends = np.array([one[2:] for one in told], np.float64).reshape(-1, 2).T
        fills = np.array([_median(values[:, place]) for place in range(values.shape[1])])
        raw = cls(starts, ends, owners, roles, fills, np.zeros(len(told)), np.ones(len(told)))
        means, spreads = raw._moments(values)
        kept = spreads > _FLAT
        return cls(
            starts[kept], ends[kept], owners[kept], roles[kept], fills, means[kept], np.maximum(spreads[kept], _FLAT)
        )

    def __len__(self) -> int:
        """Count its columns."""
        return len(self.owners)

    def blocks(self, values: NDArray[np.float64]) -> Iterator[tuple[slice, NDArray[np.float64]]]:
        """Yield stretches of rows, and the design of each."""
        for first in range(0, len(values), _ROWS):
            rows = slice(first, min(first + _ROWS, len(values)))
            yield rows, self._rows(values[rows])

    def _rows(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        made = np.empty((len(values), len(self)))
        for place, (owner, role, start, end) in enumerate(
            zip(self.owners, self.roles, self.starts, self.ends, strict=True)
        ):
            column = values[:, owner]
            made[:, place] = self._one(column, int(role), (start, end), float(self.fills[owner]))
        return (made - self.means) / self.scales

    @staticmethod
    def _one(column: NDArray[np.float64], role: int, ends: tuple[float, float], fill: float) -> NDArray[np.float64]:
        start, end = ends
        if role == 0:
            return np.clip(np.where(np.isnan(column), fill, column), start, end) - start
        flag = (column == start) if role == 1 else np.isnan(column) if role == 2 else column >= start  # noqa: PLR2004 - the roles above
        return np.asarray(flag, np.float64)

    def _moments(self, values: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return mean and spread of each column, in one pass over blocks."""
        n, mean, square = 0, np.zeros(len(self)), np.zeros(len(self))
        for _, block in self.blocks(values):
            count, level = len(block), block.mean(axis=0)
            gap = level - mean
            square += block.var(axis=0) * count + gap**2 * n * count / (n + count)
            mean += gap * count / (n + count)
            n += count
        spread = np.sqrt(square / n)
        return mean, np.where(spread > _FLAT * np.maximum(np.abs(mean), 1.0), spread, 0.0)

    def _parts(self) -> Mapping[str, Part]:
        return dict(vars(self))

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Design:
        return cls(**parts)


def _ramps(column: NDArray[np.float64], knots: int) -> list[tuple[int, float, float]]:
    """Return the ramps of a number, and a flag where some are missing."""
    known = column[~np.isnan(column)]
    places = np.r_[_EDGE, np.linspace(0, 1, knots + 2)[1:-1], 1 - _EDGE]
    found = np.unique(np.quantile(known, places)) if len(known) else np.empty(0)
    if len(found) == 1 and known.min() < known.max():  # all but a few are one value
        found = np.array([known.min(), known.max()])
    made = [(0, low, high) for low, high in pairwise(found)]
    return made + ([(2, 0.0, 0.0)] if len(known) < len(column) else [])


def _flags(column: NDArray[np.float64]) -> list[tuple[int, float, float]]:
    """Return a flag for each category, for the rare ones together, and for none."""
    known = column[~np.isnan(column)]
    if not len(known):
        return []
    most = int(known.max()) + 1
    made = [(1, float(code), float(code)) for code in range(min(most, _LEVELS))]
    rare = [(3, float(_LEVELS), np.inf)] if most > _LEVELS else []
    return made + rare + ([(2, 0.0, 0.0)] if len(known) < len(column) else [])


def _median(column: NDArray[np.float64]) -> float:
    known = column[~np.isnan(column)]
    return float(np.median(known)) if len(known) else 0.0
