"""A law of waiting times, one a customer: known at the ends of stretches, straight in between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cjlab.models.interactions._pace import STRETCHES, edges, placed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Law:
    r"""The chance :math:`F(t)` that something comes within *t*, at the ends of stretches, ``(n, 25)``, in days."""

    horizon: float
    within: Floats

    @classmethod
    def of(cls, horizon: float, chance: Floats) -> Law:
        """Make it of the chance in each stretch, ``(n, 24)``, given that nothing came before."""
        left = np.cumprod(1 - chance, axis=1)
        return cls(horizon, np.concatenate([np.zeros((len(left), 1)), 1 - left], axis=1))

    def at(self, days: Floats) -> Floats:
        """Return the chance that it comes within so many days, ``(n,)``, at most the horizon."""
        rows, place = np.arange(len(days)), np.minimum(placed(days, self.horizon), STRETCHES - 1)
        ends = edges(self.horizon)
        part = (np.minimum(days, self.horizon) - ends[place]) / (ends[place + 1] - ends[place])
        begun, ended = self.within[rows, place], self.within[rows, place + 1]
        return np.asarray(begun + part * (ended - begun))

    def quantile(self, share: float) -> Floats:
        """Return in how many days it has come with such a chance, ``(n,)``; infinity beyond the horizon."""
        place = (self.within < share).sum(axis=1)  # the first end at which it has
        rows, right = np.arange(len(place)), np.clip(place, 1, STRETCHES)
        begun, ended = self.within[rows, right - 1], self.within[rows, right]
        ends = edges(self.horizon)
        part = (share - begun) / np.maximum(ended - begun, 1e-300)
        return np.where(place > STRETCHES, np.inf, ends[right - 1] + part * (ends[right] - ends[right - 1]))

    def crps(self, days: Floats) -> Floats:
        r"""Return :math:`\int_0^{h} (F(t) - 1[T \le t])^2 dt`, ``(n,)`` in days, of what came after so many days.

        The continuous ranked probability score up to the horizon (Gneiting & Ranjan 2011, doi:10.1198/jbes.2010.08110).
        """
        ends, wide = edges(self.horizon), np.diff(edges(self.horizon))
        begun, ended = self.within[:, :-1], self.within[:, 1:]
        part = np.clip((days[:, None] - ends[:-1]) / wide, 0, 1)
        there = begun + part * (ended - begun)
        return np.asarray(
            (wide * (part * _squares(begun, there) + (1 - part) * _squares(1 - there, 1 - ended))).sum(axis=1)
        )

    def place(self, days: Floats, came: NDArray[np.bool_], draw: np.random.Generator) -> Floats:
        """Return where in the law it came, evenly from 0 to 1 if the law is right; drawn where it did not yet."""
        last = self.within[:, -1]
        return np.where(came, self.at(days), last + draw.random(len(last)) * (1 - last))


def _squares(begun: Floats, ended: Floats) -> Floats:
    """Return the mean square of what goes straight from one value to another."""
    return (begun * begun + begun * ended + ended * ended) / 3
