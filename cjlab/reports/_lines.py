"""What the index says of each record, with the earlier readings of a test beneath its latest."""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass, replace
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cjlab._display import LANGUAGES, Numbers
from cjlab.reports._record import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cjlab._display import Wording
    from cjlab.reports._record import Record

_TONES = {"good": "good", "wait": "warn", "stop": "bad"}
_STATES = ("final", "early", "plan")
_PLAN = "plan"


@dataclass(frozen=True, slots=True)
class Line:
    """A record as the index lists it; no address means that there is no page to open."""

    address: str
    question: str
    about: str
    language: str
    decision: str
    tone: str
    state: str
    effect: str
    data_until: str
    made: str
    analyst: bool
    plan: bool = False
    until: str = ""
    test: tuple[str, ...] = ()
    earlier: tuple[Line, ...] = ()


def gathered(lines: Iterable[Line]) -> list[Line]:
    """Put the earlier readings of a test, in one language, beneath the latest: the one with the most recent data.

    The groups stay in the order of their pages, the one made last first.
    """
    groups: dict[object, list[Line]] = {}
    for number, line in enumerate(lines):
        groups.setdefault(line.test or number, []).append(line)
    ordered = (sorted(group, key=attrgetter("until"), reverse=True) for group in groups.values())
    return [replace(latest, earlier=tuple(earlier)) for latest, *earlier in ordered]


def line(record: Record, manifest: Mapping[str, Any], place: Path, *, say: Wording) -> Line:
    """Say of a record what it asks, decided and found; of one that is not whole, that it is not."""
    whole = record.complete and manifest.get("status") != UNREADABLE
    language = manifest.get("language")
    state = manifest.get("state") if whole else ""
    return Line(
        address=_address(record, place) if record.html.is_file() or whole else "",
        question=str(manifest.get("question") or manifest["title"]),
        about=_about(manifest, say=say),
        language=language if language in LANGUAGES else say.language,
        decision=_decision(record, manifest, say=say),
        tone=_tone(manifest) if whole else "bad",
        state=say(f"index_state_{state}") if state in _STATES else "",
        effect=_effect(manifest, say=say) if whole else "",
        data_until=_date(manifest.get("data_until"), say),
        made=_date(manifest["made"], say),
        analyst=manifest.get("reader") == "analyst",
        plan=state == _PLAN,
        until=str(manifest.get("data_until") or ""),
        test=_test(manifest) if whole else (),
    )


def _address(record: Record, place: Path) -> str:
    return quote(Path(os.path.relpath(record.html, place)).as_posix())


def _about(manifest: Mapping[str, Any], *, say: Wording) -> str:
    """Name the test and the language; where no test is named, the notebook and the values it was given."""
    language = manifest.get("language")
    named = [str(manifest["subject"])] if manifest.get("subject") else _asked(manifest)
    spoken = [say(f"index_language_{language}")] if language in LANGUAGES else []
    return " · ".join([*named, *spoken])


def _asked(manifest: Mapping[str, Any]) -> list[str]:
    """Tell records of one notebook apart: its name and the values that were given."""
    given, defaults = manifest.get("parameters") or {}, manifest.get("defaults") or ()
    hidden = {*defaults, "language"}
    return [manifest["name"], *(f"{name} = {value}" for name, value in given.items() if name not in hidden)]


def _decision(record: Record, manifest: Mapping[str, Any], *, say: Wording) -> str:
    if manifest.get("status") == UNREADABLE:
        return say("index_unreadable")
    if not record.complete:
        return say("incomplete_index")
    return str(manifest.get("decision") or say("index_none"))


def _tone(manifest: Mapping[str, Any]) -> str:
    """Colour a decision; a plan is none, and is never as green as a finding."""
    return "" if manifest.get("state") == _PLAN else _TONES.get(str(manifest.get("tone")), "")


def _effect(manifest: Mapping[str, Any], *, say: Wording) -> str:
    return say("index_not_measured") if manifest.get("state") == _PLAN else str(manifest.get("effect") or "")


def _test(manifest: Mapping[str, Any]) -> tuple[str, ...]:
    named = manifest.get("test")
    return (manifest["name"], str(named), str(manifest.get("language"))) if named else ()


def _date(value: object, say: Wording) -> str:
    try:
        return Numbers(say.language).date(dt.datetime.fromisoformat(str(value)).date()) if value else ""
    except ValueError:  # the name of a folder that holds no date
        return str(value)
