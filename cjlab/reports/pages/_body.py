"""What stands in a section: sentences, points, steps, a table, and a table that is folded away."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cjlab.reports.pages._part import Part, laid_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markupsafe import Markup


class Grid(NamedTuple):
    """A table: the first column names the rows; columns in ``right`` hold numbers."""

    columns: Sequence[str]
    rows: Sequence[Sequence[str | Markup]]
    right: frozenset[int] = frozenset()


class Fold(NamedTuple):
    """A table behind a title that is clicked."""

    title: str
    grid: Grid
    note: str = ""


class Body(NamedTuple):
    """The content of a section, in this order."""

    lead: Sequence[str] = ()
    paragraphs: Sequence[str] = ()
    points: Sequence[str] = ()
    steps: Sequence[str] = ()
    grid: Grid | None = None
    folded: Fold | None = None


def section(title: str, body: Body) -> Part:
    """Lay out a section under its title."""
    return laid_out("section", title, "section", **body._asdict())


def method(title: str, body: Body) -> Part:
    """Lay out how it was computed."""
    return laid_out("method", title, "section", **body._asdict())


def text(title: str, body: Body) -> Part:
    """Lay out a body that continues the section it stands in."""
    return laid_out("text", title, "section", **body._asdict())
