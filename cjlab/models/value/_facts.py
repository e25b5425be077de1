"""What stands on the cards of what customers are worth, and of tiers of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab.models._card import Facts
from cjlab.models._figure import about_all
from cjlab.models._taught import Taught

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from cjlab.models.value._customer_value import CustomerValue
    from cjlab.models.value._tiers import Tiers

_TIERS = "Tiers put values in order; whether the values come true is on the card of the model that foretold them"


def facts(model: CustomerValue) -> Facts:
    """Return what the card of both its models tells, and what they missed a horizon ago."""
    both = [one._facts() for one in (model.counting, model.spending)]  # noqa: SLF001 - what it is made of
    missed = () if model.correction is None else (about_all("missed a horizon ago", model.correction.missed),)
    return Facts(
        f"CustomerValue, within {model.within}, discount {model.discount:g} a year, margin {model.margin:g}",
        both[0].taught,
        tuple(dict.fromkeys(name for one in both for name in one.features)),
        (*(figure for one in both for figure in one.figures), *missed),
        tuple(limit for one in both for limit in one.limits),
    )


def of_tiers(tiers: Tiers, cuts: NDArray[np.float64]) -> Facts:
    """Return what the card of tiers tells: from which value each is had."""
    figures = tuple(about_all(f"{name} from", cut) for name, cut in zip(tiers.names[1:], cuts, strict=True))
    taught = Taught(tiers.customers, tiers.customers)
    return Facts(f"Tiers: {', '.join(tiers.names)}", taught, ("value",), figures, (_TIERS,))
