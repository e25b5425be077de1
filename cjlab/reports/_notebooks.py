"""Where notebooks are, and what they are called."""

from __future__ import annotations

import json
import re
import warnings
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

from cjlab.errors import ReportError

if TYPE_CHECKING:
    from nbformat import NotebookNode

FOLDER = Path("notebooks")
_NUMBERED = re.compile(r"\d\d_")


def find(name: str, folder: Path | str | None) -> Path:
    """Return the path of a notebook: ``experiment`` is ``40_experiment.ipynb``.

    Raises
    ------
    ReportError
        When the folder does not exist, or holds no notebook, or two, of that name.
    """
    place = Path(folder if folder is not None else FOLDER).absolute()
    if not place.is_dir():
        raise ReportError(
            f"no notebooks: looked for the folder {place}; run where {FOLDER}/ lies, or name a folder of notebooks"
        )
    paths = {path.stem: path for path in sorted(place.glob("*.ipynb"))}
    wanted = name.removesuffix(".ipynb")
    found = [path for stem, path in paths.items() if wanted in {stem, called(path)}]
    if len(found) != 1:
        raise ReportError(_absent(wanted, place, found, sorted({called(path) for path in paths.values()})))
    return found[0]


def called(path: Path) -> str:
    """Return the name of a notebook without its number: ``experiment``."""
    return _NUMBERED.sub("", path.stem, count=1)


def load(path: Path) -> NotebookNode:
    """Read a notebook file.

    Raises
    ------
    ReportError
        When it is no notebook.
    """
    import nbformat
    from nbformat.warnings import DuplicateCellId, MissingIDFieldWarning

    with warnings.catch_warnings():
        for mended in (MissingIDFieldWarning, DuplicateCellId):  # identifiers of cells, which only editors need
            warnings.simplefilter("ignore", mended)
        try:
            normal: NotebookNode = nbformat.validator.normalize(nbformat.reads(_text(path), as_version=4))[1]
            nbformat.validate(normal)
        except (OSError, ValueError, nbformat.ValidationError) as wrong:
            reason = str(wrong).partition("\n")[0]
            raise ReportError(f"{path} is not a notebook that can be read: {reason}") from None
    return normal


def _text(path: Path) -> str:
    """Read a notebook's file; nbformat takes it for granted that its JSON holds a notebook."""
    text = path.read_text(encoding="utf-8")
    found = json.loads(text) if text.strip() else None
    cells = found.get("cells", found.get("worksheets")) if isinstance(found, dict) else None
    if not isinstance(cells, list) or not all(isinstance(cell, dict) for cell in cells):
        raise ValueError("it holds no list of cells; save it anew from JupyterLab")
    return text


def _absent(name: str, place: Path, found: list[Path], names: list[str]) -> str:
    if found:
        return f"{len(found)} notebooks in {place} are called {name!r}: {', '.join(path.name for path in found)}"
    near = get_close_matches(name, names, n=1)
    meant = f"did you mean {near[0]!r}? " if near else ""
    return f"no notebook {name!r} in {place}; {meant}there are {', '.join(names) or 'none'}"
