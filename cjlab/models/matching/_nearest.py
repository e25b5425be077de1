"""For each treated, the controls whose log odds are nearest; those that are equally near all count."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_SAME = 1e-9  # of log odds


@dataclass(frozen=True, eq=False)
class Nearest:
    """Who stands for whom.

    Controls of the same log odds are one group. ``groups`` is (n, k): the groups near each who is asked for, ``taken``
    (n, k) how much of his one vote each control of the group has, 0 where it is too far. ``of`` is the group of each
    control.
    """

    of: NDArray[np.intp]
    groups: NDArray[np.intp]
    taken: Floats

    @classmethod
    def among(cls, asked: Floats, pool: Floats, *, neighbours: int, caliper: float, apart: bool = False) -> Nearest:
        """Find the nearest of a pool within a caliper; ``apart`` says that those asked for are the pool itself."""
        values, of = np.unique(np.round(pool / _SAME) * _SAME, return_inverse=True)
        counts = np.bincount(of).astype(np.float64)
        reach = neighbours + apart
        first = np.searchsorted(values, np.round(asked / _SAME) * _SAME)
        places = first[:, None] + np.arange(-reach, reach + 1)
        there = (places >= 0) & (places < len(values))
        groups = np.clip(places, 0, len(values) - 1)
        far = np.where(there, np.abs(values[groups] - asked[:, None]), np.inf)
        order = np.argsort(far, axis=1, kind="stable")
        far, groups = (np.take_along_axis(one, order, axis=1) for one in (far, groups))
        own = counts[groups] - (apart & (far < 2 * _SAME))
        enough = np.cumsum(own, axis=1) - own
        last = np.max(np.where(enough < neighbours, np.where(np.isfinite(far), far, -1), -1), axis=1, keepdims=True)
        near = (far <= last + _SAME) & (far <= caliper + _SAME)
        voters = (own * near).sum(axis=1, keepdims=True)
        taken = np.divide(near, voters, out=np.zeros(far.shape), where=voters > 0)
        return cls(of, groups, taken)

    @property
    def found(self) -> NDArray[np.bool_]:
        """Whether there is anybody near, ``(n,)``."""
        return np.asarray(self.taken.sum(axis=1) > 0)

    def mean(self, values: Floats) -> Floats:
        """Return what those near have on average, ``(n,)``."""
        sums = np.bincount(self.of, values)
        return np.asarray((self.taken * sums[self.groups]).sum(axis=1))

    def votes(self, *, power: int = 1) -> Floats:
        """Return how often each of the pool stands for somebody, or the sum of the squares of these shares."""
        shares = np.zeros(int(self.of.max()) + 1)
        np.add.at(shares, self.groups.ravel(), (self.taken**power).ravel())
        return np.asarray(shares[self.of])
