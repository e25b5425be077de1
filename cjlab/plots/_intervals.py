"""The one chart that most results need: an estimate and its interval a row, against zero, the numbers beside."""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass
from html import unescape
from typing import TYPE_CHECKING, Any, NamedTuple

import plotly.graph_objects as go

from cjlab.plots._text import broken, plain
from cjlab.plots._theme import AXIS, INKS, LABEL, TEXT, TICK, WIDTH, template
from cjlab.plots._ticks import Span, Ticks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cjlab.plots._told import Told

_ROW, _LINE, _FOOT = 34, 18, 54  # pixels: a row, a further line in it, the axis below
_NARROW_ROW, _TOP, _SIDE = 54, 6, 16
_NARROWEST, _PHONE = 600, 280  # pixels: about the least width of a chart for the wide layout, and for the narrow one
_SIGN, _SMALL, _GAP = 8.0, 7.3, 10  # pixels: a sign of a label, of a tick; between ticks
_TICKS, _FEWEST, _SHORTEST = 7, 3, 30  # ticks at most, and on a wide screen at least; signs of a line of the title
_FITS = 34  # signs of label and number that stand side by side on a telephone


class Row(NamedTuple):
    """One interval: its label, its ends as drawn (None where not known), its numbers in words, its ink.

    ``other`` is what the estimate is compared with, drawn as a muted stroke across.
    """

    label: str
    estimate: float | None
    low: float | None
    high: float | None
    text: str
    ink: str = "accent"
    other: float | None = None


@dataclass(frozen=True, slots=True)
class Intervals:
    """A chart of intervals against zero.

    Parameters
    ----------
    rows
        From top to bottom.
    title
        What the axis measures: unit and comparison.
    tick
        Writes a tick's value with a number of decimals.
    limits
        Values besides zero that are marked by a dotted line.
    """

    rows: Sequence[Row]
    title: str
    tick: Callable[[float, int], str]
    limits: tuple[float, ...] = ()

    def figure(self, told: Told) -> go.Figure:
        """Draw it, with the layout for a narrow screen beside the wide one."""
        layout = self._wide() | {"meta": told.meta(self._narrow())}
        return go.Figure(
            data=[*self._strokes(), *self._bars(), _beside()], layout=go.Layout(template=template(), **layout)
        )

    @property
    def span(self) -> Span:
        """The ends of the axis: every interval whole, zero, and the limits."""
        ends = [end for row in self.rows for end in (row.low, row.estimate, row.high, row.other)]
        return Span.of([*ends, *self.limits])

    def _bars(self) -> list[go.Scatter]:
        """Draw one trace an ink, so that a page can colour it."""
        inks = dict.fromkeys(row.ink for row in self.rows)
        return [_bar(ink, [(y, row) for y, row in enumerate(self.rows) if row.ink == ink]) for ink in inks]

    def _strokes(self) -> list[go.Scatter]:
        """Draw what estimates are compared with, where there is such."""
        compared = [(y, row) for y, row in enumerate(self.rows) if row.other is not None]
        return [_stroke(compared)] if compared else []

    def _wide(self) -> dict[str, Any]:
        labels = [broken(row.label, width=28, lines=2) for row in self.rows]
        height = sum(_ROW + _LINE * label.count("<br>") for label in labels)
        left = 20 + _SIGN * max(len(line) for label in labels for line in unescape(label).split("<br>"))
        right = 16 + _SIGN * max(len(row.text) for row in self.rows)
        plot = max(_NARROWEST - left - right, _GAP)
        axis = self._axis(plot, title=2 * min(left, right) + plot, least=_FEWEST)
        foot = _FOOT + _LINE * axis["title"]["text"].count("<br>")
        sides = {"tickvals": list(range(len(self.rows))), "tickfont": {"size": LABEL, "color": TEXT}, "showgrid": False}
        sides |= {"range": [len(self.rows) - 0.5, -0.5]}
        return {
            "width": WIDTH,
            "height": height + _TOP + foot,
            "margin": {"l": 8, "r": 8, "t": _TOP, "b": foot},
            "xaxis": axis | {"zeroline": True},
            "yaxis": {"ticktext": labels, "ticklabelstandoff": 12, **sides},
            "yaxis2": {
                "ticktext": [plain(row.text) for row in self.rows],
                "overlaying": "y",
                "side": "right",
                "ticklabelstandoff": 8,
                "automargin": True,
                "fixedrange": True,
                "zeroline": False,
                "ticks": "",
                **sides,
            },
            "shapes": self._marks(self.limits, (-0.5, len(self.rows) - 0.5)),
        }

    def _narrow(self) -> dict[str, Any]:
        """Put each label above its interval; the lines stop short of the words."""
        axis = self._axis(_PHONE - 2 * _SIDE, title=_PHONE)
        lines = axis["title"]["text"].count("<br>")
        hidden = {"showticklabels": False, "automargin": False}
        aside = all(len(row.label) + len(row.text) <= _FITS for row in self.rows)
        notes = [note for y, row in enumerate(self.rows) for note in _notes(y, row, aside=aside)]
        longest = max(note["text"].count("<br>") for note in notes)
        height = len(self.rows) * (_NARROW_ROW + _LINE * longest)
        foot = _FOOT + _LINE * lines
        return {
            "height": height + _TOP + foot,
            "margin": {"l": _SIDE, "r": _SIDE, "t": _TOP, "b": foot},
            "xaxis": axis | {"showgrid": False, "zeroline": False},
            "yaxis": hidden | {"range": [len(self.rows) - 0.5, -0.8]},
            "yaxis2": hidden | {"range": [len(self.rows) - 0.5, -0.8]},
            "annotations": notes,
            "shapes": self._marks((0.0, *self.limits), *((y - 0.13, y + 0.2) for y in range(len(self.rows)))),
        }

    def _axis(self, plot: float, *, title: float, least: int = 1) -> dict[str, Any]:
        """Give the axis as many ticks as fit side by side on ``plot`` pixels, and a title within ``title`` pixels.

        Where fewer than ``least`` fit it gets that many all the same: most screens have more room than the narrowest.
        """
        tries = [Ticks.of(self.span, most=most) for most in range(_TICKS, 1, -1)]
        enough = [one for one in tries if len(one.values) >= least] or tries
        ticks = next((one for one in enough if self._fit(one, plot)), enough[-1])
        return {
            "range": list(self.span),
            "tickvals": list(ticks.values),
            "ticktext": [plain(self.tick(value, ticks.digits)) for value in ticks.values],
            "title": {"text": broken(self.title, width=max(_SHORTEST, int(title / _SMALL)))},
        }

    def _fit(self, ticks: Ticks, plot: float) -> bool:
        widest = max(len(self.tick(value, ticks.digits)) for value in ticks.values)
        apart = min((high - low for low, high in itertools.pairwise(ticks.values)), default=math.inf)
        return plot * apart / (self.span.high - self.span.low) >= _SMALL * widest + _GAP

    @staticmethod
    def _marks(values: Sequence[float], *pieces: tuple[float, float]) -> list[dict[str, Any]]:
        """Draw lines at some values, each in pieces from top to bottom."""
        return [
            {
                "type": "line",
                "x0": value,
                "x1": value,
                "y0": top,
                "y1": bottom,
                "layer": "below",
                "line": {"color": AXIS, "width": 1.5, "dash": "dot" if value else "solid"},
            }
            for value in values
            for top, bottom in pieces
        ]


