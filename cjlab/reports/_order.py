"""What is asked for: a notebook, with a checked value for each of its parameters. Made before anything runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cjlab.reports import _inputs, _key, _notebooks, _parameters

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from nbformat import NotebookNode

    from cjlab.reports._parameters import Declaration


@dataclass(frozen=True, slots=True)
class Order:
    """A notebook to run and the values to run it with.

    Parameters
    ----------
    path, notebook
        The notebook's file, and what it holds.
    parameters
        What it declares.
    values
        A value for each parameter, as given.
    located
        Absolute paths of the files and folders that values name.
    data
        The sha256 of what values name, by parameter.
    """

    path: Path
    notebook: NotebookNode
    parameters: Declaration
    values: Mapping[str, Any]
    located: Mapping[str, Path]
    data: Mapping[str, str]

    @classmethod
    def of(cls, name: str, given: Mapping[str, object], *, notebooks: Path | str | None) -> Order:
        """Find the notebook and check what was given against what it declares."""
        path = _notebooks.find(name, notebooks)
        notebook = _notebooks.load(path)
        declared = _parameters.read(notebook, name=_notebooks.called(path))
        values = declared.check(given)
        located = _inputs.located(values, parameters=declared, beside=path.parent)
        return cls(path, notebook, declared, values, located, _inputs.digests(values, located))

    @property
    def name(self) -> str:
        """The notebook's name without its number."""
        return _notebooks.called(self.path)

    @property
    def key(self) -> str:
        """Eight hexadecimal digits over everything that decides the outcome."""
        return _key.key(self.notebook, self.values, self.data)

    @property
    def injected(self) -> dict[str, Any]:
        """The values as the notebook gets them: files and folders by their absolute path."""
        return {
            name: str(self.located.get(name, value)) if name in self.located else value
            for name, value in self.values.items()
        }
