"""How a learner of effects learns: its settings, checked once."""

from __future__ import annotations

from dataclasses import dataclass

from cjlab._checks import one_of, whole
from cjlab.models import _causalml
from cjlab.models.uplift._learners import LEARNERS

MODELS = ("linear", "boosted")
_MOST = 10_000  # replicates, and trees


@dataclass(frozen=True, slots=True)
class How:
    """How a learner learns: whether by boosted trees, with how many parts for cross-fitting, from which seed.

    A forest has so many ``trees``; ``blanks`` are :attr:`Design.blanks`.
    """

    boosted: bool
    parts: int
    seed: int
    trees: int = 500
    blanks: tuple[int, ...] = ()

    @classmethod
    def of(cls, *, learner: str, model: str, folds: int, replicates: int, seed: int, trees: int) -> How:
        """Check the parameters of a :class:`Uplift`."""
        one_of(learner, (*LEARNERS, *_causalml.LEARNERS), name="learner")
        one_of(model, MODELS, name="model")
        whole(replicates, name="replicates", least=0, most=_MOST)
        parts = whole(folds, name="folds", least=2, most=50)
        seed = whole(seed, name="seed", least=0, most=2**31 - 1)
        return cls(model == "boosted", parts, seed, whole(trees, name="trees", least=100, most=_MOST))
