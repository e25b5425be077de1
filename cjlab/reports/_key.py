"""The key of a record: the same notebook, values, data and code have the same key."""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import distributions
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import cjlab
from cjlab.reports import _inputs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from nbformat import NotebookNode

_LENGTH = 8


def key(notebook: NotebookNode, values: Mapping[str, Any], data: Mapping[str, str]) -> str:
    """Return eight hexadecimal digits over all that decides what a record holds.

    A parameter that names a file or a data set counts by its content and not by where it lies.
    """
    parts = {
        "notebook": content(notebook),
        "parameters": {name: data.get(name, value) for name, value in values.items()},
        "cjlab": [cjlab.__version__, package()],
        "environment": environment(),
    }
    return _inputs.joined([json.dumps(parts, sort_keys=True)])[:_LENGTH]


def content(notebook: NotebookNode) -> str:
    """Return the sha256 of a notebook's cells; its outputs and the settings of its editor do not count."""
    cells = [[cell.cell_type, cell.source, sorted(cell.metadata.get("tags", []))] for cell in notebook.cells]
    return _inputs.joined([json.dumps(cells)])


@cache
def package() -> str:
    """Return the sha256 of the package's own files."""
    place = Path(str(files("cjlab")))
    sources = sorted(path for path in place.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return _inputs.joined(f"{path.relative_to(place).as_posix()}\0{_inputs.digest(path)}" for path in sources)


@cache
def environment() -> str:
    """Return the sha256 of the names and versions of all installed packages: of the lock, where it was followed."""
    return _inputs.joined(sorted({f"{one.name.lower()}=={one.version}" for one in distributions() if one.name}))
