"""What a parameter names outside the notebook: a file, a folder, a packaged data set. Its content counts in the key."""

from __future__ import annotations

import re
from hashlib import file_digest, sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cjlab.errors import ParameterError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cjlab.reports._parameters import Declaration

_A_PATH = re.compile(r".*[/\\].*|.+\.[A-Za-z]\w{1,7}")  # something with a slash, or with an ending


def located(values: Mapping[str, Any], *, parameters: Declaration, beside: Path) -> dict[str, Path]:
    """Find the files and folders that parameters name, in the working directory or beside the notebook.

    A parameter declared as ``Path`` always names one; a text names one where it looks like a path and there is one.

    Raises
    ------
    ParameterError
        When a parameter declared as ``Path`` names nothing.
    """
    kinds = {one.name: one.kind for one in parameters.declared}
    found = {}
    for name, value in values.items():
        declared = "Path" in kinds[name].names
        if isinstance(value, str) and (declared or _A_PATH.fullmatch(value)):
            path = _place(value, beside)
            if path is not None:
                found[name] = path
            elif declared:
                places = f"{Path.cwd()} and in {beside}"
                raise ParameterError(
                    f"parameter {name!r} of notebook {parameters.notebook!r} is {value!r}, which names no file or "
                    f"folder; looked in {places}"
                )
    return found


def digests(values: Mapping[str, Any], found: Mapping[str, Path]) -> dict[str, str]:
    """Return the sha256 of what each parameter names, for those that name something."""
    known = {name: digest(path) for name, path in found.items()}
    for name, value in values.items():
        packaged = _packaged(value) if isinstance(value, str) and name not in known else ""
        if packaged:
            known[name] = packaged
    return known


def digest(path: Path) -> str:
    """Return the sha256 of a file's bytes, or of the names and bytes of all files in a folder."""
    if path.is_file():
        with path.open("rb") as stream:
            return file_digest(stream, "sha256").hexdigest()
    files = sorted(file for file in path.rglob("*") if file.is_file())
    return joined(f"{file.relative_to(path).as_posix()}\0{digest(file)}" for file in files)


def joined(texts: Iterable[str]) -> str:
    """Return the sha256 of texts in their order."""
    total = sha256()
    for text in texts:
        total.update(text.encode() + b"\n")
    return total.hexdigest()


def _place(value: str, beside: Path) -> Path | None:
    given = Path(value).expanduser()
    return next((path.resolve() for path in (given, beside / given) if path.exists()), None)


def _packaged(name: str) -> str:
    from cjlab.datasets import catalogue

    sources = next((entry.sources for entry in catalogue().entries if entry.name == name), ())
    return joined(source.sha256 for source in sources) if sources else ""
