"""What stands on the card of a model of next interactions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.models._card import Facts

if TYPE_CHECKING:
    from cjlab.models.interactions._compared import Compared
    from cjlab.models.interactions._foresight import Foresight
    from cjlab.models.interactions._next_interaction import NextInteraction

_LIMITS = (
    "What is rare is never foretold",
    "Who is contacted otherwise than before the date may act otherwise than is foretold",
)


def facts(model: NextInteraction, foresight: Foresight, judged: Compared) -> Facts:
    """Return what its card tells."""
    rows, customers, *dates = model.learned_of
    names = dict.fromkeys((*foresight.choice.names, *foresight.wait.names))
    return Facts(
        f"NextInteraction, {len(model.labels) - 1} pairs of event and {model.where}, within {model.within}",
        rows,
        customers,
        float(1 - np.prod(1 - foresight.pace.base)),
        tuple(map(str, dates)),
        tuple(names),
        f"{len(judged.measured[-1].values):,} customers with a past, out of time",
        judged.figures,
        _LIMITS,
    )
