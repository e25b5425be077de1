"""A grid of counts as discs: weekday by hour, score by score."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import plotly.graph_objects as go

from cjlab._checks import shown
from cjlab._display import Wording
from cjlab.errors import SpecError
from cjlab.plots._text import broken, plain
from cjlab.plots._theme import INKS, LABEL, TEXT, TICK, WIDTH, template
from cjlab.plots._told import Told

if TYPE_CHECKING:
    from collections.abc import Sequence

_ACROSS: Final = 300  # pixels of all columns on a telephone
_LARGEST, _LEAST, _AIR, _LINE, _FOOT, _TOP = 30, 22, 10, 17, 62, 34  # pixels: disc, row, between rows, line, axis, head
_SIDE: Final = 0.6  # how much of its place a disc fills where a label stands below it


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of values that are drawn.

    Parameters
    ----------
    values : sequence of sequences of float
        A value for each row and column, 0 or more.
    rows, columns : sequence of str
        Their names, from top to bottom and from left to right.
    down, across : str
        What rows and columns are.
    labels : sequence of sequences of str
        What is written beside each disc; nothing unless given.
    cells : sequence of sequences of str
        What the table says of each.

    Examples
    --------
    >>> Grid([[1.0, 4.0]], ["Monday"], ["10", "11"], "day", "hour", cells=[["1", "4"]]).columns
    ['10', '11']
    """

    values: Sequence[Sequence[float]]
    rows: Sequence[str]
    columns: Sequence[str]
    down: str
    across: str
    labels: Sequence[Sequence[str]] = ()
    cells: Sequence[Sequence[str]] = ()


def punched(grid: Grid, *, finding: str, title: str = "", language: str = "en") -> go.Figure:
    """Draw a disc for each row and column, its area as large as the value.

    Parameters
    ----------
    grid : Grid
        The values.
    finding : str
        What the chart shows, in a sentence that its numbers bear out.
    title : str, default: ""
        The heading of the section that the chart opens.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        The chart.

    Raises
    ------
    SpecError
        When values are not as many as rows and columns, or the language is not known.

    Examples
    --------
    >>> import cjlab as cj
    >>> grid = cj.plots.Grid([[1.0, 4.0]], ["Monday"], ["10", "11"], "day", "hour", cells=[["1", "4"]])
    >>> figure = cj.plots.punched(grid, finding="Most orders come at 11.")
    >>> [round(size) for size in figure.data[0].marker.size]
    [15, 30]
    """
    say = Wording.of("cjlab.plots", language)
    if len(grid.values) != len(grid.rows) or any(len(row) != len(grid.columns) for row in grid.values):
        sizes = [len(row) for row in grid.values]
        raise SpecError(
            f"values: rows of {shown(sizes)} for {len(grid.rows)} rows and {len(grid.columns)} columns; give one each"
        )
    table = [[name, *cells] for name, cells in zip(grid.rows, grid.cells, strict=True)]
    told = Told(finding=finding, columns=[grid.down, *grid.columns], rows=table, summary=say("numbers"), title=title)
    narrow = _layout(grid, width=40, ticks=4 if len(grid.columns) > 12 else 1)  # noqa: PLR2004 - names of more would touch
    wide = _layout(grid, width=90, ticks=2 if len(grid.columns) > 12 else 1) | {"width": WIDTH}  # noqa: PLR2004
    return go.Figure(data=[_discs(grid)], layout=go.Layout(template=template(), meta=told.meta(narrow), **wide))


def _largest(grid: Grid) -> float:
    place = _ACROSS / len(grid.columns)
    return min(_LARGEST, place * (_SIDE if grid.labels else 1.0))


def _discs(grid: Grid) -> go.Scatter:
    most = max((value for row in grid.values for value in row), default=0.0) or 1.0
    places = [(x, y) for y, row in enumerate(grid.values) for x, value in enumerate(row) if value > 0]
    look: dict[str, Any] = {"mode": "markers"}
    if grid.labels:
        look = {"mode": "markers+text", "textposition": "bottom center", "textfont": {"size": TICK, "color": TEXT}}
        look["text"] = [plain(grid.labels[y][x]) for x, y in places]
    return go.Scatter(
        uid="accent-discs",
        x=[x for x, _ in places],
        y=[y for _, y in places],
        marker={
            "color": INKS["accent"],
            "size": [_largest(grid) * (grid.values[y][x] / most) ** 0.5 for x, y in places],
            "line": {"width": 0},
        },
        cliponaxis=False,
        hoverinfo="skip",
        **look,
    )


def _layout(grid: Grid, *, width: int, ticks: int) -> dict[str, Any]:
    row = max(_LEAST, _largest(grid) + _AIR) + (_LINE if grid.labels else 0)
    across = broken(grid.across, width=width)
    shown_at = list(range(0, len(grid.columns), ticks))
    return {
        "height": row * len(grid.rows) + _TOP + _FOOT + _LINE * across.count("<br>"),
        "margin": {"l": 8, "r": 12, "t": _TOP, "b": _FOOT + _LINE * across.count("<br>")},
        "xaxis": {
            "range": [-0.6, len(grid.columns) - 0.4],
            "tickvals": shown_at,
            "ticktext": [plain(grid.columns[place]) for place in shown_at],
            "title": {"text": across},
            "showgrid": False,
        },
        "yaxis": {
            "range": [len(grid.rows) - (0.3 if grid.labels else 0.5), -0.5],
            "tickvals": list(range(len(grid.rows))),
            "ticktext": [plain(name) for name in grid.rows],
            "tickfont": {"size": LABEL, "color": TEXT},
            "ticklabelstandoff": 8,
        },
        "annotations": [_above(broken(grid.down, width=width, lines=1))],
    }


def _above(text: str) -> dict[str, Any]:
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "yshift": 6}
    return {**place, "text": text, "align": "left", "showarrow": False, "font": {"size": TICK}}
