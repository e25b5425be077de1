"""The manifest of a record: where it came from, and the digests of what it holds."""

from __future__ import annotations

import platform
import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import cjlab
from cjlab._threads import threads
from cjlab.reports import _key

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from nbformat import NotebookNode

    from cjlab.reports._failure import Failure
    from cjlab.reports._order import Order

FORMAT = 1
_NAMED = ("numpy", "pandas", "polars", "scipy", "plotly", "papermill", "nbconvert")
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_LONGEST = 2_000  # characters of a warning


def manifest(order: Order, executed: NotebookNode, *, started: dt.datetime, ended: dt.datetime) -> dict[str, Any]:
    """Write down what a run was made of; digests of its files are added when they are written."""
    return {
        "format": FORMAT,
        "name": order.name,
        "key": f"{ended.date().isoformat()}-{order.key}",
        "status": "complete",
        "started": started.isoformat(timespec="seconds"),
        "made": ended.isoformat(timespec="seconds"),
        "seconds": round((ended - started).total_seconds(), 1),
        "threads": threads(),
        "notebook": {"name": order.path.name, "sha256": _key.content(order.notebook)},
        "parameters": dict(order.values),
        "defaults": [one.name for one in order.parameters.declared if order.values[one.name] == one.default],
        "data": dict(order.data),
        "versions": {
            "cjlab": cjlab.__version__,
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            **{name: version(name) for name in _NAMED},
        },
        "digests": {"package": _key.package(), "environment": _key.environment()},
        "warnings": list(_warnings(executed)),
    }


def failed(whole: dict[str, Any], failure: Failure) -> dict[str, Any]:
    """Mark a manifest as that of a run that stopped."""
    told = {"name": failure.name, "message": failure.message, "step": failure.step, "steps": failure.steps}
    return whole | {"status": "incomplete", "failure": told}


def _warnings(executed: NotebookNode) -> Iterator[str]:
    """Collect what the cells wrote to stderr, which the page leaves out."""
    for cell in executed.cells:
        for output in cell.get("outputs", []):
            if output["output_type"] == "stream" and output["name"] == "stderr":
                yield _COLOURS.sub("", output["text"]).strip()[:_LONGEST]
