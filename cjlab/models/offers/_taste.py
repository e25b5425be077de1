"""What speaks for an item: that many buy it, that those who bought what he bought do, that people like him do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.models.offers._profile import tables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from cjlab.models.offers._bought import Bought

    Floats = NDArray[np.float64]

_BELIEVED = 10.0  # customers that what all do is worth, where few are told of


@dataclass(frozen=True, eq=False)
class Taste:
    r"""What was learned of purchases before a date, as logarithms of how much likelier an item becomes.

    Parameters
    ----------
    popular
        ``(m,)``, :math:`\ln p_i`: the share of recent buyers, halved in weight every half-life.
    beside
        ``(m, m)`` float32, :math:`P(i \mid j)`, the share of those who bought *j* who also bought *i*, drawn to
        :math:`p_i` as if 10 customers more had bought as all do.
    usual
        ``(m,)``, :math:`p_i` over all of the past.
    alike
        For each column of the profile ``(values, m)``, :math:`\ln P(i \mid v) / p_i`, drawn to 0 likewise.
    """

    popular: Floats
    beside: NDArray[np.float32]
    usual: Floats
    alike: tuple[Floats, ...]

    @classmethod
    def learn(
        cls, bought: Bought, values: NDArray[np.int64] | None, sizes: tuple[int, ...], *, half_life: float
    ) -> Taste:
        """Learn of what was bought before a date, and of the profiles of those who did."""
        grid = bought.grid()
        many = np.asarray(grid.sum(axis=0))
        usual = (many + 1) / (many.sum() + len(many))
        lately = np.bincount(bought.item, 0.5 ** (bought.days / half_life), len(many)) + usual
        both = (grid.T @ grid).toarray()
        np.fill_diagonal(both, 0.0)
        begun = both.sum(axis=1, keepdims=True)
        beside = (both + _BELIEVED * usual) / (begun + _BELIEVED)
        alike = () if values is None else tables(values, sizes, grid, usual, _BELIEVED)
        return cls(np.log(lately / lately.sum()), beside.astype(np.float32), usual, alike)

    def association(self, bought: Bought, rows: NDArray[np.int64]) -> Floats:
        """Return how much likelier each item is for what these customers bought, ``(rows, m)``; 0 of nothing."""
        own = bought.grid()[rows].astype(np.float32)
        whole = np.asarray(own.sum(axis=1), dtype=np.float64)[:, None]
        mixed = np.asarray(own @ self.beside, dtype=np.float64)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(whole > 0, np.log(mixed / whole) - np.log(self.usual), 0.0)

    def _parts(self) -> Mapping[str, Any]:
        return {
            "popular": self.popular,
            "beside": self.beside,
            "usual": self.usual,
            "alike": list(self.alike),
        }

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Taste:
        alike = tuple(parts["alike"])
        return cls(parts["popular"], parts["beside"], parts["usual"], alike)