def _bar(ink: str, rows: Sequence[tuple[int, Row]]) -> go.Scatter:
    known = [(y, row) for y, row in rows if row.estimate is not None]
    colour = INKS[ink]
    return go.Scatter(
        uid=f"{ink}-intervals",
        mode="markers",
        x=[row.estimate for _, row in known],
        y=[y for y, _ in known],
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [_reach(row.estimate, row.high) for _, row in known],
            "arrayminus": [_reach(row.low, row.estimate) for _, row in known],
            "thickness": 2.5,
            "width": 5,
            "color": colour,
        },
        marker={"size": 10, "color": colour},
        cliponaxis=False,
        customdata=[[plain(row.label), plain(row.text)] for _, row in known],
        hovertemplate="%{customdata[0]}: %{customdata[1]}<extra></extra>",
    )


def _stroke(rows: Sequence[tuple[int, Row]]) -> go.Scatter:
    return go.Scatter(
        uid="muted-others",
        mode="markers",
        x=[row.other for _, row in rows],
        y=[y for y, _ in rows],
        marker={"size": 10, "symbol": "line-ns", "line": {"width": 3, "color": INKS["muted"]}},
        cliponaxis=False,
        hoverinfo="skip",
    )


def _reach(start: float | None, end: float | None) -> float:
    return 0.0 if start is None or end is None else max(0.0, end - start)


def _beside() -> go.Scatter:
    """Hold the axis on the right, which shows the numbers; it has no point."""
    return go.Scatter(x=[None], y=[None], yaxis="y2", hoverinfo="skip", mode="markers")


def _notes(y: int, row: Row, *, aside: bool) -> list[dict[str, Any]]:
    """Write label and numbers above an interval, side by side where both fit."""
    place = {"xref": "paper", "yref": "y", "y": y, "yanchor": "bottom", "yshift": 10, "showarrow": False}
    label, text = broken(row.label, width=_FITS, lines=2), plain(row.text)
    left = {**place, "x": 0, "xanchor": "left", "align": "left", "font": {"size": LABEL}}
    if not aside:
        return [{**left, "text": f"{label}<br>{text}"}]
    right = {**place, "x": 1, "xanchor": "right", "font": {"size": TICK + 0.5}}
    return [{**left, "text": label}, {**right, "text": text}]
