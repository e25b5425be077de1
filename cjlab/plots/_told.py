"""What a figure says of itself in words and numbers, for a caption, a screen reader, and a page without scripts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Told:
    """The finding of a figure, and its numbers as a table.

    Parameters
    ----------
    finding
        What the figure shows, in a sentence that its numbers bear out.
    columns, rows
        Its numbers; the first column names the rows.
    summary
        What is clicked to see the table.
    title
        The heading of the section that the figure opens; empty where it continues one.
    """

    finding: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    summary: str
    title: str = ""

    def meta(self, narrow: dict[str, Any]) -> dict[str, Any]:
        """Return what a figure carries in ``layout.meta``, with its layout for a narrow screen."""
        table = {"columns": list(self.columns), "rows": [list(row) for row in self.rows], "summary": self.summary}
        return {"cjlab": {"title": self.title, "finding": self.finding, "table": table, "narrow": narrow}}
