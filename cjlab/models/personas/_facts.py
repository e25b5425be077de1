"""What stands on the card of personas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.models._card import Facts
from cjlab.models._figure import about_all

if TYPE_CHECKING:
    from cjlab.models.personas._personas import Personas

_LIMITS = (
    "A persona describes what goes together; that its customers answer otherwise than others is for a test to show",
    "Rules are those of these customers: how many are in each changes with the base",
)


def facts(model: Personas) -> Facts:
    """Return what its card tells: its rules, and how surely they are found again."""
    found = model.stability
    (place,) = np.flatnonzero(found.groups == len(model.rules))
    again = about_all("found again (adjusted Rand)", found.mean[place], found.low[place], found.high[place])
    figures = (again, about_all("share of differences explained", found.explained[place]))
    named = f"Personas, {len(model.rules)}: {'; '.join(model.rules)}"
    return Facts(named, model.taught, model.asked.design.columns.names, figures, _LIMITS)
