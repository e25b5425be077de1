"""What a world is made of, as a table."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from cjlab.simulator.world._world import World

PARTS = ("personas", "channels", "goods", "actions", "moments")


def listing(world: World) -> pd.DataFrame:
    """Return a row a part: what it is, its name, and what was declared otherwise than usual."""
    import pandas as pd

    rows = [(kind, name, _said(part)) for kind in PARTS for name, part in getattr(world, kind).items()]
    return pd.DataFrame(rows, columns=["part", "name", "says"])


def _said(part: object) -> str:
    said = []
    for field in fields(part):  # type: ignore[arg-type]
        given = getattr(part, field.name)
        if isinstance(given, dict):
            said += [f"{field.name}: {', '.join(given)}"] if given else []
        elif given != field.default:
            said.append(f"{field.name} {given:g}" if isinstance(given, float) else f"{field.name} {given}")
    return "; ".join(said)
