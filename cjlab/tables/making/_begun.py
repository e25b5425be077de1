"""What a folder in the making is about: said by who begins it, and the same for who goes on with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cjlab._checks import listed, shown
from cjlab._durable import settle
from cjlab.errors import TableError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

ABOUT = "about.json"


def begun(stage: Path, said: Mapping[str, Any], *, kind: str) -> None:
    """Say what is being written, or refuse to go on with something else."""
    try:
        before = json.loads((stage / ABOUT).read_text(encoding="utf-8"))
    except FileNotFoundError:
        draft = stage / f".{ABOUT}"
        draft.write_text(json.dumps(said), encoding="utf-8")
        draft.replace(stage / ABOUT)
        settle(stage)
        return
    differ = [name for name in said if said[name] != before.get(name)]
    if differ:
        now, then = (listed(shown(one.get(name)) for name in differ) for one in (said, before))
        raise TableError(
            f"{stage} holds an unfinished {kind} of other {listed(differ)} ({then}, now {now});"
            " finish that one with the same call, or remove the folder"
        )
