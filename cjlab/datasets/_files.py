"""Files of public data: looked for, checked, and downloaded where the source allows it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from cjlab.datasets._digest import checked
from cjlab.datasets._download import download
from cjlab.datasets._entries import entry
from cjlab.datasets._source import GITHUB
from cjlab.errors import DatasetError

if TYPE_CHECKING:
    from cjlab.datasets._source import Source

EXTERNAL = Path("data/external")


def at_hand(name: str) -> Path | None:
    """Return the folder in which a data set's files lie, without a download.

    Looked for in the folder that the environment variable ``CJLAB_DATA`` names, then in ``data/external`` under the
    working directory. The files are found, not read: their digests are checked when the data set is opened.

    Parameters
    ----------
    name : str
        Name of a data set in :func:`catalogue`.

    Returns
    -------
    Path or None
        The folder, or None when a file is absent, or when the package itself makes the data set.

    Raises
    ------
    DatasetError
        When no data set has this name, or when ``CJLAB_DATA`` is no folder.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.datasets.at_hand("promotion_test") is None
    True
    """
    files = [_found(source) for source in entry(name).sources]
    present = [file for file in files if file is not None]
    return present[0].parent if present and len(present) == len(files) else None


def opened(name: str, file: str = "", *, base: str = GITHUB) -> Path:
    """Return the path of a data set's only file, or of the one named ``file``, its digest checked."""
    known = entry(name)
    source = known.source(file) if file else known.sources[0]
    found = _found(source)
    if found is not None:
        return checked(found, source.sha256)
    if source.packed == "made":
        raise DatasetError(_how_to_make(source))
    return download(source, into=EXTERNAL, base=base)


def _found(source: Source) -> Path | None:
    return next((folder / source.file for folder in _folders() if (folder / source.file).is_file()), None)


def _folders() -> tuple[Path, ...]:
    named = os.environ.get("CJLAB_DATA")
    if not named:
        return (EXTERNAL,)
    if not Path(named).is_dir():
        raise DatasetError(f"CJLAB_DATA is {named!r}, which is no folder; name the folder of the data, or unset it")
    return (Path(named), EXTERNAL)


def _how_to_make(source: Source) -> str:
    places = " or ".join(str(folder / source.file) for folder in _folders())
    return (
        f"{source.file} is not at hand and cannot be downloaded as it is; from {source.repository} at commit "
        f"{source.commit}, {source.path}: {source.recipe} (data/README.md of the project holds the lines to run), "
        f"and put it at {places}; its sha256 must be {source.sha256}"
    )
