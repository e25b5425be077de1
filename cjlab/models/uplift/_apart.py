"""Arms that are learnt apart, each from customers who could have got it: consent and stock differ between customers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from cjlab.models import _causalml
from cjlab.models.uplift._learners import LEARNERS, Effect, Sure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from cjlab.models._kinds import Part
    from cjlab.models.uplift._how import How
    from cjlab.models.uplift._trial import Trial

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Apart:
    """What was learnt of each arm beside the control, in a trial of its own."""

    arms: tuple[Any, ...]

    def effects(self, design: Floats) -> Floats:
        """Return the difference of each arm from the control, ``(n, arms)``."""
        return np.concatenate([one.effects(design) for one in self.arms], axis=1)

    def _parts(self) -> Mapping[str, Part]:
        return {"arms": list(self.arms)}

    @classmethod
    def _of(cls, parts: Mapping[str, Any]) -> Apart:
        return cls(tuple(parts["arms"]))


@dataclass(frozen=True, eq=False)
class SureApart(Apart):
    """The same, of learners that know how sure they are."""

    def sure(self, design: Floats) -> tuple[Floats, Floats]:
        """Return what intervals are centred on, and standard errors, ``(n, arms)`` each."""
        centre, error = zip(*(one.sure(design) for one in self.arms), strict=True)
        return np.concatenate(centre, axis=1), np.concatenate(error, axis=1)


def learnt(name: str, design: Floats, trial: Trial, how: How) -> Effect:
    """Let a learner learn, by its name: all arms at once, or each apart where not everybody could get every arm."""
    learn = LEARNERS.get(name) or _causalml.learner(name)
    return _each(learn, design, trial, how) if trial.partial else learn(design, trial, how)


def _each(learn: Callable[[Floats, Trial, How], Effect], design: Floats, trial: Trial, how: How) -> Apart:
    """Learn each arm beside the control from those who could have got either and got one."""
    found = []
    for arm in range(1, 1 + trial.arms):
        own, rows = trial.pair(arm)
        found.append(learn(design[rows], own, how))
    return (SureApart if all(isinstance(one, Sure) for one in found) else Apart)(tuple(found))
