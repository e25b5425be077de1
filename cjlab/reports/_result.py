"""What a notebook found, gathered from the result bundles in its outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cjlab.reports._mime import RESULT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from nbformat import NotebookNode


def gather(notebook: NotebookNode) -> dict[str, Any]:
    """Merge the result bundles of a notebook: entries are put after one another, of the rest the last word counts.

    Returns
    -------
    dict
        ``entries`` (a list of dictionaries, one a number) and whatever was given of ``title``, ``question``,
        ``decision`` (a sentence), ``tone`` (``good``, ``wait``, ``stop`` or ``neutral``), ``language``, ``reader``
        (``decider`` or ``analyst``) and ``data_until`` (an ISO date).
    """
    bundles = list(_bundles(notebook))
    merged: dict[str, Any] = {}
    for bundle in bundles:
        merged |= bundle
    merged["entries"] = [entry for bundle in bundles for entry in bundle.get("entries", [])]
    return merged


def _bundles(notebook: NotebookNode) -> Iterator[Mapping[str, Any]]:
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if RESULT in output.get("data", {}):
                yield output["data"][RESULT]
