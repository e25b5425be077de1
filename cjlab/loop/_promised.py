"""What was promised of every decision of a home: foretold again by the version that decided, of what it decided on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.errors import RegistryError
from cjlab.loop.registry import Registry

if TYPE_CHECKING:
    import pandas as pd

    from cjlab.loop._observe import Observed
    from cjlab.loop.cycle._home import Home
    from cjlab.loop.cycle._turn import Turn


def promised(home: Home, name: str, seen: Observed) -> pd.DataFrame | None:
    """Return the effect that was promised of every action, NaN for decisions on which no version decided.

    None where no decision rests on a version, or one of these cannot be loaded any more.
    """
    import pandas as pd

    actions = [one for one in seen.chances.columns if one != seen.control]
    found = pd.DataFrame(np.nan, index=seen.rows.index, columns=actions)
    if "model_version" not in seen.rows:
        return None
    registry = Registry(home.registry)
    try:
        for turn in home.turns():
            for part in _foretold(home, turn, registry, name, seen):
                found.loc[part.index, actions] = part.reindex(columns=actions, fill_value=0.0)
    except RegistryError:
        return None
    return found if found.notna().any(axis=None) else None


def _foretold(home: Home, turn: Turn, registry: Registry, name: str, seen: Observed) -> list[pd.DataFrame]:
    """Return what each version foretold at a turn, indexed by ``decision_id``."""
    own = seen.rows[(seen.rows["at"] == turn.as_of) & seen.rows["model_version"].fillna("").str.isdecimal()]
    if not len(own):
        return []
    features = home.features(turn)
    there = own[own["customer_id"].isin(features.index)]
    return [
        registry.load(name, int(str(version)))[0].predict(features.loc[rows["customer_id"]]).set_axis(rows.index)
        for version, rows in there.groupby("model_version", sort=True)
    ]
