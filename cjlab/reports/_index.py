"""The index: one page that lists all records with what they decided."""

from __future__ import annotations

import fcntl
from contextlib import contextmanager
from typing import TYPE_CHECKING

from cjlab._display import LANGUAGES, Wording
from cjlab.reports import _storage
from cjlab.reports._lines import gathered, line
from cjlab.reports._page import environment, own, policy
from cjlab.reports._record import told

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def rebuild(reports: Path | str | None = None) -> Path:
    """Write ``index.html`` anew over all records in a folder of reports, and return its path.

    It is replaced in one move; of two runs side by side each lists what both have published.

    Parameters
    ----------
    reports : Path or str, optional
        Folder of the records; ``./reports`` when not given.

    Returns
    -------
    Path
        The index.

    Raises
    ------
    ReportError
        When the folder cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> import cjlab as cj
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cj.reports.rebuild(folder).name
    'index.html'
    """
    place = _storage.folder(reports)
    with _storage.writing(place):
        place.mkdir(parents=True, exist_ok=True)
        _replace(place)
    return place / "index.html"


def _replace(place: Path) -> None:
    with _alone(place):
        draft = place / ".index.html"
        draft.write_text(_page(place), encoding="utf-8")
        draft.replace(place / "index.html")


@contextmanager
def _alone(place: Path) -> Iterator[None]:
    """Keep others from listing while we do: the last to write has then seen all."""
    with (place / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _page(place: Path) -> str:
    found = told(place)
    language = next((manifest.get("language") for _, manifest in found), None)
    say = Wording.of("cjlab.reports", language if language in LANGUAGES else LANGUAGES[0])
    lines = gathered(line(record, manifest, place, say=say) for record, manifest in found)
    return (
        environment()
        .get_template("index.html.j2")
        .render(
            say=say,
            style=own("page.css"),
            policy=policy([]),
            deciders=[one for one in lines if not one.analyst],
            analysts=[one for one in lines if one.analyst],
        )
    )
