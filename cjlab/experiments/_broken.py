"""A log whose tables are not what they declare, refused before a test reads it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab.errors import TableError
from cjlab.tables import Findings, Log

if TYPE_CHECKING:
    from collections.abc import Collection

_RULES = ("missing", "type", "time zone", "mixed zones", "null", "finite", "range", "duplicate")


def refuse_broken(log: Log, *, tables: Collection[str]) -> None:
    """Refuse a log whose columns or values are not what the tables declare, where a test reads them.

    Raises
    ------
    TableError
        When it is no log, or breaks such a rule.
    """
    if not isinstance(log, Log):
        raise TableError(f"log is a {type(log).__name__}; make one with Log.of from frames, or read_out_rows a frame")
    found = log.check()
    mine = tuple(one for one in found if one.table in tables and one.rule in _RULES)
    Findings(mine, found.unassigned).require()
