r"""A forest of effects: honest trees for every arm, which know how sure they are of each customer.

Trees smooth: where an effect bends, the forest lies inside the bend, by more than its standard error says. So a second
forest learns what the first has left, :math:`y - w\,\hat\tau(x)`. Its effect :math:`\hat b(x)` is no part of what is
predicted, which it would make less steady; intervals are centred on :math:`\hat\tau(x) + \hat b(x)` and have the
variance of both, as the bias-corrected ones of Calonico, Cattaneo & Titiunik (2014, doi:10.3982/ECTA11757) do. (That a
second pass over the rest takes off most of what smoothing does is Tukey's twicing.)

Every arm has a forest of its own, of its customers and the control's: its leaves are where *its* effect is the same,
whatever another arm does there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from cjlab.models.uplift._bins import Bins
from cjlab.models.uplift._folds import folds
from cjlab.models.uplift._grove import Grove, Left
from cjlab.models.uplift._nuisances import levels

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from cjlab.models._kinds import Part
    from cjlab.models.uplift._how import How
    from cjlab.models.uplift._trial import Trial

    Floats = NDArray[np.float64]


_FEWEST = (5, 2)  # customers of either side in a part of a node; the second forest is the finer: it is not to smooth


class Pair(NamedTuple):
    """The trees of an arm beside the control, and those of what they have left."""

    first: Grove
    second: Grove


@dataclass(frozen=True, eq=False)
class Forest:
    """The trees of every arm, and the bins in which they see features."""

    bins: Bins
    arms: tuple[Pair, ...]

    @classmethod
    def learn(cls, design: Floats, trial: Trial, how: How) -> Forest:
        """Learn from a trial; what is expected of arm and outcome is taken off beforehand, cross-fitted."""
        bins = Bins.learn(design, how.blanks)
        binned = bins.of(design)
        return cls(bins, tuple(_pair(left, how, arm) for arm, left in enumerate(_left(design, binned, trial, how))))

    def effects(self, design: Floats) -> Floats:
        """Return the difference of each arm from the control, ``(n, arms)``."""
        bins = self.bins.of(design)
        return np.stack([one.first.effects(bins) for one in self.arms], axis=1)

    def sure(self, design: Floats) -> tuple[Floats, Floats]:
        """Return what intervals are centred on, and standard errors, ``(n, arms)`` each."""
        bins = self.bins.of(design)
        told = np.array([[grove.sure(bins) for grove in one] for one in self.arms])
        centre, variance = told.sum(axis=1).transpose(1, 2, 0)
        return centre, np.sqrt(variance)

    def _parts(self) -> Mapping[str, Part]:
        return {"bins": self.bins, "arms": [list(one) for one in self.arms]}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Forest:
        return cls(parts["bins"], tuple(Pair(*one) for one in parts["arms"]))


def _left(design: Floats, bins: NDArray[np.uint8], trial: Trial, how: How) -> Iterator[Left]:
    """Give for each arm what is left of it and of the outcome, among its customers and the control's."""
    chance = trial.every("learner 'forest'")
    level = levels(design, trial, folds(trial, how.parts, seed=how.seed), boosted=how.boosted)
    for arm in range(1, 1 + trial.arms):
        own = np.flatnonzero((trial.code == 0) | (trial.code == arm))
        among = chance[own, arm] / (chance[own, arm] + chance[own, 0])
        mean = among * level[own, arm] + (1 - among) * level[own, 0]
        treated = trial.code[own] == arm
        yield Left(bins[own], treated, treated - among, trial.outcome[own] - mean, trial.customer[own])


def _pair(left: Left, how: How, arm: int) -> Pair:
    key = f"uplift/forest/{how.seed}/{arm}"
    first = Grove.grow(left, how.trees, fewest=_FEWEST[0], key=f"{key}/first")
    rest = left._replace(outcome=left.outcome - left.arm * first.effects(left.bins))
    return Pair(first, Grove.grow(rest, how.trees, fewest=_FEWEST[1], key=f"{key}/second"))
