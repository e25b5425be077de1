"""The log at the door: what is none is refused with the way to make one of it."""

from __future__ import annotations

from pathlib import Path

from cjlab._checks import shown
from cjlab.errors import SpecError
from cjlab.tables import Log


def logged(log: object) -> Log:
    """Return what was given if it is a log."""
    if isinstance(log, Log):
        return log
    if isinstance(log, str | Path):
        raise SpecError(f"log is {shown(str(log))}; read the folder first: cj.tables.Log.read({shown(str(log))})")
    if hasattr(type(log), "columns") and hasattr(type(log), "join"):
        said = f"{type(log).__module__.partition('.')[0]}.{type(log).__name__}"
        raise SpecError(f"log is a {said}; make a log of it first: cj.tables.Log.of(events=…)")
    raise SpecError(f"log is {shown(log)}; give a cj.tables.Log")
