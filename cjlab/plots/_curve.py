"""A measure along an axis: lines, a band of uncertainty, and what the vertical axis means written above it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import plotly.graph_objects as go

from cjlab.plots._text import broken, plain
from cjlab.plots._theme import FAINT, INKS, LABEL, TICK, WIDTH, faded, template
from cjlab.plots._ticks import Span, Ticks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cjlab.plots._told import Told

_HEIGHT, _NARROW, _FOOT, _HEAD, _LINE = 340, 300, 58, 34, 17  # pixels
_SIDE = 24  # pixels on the right, where the last tick reaches over the axis
_LATE = 0.65  # a spot beyond this part of the axis has no room on its right
_CLOSE = 0.07  # labels whose lines end nearer than this part of the axis would touch
_SIGN = 8.5  # pixels that a sign takes at most


class Line(NamedTuple):
    """A line: its points as drawn, each in words, its band if it has one, what is written at its end, its ink.

    The label may go over several lines; a narrow screen leaves it out.
    """

    x: Sequence[float]
    y: Sequence[float]
    told: Sequence[str]
    label: str
    ink: str = "accent"
    low: Sequence[float] = ()
    high: Sequence[float] = ()


class Across(NamedTuple):
    """A horizontal axis: what it measures, its ends, its ticks and their names."""

    title: str
    ends: tuple[float, float]
    places: Sequence[float]
    names: Sequence[str]


@dataclass(frozen=True, slots=True)
class Curve:
    """A chart of lines above or around zero.

    Parameters
    ----------
    lines
        What is drawn; the first matters most.
    across
        The horizontal axis.
    upwards
        What the vertical axis measures.
    tick
        Writes a tick of the vertical axis with a number of decimals.
    spot
        One point that matters, if there is one: its place and what it is in words.
    """

    lines: Sequence[Line]
    across: Across
    upwards: str
    tick: Callable[[float, int], str]
    spot: tuple[float, float, str] | None = None

    def figure(self, told: Told) -> go.Figure:
        """Draw it, with the layout for a narrow screen beside the wide one."""
        narrow = self._layout(width=42, each=2, most=4, labels=False) | {"height": _NARROW}
        wide = self._layout(width=90, each=1, most=6, labels=True) | {"width": WIDTH, "height": _HEIGHT}
        traces = [_band(line) for line in self.lines if line.low] + [_line(line) for line in self.lines]
        traces += [] if self.spot is None else [_spot(*self.spot)]
        return go.Figure(data=traces, layout=go.Layout(template=template(), meta=told.meta(narrow), **wide))

    @property
    def span(self) -> Span:
        """The ends of the vertical axis: every line and band whole, and zero."""
        return Span.of([y for line in self.lines for y in (*line.y, *line.low, *line.high)], air=0.06)

    def _layout(self, *, width: int, each: int, most: int, labels: bool) -> dict[str, Any]:
        ticks = Ticks.of(self.span, most=most)
        upwards, across = broken(self.upwards, width=width), broken(self.across.title, width=width)
        head, foot = (_LINE * text.count("<br>") for text in (upwards, across))
        ends = [line for line in self.lines if line.label] if labels else []
        right = _SIDE + _SIGN * max((len(part) for line in ends for part in line.label.split("\n")), default=0)
        return {
            "margin": {"l": 8, "r": right, "t": _HEAD + head, "b": _FOOT + foot},
            "xaxis": {
                "range": list(self.across.ends),
                "tickvals": list(self.across.places[::each]),
                "ticktext": [plain(name) for name in self.across.names[::each]],
                "title": {"text": across},
                "showgrid": False,
            },
            "yaxis": {
                "range": list(self.span),
                "tickvals": list(ticks.values),
                "ticktext": [plain(self.tick(value, ticks.digits)) for value in ticks.values],
                "ticklabelstandoff": 6,
                "zeroline": True,
            },
            "annotations": [_above(upwards), *self._ends(ends), *self._named()],
        }

    def _ends(self, lines: Sequence[Line]) -> list[dict[str, Any]]:
        """Write each line's label at its end; labels that would touch are moved apart."""
        near = _CLOSE * (self.span.high - self.span.low)
        places = [line.y[-1] for line in lines]
        touching = any(abs(one - other) < near for one, other in itertools.pairwise(places))
        lifts = [_LINE * (0.5 - place) * touching for place in range(len(lines))]
        return [_end(line, lift=lift) for line, lift in zip(lines, lifts, strict=True)]

    def _named(self) -> list[dict[str, Any]]:
        """Write what the spot is beside it: above a falling line, below a rising one, and left near its end."""
        if self.spot is None:
            return []
        x, y, told = self.spot
        low, high = self.across.ends
        late = x - low > _LATE * (high - low)
        below = late or self.lines[0].y[-1] > y
        side = {"xanchor": "right" if late else "left", "yanchor": "top" if below else "bottom"}
        place = {"x": x, "y": y, "xshift": -8 if late else 8, "yshift": -4 if below else 4, "showarrow": False}
        return [{**place, **side, "text": plain(told), "font": {"size": LABEL}}]


def _above(text: str) -> dict[str, Any]:
    """Write what the vertical axis measures above it, so that nobody tilts his head."""
    place = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "xanchor": "left", "yanchor": "bottom", "yshift": 8}
    return {**place, "text": text, "align": "left", "showarrow": False, "font": {"size": TICK, "color": FAINT}}


def _end(line: Line, *, lift: float) -> dict[str, Any]:
    place = {"x": line.x[-1], "y": line.y[-1], "xanchor": "left", "yanchor": "middle", "xshift": 8, "showarrow": False}
    text = "<br>".join(plain(part) for part in line.label.split("\n"))
    return {**place, "yshift": lift, "text": text, "align": "left", "font": {"size": LABEL}}


def _line(line: Line) -> go.Scatter:
    return go.Scatter(
        uid=f"{line.ink}-line",
        mode="lines",
        x=list(line.x),
        y=list(line.y),
        line={"color": INKS[line.ink], "width": 2.5},
        customdata=[plain(told) for told in line.told],
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )


def _spot(x: float, y: float, told: str) -> go.Scatter:
    return go.Scatter(
        uid="good-spot",
        mode="markers",
        x=[x],
        y=[y],
        marker={"size": 11, "color": INKS["good"]},
        customdata=[plain(told)],
        hovertemplate="%{customdata}<extra></extra>",
        cliponaxis=False,
    )


def _band(line: Line) -> go.Scatter:
    return go.Scatter(
        uid=f"{line.ink}-band",
        mode="lines",
        x=[*line.x, *reversed(line.x)],
        y=[*line.high, *reversed(line.low)],
        fill="toself",
        fillcolor=faded(line.ink, opacity=0.16),
        line={"width": 0},
        hoverinfo="skip",
    )
