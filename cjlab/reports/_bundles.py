"""What a notebook hands over under cjlab's and plotly's names, checked where it comes in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cjlab.errors import ReportError
from cjlab.reports._mime import PART, PLOTLY, RESULT

if TYPE_CHECKING:
    from collections.abc import Callable

_WORDS = ("title", "question", "decision", "tone", "language", "reader", "test", "subject", "state", "effect")


def checked(data: Mapping[str, Any]) -> None:
    """Check what an output hands over under the names that a page reads.

    Raises
    ------
    ReportError
        When a part, a result or a figure is not of the form that a page is made from.
    """
    for mime, check in _CHECKS.items():
        if mime in data:
            check(data[mime])


def _result(value: object) -> None:
    found = _named(value, "the result")
    entries = _listed(found.get("entries", []), "the result: entries")
    for number, entry in enumerate(entries):
        _named(entry, f"the result: entry {number}")
    _texts(found, _WORDS, "the result")
    until = found.get("data_until")
    try:
        if until is not None:
            dt.datetime.fromisoformat(until)
    except (TypeError, ValueError):
        raise ReportError(f"the result: data_until is {until!r}; give a date such as '2026-01-31'") from None


def _part(value: object) -> None:
    _texts(_named(value, "the part"), ("kind", "title", "html"), "the part")


def _figure(value: object) -> None:
    found = _named(value, "the figure")
    for number, trace in enumerate(_listed(found.get("data", []), "the figure: data")):
        _trace(_named(trace, f"the figure: trace {number}"), f"the figure: trace {number}")
    layout = _named(found.get("layout", {}), "the figure: layout")
    height = layout.get("height")
    if isinstance(height, bool) or not isinstance(height, int | float | None):
        raise ReportError(f"the figure: layout.height is {height!r}; give a number of pixels")
    meta = layout.get("meta")
    if isinstance(meta, Mapping) and "cjlab" in meta:
        _told(_named(meta["cjlab"], "the figure: layout.meta.cjlab"))


def _trace(trace: Mapping[str, Any], name: str) -> None:
    _texts(trace, ("type",), name)
    for part in ("marker", "line"):
        _named(trace.get(part) or {}, f"{name}: {part}")
    for array, value in trace.items():
        if isinstance(value, Mapping) and "bdata" in value:
            _decoded(value, f"{name}: {array}")


def _decoded(value: Mapping[str, Any], name: str) -> None:
    from cjlab.reports._figures import values

    try:
        values(value)
    except (KeyError, TypeError, ValueError) as wrong:
        raise ReportError(f"{name} is no typed array of plotly’s: {wrong}") from None


def _told(told: Mapping[str, Any]) -> None:
    name = "the figure: layout.meta.cjlab"
    _texts(told, ("title", "finding"), name)
    _named(told.get("narrow") or {}, f"{name}.narrow")
    table = _named(told.get("table") or {}, f"{name}.table")
    if not table:
        return
    columns = _listed(table.get("columns"), f"{name}.table.columns")
    for number, row in enumerate(_listed(table.get("rows"), f"{name}.table.rows")):
        if len(_listed(row, f"{name}.table: row {number}")) != len(columns):
            raise ReportError(f"{name}.table: row {number} has {len(row)} cells for {len(columns)} columns")


def _named(value: Any, name: str) -> Mapping[str, Any]:  # noqa: ANN401 - what a notebook handed over
    if not isinstance(value, Mapping):
        raise ReportError(f"{name} is a {type(value).__name__}; give a dictionary")
    return value


def _listed(value: Any, name: str) -> list[Any] | tuple[Any, ...]:  # noqa: ANN401 - what a notebook handed over
    if not isinstance(value, list | tuple):
        raise ReportError(f"{name} is a {type(value).__name__}; give a list")
    return value


def _texts(found: Mapping[str, Any], names: tuple[str, ...], where: str) -> None:
    wrong = next((name for name in names if not isinstance(found.get(name), str | None)), None)
    if wrong is not None:
        raise ReportError(f"{where}: {wrong} is {found[wrong]!r}; give a text")


_CHECKS: dict[str, Callable[[object], None]] = {RESULT: _result, PART: _part, PLOTLY: _figure}
