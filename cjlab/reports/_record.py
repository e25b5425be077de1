"""A record: a folder that holds a page, the notebook that made it, its numbers and where they came from."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from markupsafe import escape

from cjlab.errors import ReportError
from cjlab.reports import _storage

if TYPE_CHECKING:
    from collections.abc import Iterator

PUBLISHED = re.compile(r"\d{4}-\d\d-\d\d-(?P<key>[0-9a-f]{8})(-(?P<again>\d+))?")
UNREADABLE = "unreadable"  # the status of a record whose manifest was changed or taken away
INCOMPLETE = re.compile(r"\d{4}-\d\d-\d\d-(?P<key>[0-9a-f]{8})-incomplete")


@dataclass(frozen=True, slots=True)
class Record:
    """A published report, or what is left of one that failed.

    Parameters
    ----------
    folder : Path
        Where ``report.html``, ``report.ipynb``, ``result.json`` and ``manifest.json`` lie.

    Examples
    --------
    >>> from pathlib import Path
    >>> record = Record(Path("reports/experiment/2026-11-22-0123abcd"))
    >>> record.complete, record.html.name
    (True, 'report.html')
    """

    folder: Path

    @property
    def html(self) -> Path:
        """Path of the page.

        Returns
        -------
        Path
            One file that needs nothing else.

        Examples
        --------
        >>> from pathlib import Path
        >>> Record(Path("reports/experiment/2026-11-22-0123abcd")).html.name
        'report.html'
        """
        return self.folder / "report.html"

    @property
    def notebook(self) -> Path:
        """Path of the executed notebook.

        Returns
        -------
        Path
            A notebook that JupyterLab opens, with what its cells put out.

        Examples
        --------
        >>> from pathlib import Path
        >>> Record(Path("reports/experiment/2026-11-22-0123abcd")).notebook.name
        'report.ipynb'
        """
        return self.folder / "report.ipynb"

    @property
    def complete(self) -> bool:
        """Whether it was published whole.

        Returns
        -------
        bool
            False for what a failed run left.

        Examples
        --------
        >>> from pathlib import Path
        >>> Record(Path("reports/experiment/2026-11-22-0123abcd-incomplete")).complete
        False
        """
        return PUBLISHED.fullmatch(self.folder.name) is not None

    def result(self) -> dict[str, Any]:
        """Read every number of the report in full precision, as ``result.json`` holds them.

        Returns
        -------
        dict
            ``entries``, one dictionary a number (metric, arm, estimate, low, high, p, n, …), and ``decision``,
            ``title``, ``question``, ``language`` where the notebook gave them.

        Raises
        ------
        ReportError
            When the file is gone, or was changed since into something that cannot be read.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     written = Path(folder, "result.json").write_text('{"entries": [{"estimate": 0.0765896}]}')
        ...     Record(Path(folder)).result()
        {'entries': [{'estimate': 0.0765896}]}
        """
        return self._read("result.json")

    def manifest(self) -> dict[str, Any]:
        """Read where the report came from: versions, parameters, times, digests, warnings.

        Returns
        -------
        dict
            What ``manifest.json`` holds; times are ISO 8601, digests are sha256.

        Raises
        ------
        ReportError
            When the file is gone, or was changed since into something that cannot be read.

        Examples
        --------
        >>> import tempfile
        >>> from pathlib import Path
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     written = Path(folder, "manifest.json").write_text('{"status": "complete"}')
        ...     Record(Path(folder)).manifest()
        {'status': 'complete'}
        """
        return self._read("manifest.json")

    def _read(self, name: str) -> dict[str, Any]:
        try:
            found = json.loads((self.folder / name).read_text(encoding="utf-8"))
        except (OSError, ValueError) as wrong:
            raise ReportError(_unread(self.folder / name, wrong)) from None
        if not isinstance(found, dict):
            raise ReportError(_unread(self.folder / name, f"it holds a {type(found).__name__} instead of named values"))
        return found

    def _repr_html_(self) -> str:
        manifest = self.manifest()
        address = quote(Path(os.path.relpath(self.html)).as_posix())
        decision = manifest.get("decision") or ("" if self.complete else "incomplete")
        words = f": {escape(decision)}" if decision else ""
        return f'<a href="{address}" target="_blank">{escape(manifest["title"])}</a>{words}'


def records(reports: Path | str | None = None) -> tuple[Record, ...]:
    """Return all records in a folder of reports, the latest first, incomplete ones among them.

    Parameters
    ----------
    reports : Path or str, optional
        Folder of the records; ``./reports`` when not given.

    Returns
    -------
    tuple of Record
        None where the folder does not exist.

    Examples
    --------
    >>> import cjlab as cj
    >>> cj.reports.records("no/such/folder")
    ()
    """
    return tuple(record for record, _ in told(_storage.folder(reports)))


def told(place: Path) -> list[tuple[Record, dict[str, Any]]]:
    """Read the manifests of all records, the latest first; one that goes away meanwhile is left out.

    A record whose manifest cannot be read has the status ``unreadable``, and what its folder's name tells.
    """
    found = [(record, _manifest(record)) for record in _found(place)]
    there = [(record, manifest) for record, manifest in found if record.folder.is_dir()]
    return sorted(there, key=lambda pair: (str(pair[1]["made"]), pair[0].folder.name), reverse=True)


def _manifest(record: Record) -> dict[str, Any]:
    """Read a manifest, in which at least the name, the title and the time of the record stand."""
    name = record.folder.parent.name
    unread = {"name": name, "title": name, "made": record.folder.name[:10], "status": UNREADABLE}
    try:
        found = record.manifest()
        dt.datetime.fromisoformat(found["made"])
    except (ReportError, LookupError, TypeError, ValueError):
        return unread
    return found if all(isinstance(found.get(key), str) for key in ("name", "title")) else unread


def _unread(path: Path, wrong: object) -> str:
    return f"{path} cannot be read: {wrong}; take the folder {path.parent} away and run the report again"


def _found(place: Path) -> Iterator[Record]:
    for folder in (folder for shelf in _folders(place) if not shelf.name.startswith(".") for folder in _folders(shelf)):
        if PUBLISHED.fullmatch(folder.name) or INCOMPLETE.fullmatch(folder.name):
            yield Record(folder)


def _folders(place: Path) -> list[Path]:
    try:
        return [path for path in place.iterdir() if path.is_dir()]
    except (FileNotFoundError, NotADirectoryError):
        return []
