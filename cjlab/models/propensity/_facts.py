"""What stands on the card of a classifier."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab.models._card import Facts
from cjlab.models._taught import Taught

if TYPE_CHECKING:
    from cjlab.models.propensity._propensity import Propensity


def facts(model: Propensity) -> Facts:
    """Return what its card tells."""
    usual = model.usual_
    chosen = ", ".join(f"{name} {value:g}" for name, value in model.chosen_.items() if not name.endswith("_loss"))
    named = f"{type(model).__name__}, {model.member} ({chosen})"
    return Facts(named, Taught(usual.rows, usual.customers, usual.share, usual.dates), model.columns_.names)
