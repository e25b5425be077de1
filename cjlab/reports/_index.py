"""The index: one page that lists all records with what they decided."""

from __future__ import annotations

import datetime as dt
import fcntl
import os
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cjlab._display import LANGUAGES, Numbers, Wording
from cjlab.reports._page import environment, own, policy
from cjlab.reports._record import FOLDER, Record, told

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_TONES = {"good": "good", "wait": "warn", "stop": "bad"}


@dataclass(frozen=True, slots=True)
class Line:
    """A record as the index lists it."""

    address: str
    question: str
    asked: str
    language: str
    decision: str
    tone: str
    data_until: str
    made: str
    analyst: bool


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

    Examples
    --------
    >>> import tempfile
    >>> import cjlab as cj
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     cj.reports.rebuild(folder).name
    'index.html'
    """
    place = Path(reports if reports is not None else FOLDER).absolute()
    place.mkdir(parents=True, exist_ok=True)
    with _alone(place):
        draft = place / ".index.html"
        draft.write_text(_page(place), encoding="utf-8")
        draft.replace(place / "index.html")
    return place / "index.html"


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
    lines = [_line(record, manifest, place, say=say) for record, manifest in found]
    return (
        environment()
        .get_template("index.html.j2")
        .render(
            say=say,
            style=own("page.css"),
            policy=policy([]),
            deciders=[line for line in lines if not line.analyst],
            analysts=[line for line in lines if line.analyst],
        )
    )


def _line(record: Record, manifest: Mapping[str, Any], place: Path, *, say: Wording) -> Line:
    decision = manifest.get("decision") or say("index_none")
    return Line(
        address=quote(Path(os.path.relpath(record.html, place)).as_posix()),
        question=manifest.get("question") or manifest["title"],
        asked=_asked(manifest),
        language=manifest.get("language") or say.language,
        decision=decision if record.complete else say("incomplete_index"),
        tone=_TONES.get(str(manifest.get("tone")), "") if record.complete else "bad",
        data_until=_date(manifest.get("data_until"), say),
        made=_date(manifest["made"], say),
        analyst=manifest.get("reader") == "analyst",
    )


def _asked(manifest: Mapping[str, Any]) -> str:
    """Tell records of one notebook apart: its name and the values that were given."""
    given = {name: value for name, value in manifest["parameters"].items() if name not in manifest["defaults"]}
    return " · ".join([manifest["name"], *(f"{name} = {value}" for name, value in given.items())])


def _date(value: str | None, say: Wording) -> str:
    return Numbers(say.language).date(dt.datetime.fromisoformat(value).date()) if value else ""
