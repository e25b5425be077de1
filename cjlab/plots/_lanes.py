"""Lanes over days: bands and a line of truth above, marks of what happened below."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import plotly.graph_objects as go

from cjlab._display import Numbers, Wording
from cjlab.plots._text import broken, plain
from cjlab.plots._theme import INKS, LABEL, TEXT, TICK, WIDTH, template

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjlab.plots._told import Told

_LANE, _FOOT, _TOP = 44, 78, 24  # pixels: a lane, the axis and the legend below, the names of stages above
_NARROW_LANE, _NARROW_FOOT, _SIDE = 54, 120, 12
_MOST_TICKS = 8
_BAND = 0.12  # share of the axis from which a band has room for its name
_HALF = 0.32  # half the height of the line of satisfaction, in lanes


class Band(NamedTuple):
    """A stretch of days, its name and its ink."""

    first: int
    last: int
    name: str
    ink: str


class Marks(NamedTuple):
    """Days that are marked alike."""

    days: Sequence[int]
    ink: str
    symbol: str
    size: int


class Lane(NamedTuple):
    """A lane: its name and what stands in it."""

    name: str
    marks: Sequence[Marks]


@dataclass(frozen=True, slots=True)
class Lanes:
    """A picture of days.

    Parameters
    ----------
    days, start
        How many days, and the date of the first; without one, days are counted from 0.
    language
        The reader's.
    bands, line
        What stands in the two lanes of truth: stretches, and a value from 0 to 1 for each day; without bands there are
        no such lanes.
    lanes
        The others, from top to bottom.
    legend
        What the marks mean.
    """

    days: int
    start: dt.date | None
    language: str
    bands: Sequence[Band]
    line: tuple[Sequence[int], Sequence[float]]
    lanes: Sequence[Lane]
    legend: str

    def figure(self, told: Told) -> go.Figure:
        """Draw it, with the layout for a narrow screen beside the wide one."""
        traces = [*map(_band, self.bands), *([self._line()] if self.bands else []), *self._marks()]
        return go.Figure(
            data=traces, layout=go.Layout(template=template(), meta=told.meta(self._narrow()), **self._wide())
        )

    @property
    def names(self) -> list[str]:
        """The names of all lanes, from top to bottom."""
        say = Wording.of("cjlab.plots", self.language)
        truth = [say("life_stage"), say("life_satisfaction")] if self.bands else []
        return [*truth, *(lane.name for lane in self.lanes)]

    def _line(self) -> go.Scatter:
        days, values = self.line
        heights = [1 + _HALF - 2 * _HALF * value for value in values]
        line = {"color": INKS["accent"], "width": 2}
        return go.Scatter(uid="accent-truth", mode="lines", x=list(days), y=heights, line=line, hoverinfo="skip")

    def _marks(self) -> list[go.Scatter]:
        return [
            _marked(marks, place)
            for place, lane in enumerate(self.lanes, start=2 if self.bands else 0)
            for marks in lane.marks
            if len(marks.days)
        ]

    def _wide(self) -> dict[str, Any]:
        names = [broken(name, width=22, lines=2) for name in self.names]
        sides = {"tickvals": list(range(len(names))), "ticktext": names, "tickfont": {"size": LABEL, "color": TEXT}}
        return {
            "width": WIDTH,
            "height": _LANE * len(names) + _TOP + _FOOT,
            "margin": {"l": 8, "r": 16, "t": _TOP, "b": _FOOT},
            "xaxis": self._axis(width=100, most=_MOST_TICKS),
            "yaxis": {**sides, "range": [len(names) - 0.5, -0.6], "ticklabelstandoff": 10, "showgrid": True},
            "annotations": self._named(),
        }

    def _narrow(self) -> dict[str, Any]:
        """Put each lane's name above it."""
        stages = " → ".join(band.name for band in self.bands)
        first = f"{self.names[0]} ({stages})" if stages else self.names[0]
        names = [broken(first, width=44, lines=1), *map(plain, self.names[1:])]
        place = {"xref": "paper", "x": 0, "xanchor": "left", "yanchor": "bottom", "yshift": 11, "showarrow": False}
        above = [
            {**place, "y": y, "text": name, "align": "left", "font": {"size": TICK + 0.5}}
            for y, name in enumerate(names)
        ]
        return {
            "height": _NARROW_LANE * len(names) + _TOP + _NARROW_FOOT,
            "margin": {"l": _SIDE, "r": _SIDE, "t": _TOP, "b": _NARROW_FOOT},
            "xaxis": self._axis(width=42, most=4),
            "yaxis": {"showticklabels": False, "automargin": False, "range": [len(names) - 0.6, -0.8]},
            "annotations": above,
        }

    def _axis(self, *, width: int, most: int) -> dict[str, Any]:
        step = next((one for one in (1, 2, 5, 7, 14, 28, 56, 84, 168, 364) if self.days / one <= most), 728)
        days = list(range(0, self.days + 1, step))
        return {
            "range": [-0.01 * self.days, 1.01 * self.days],
            "tickvals": days,
            "ticktext": [plain(self._day(day)) for day in days],
            "title": {"text": broken(self.legend, width=width, lines=6)},
            "showgrid": False,
        }

    def _day(self, day: int) -> str:
        """Write a day: its date, with the year where there are several, or how many days after the first."""
        from babel.dates import format_date

        if self.start is None:
            return Wording.of("cjlab.plots", self.language)("day_number", day=Numbers(self.language).count(day))
        date, last = (self.start + dt.timedelta(days=one) for one in (day, self.days))
        style = "d MMM" if self.start.year == last.year else "d MMM yyyy"
        return format_date(date, style, locale=self.language)

    def _named(self) -> list[dict[str, Any]]:
        """Write the names of those stages that last long enough to hold them."""
        long = [band for band in self.bands if band.last - band.first >= _BAND * self.days]
        place = {"y": 0, "xanchor": "left", "yanchor": "bottom", "yshift": 8, "showarrow": False}
        return [{**place, "x": band.first, "text": plain(band.name), "font": {"size": TICK}} for band in long]


def _band(band: Band) -> go.Scatter:
    return go.Scatter(
        uid=f"{band.ink}-stage-{band.first}",  # a page tells traces apart by it
        mode="lines",
        x=[band.first, band.last],
        y=[0, 0],
        line={"color": INKS[band.ink], "width": 9},
        text=[plain(band.name)] * 2,
        hovertemplate="%{text}<extra></extra>",
    )


def _marked(marks: Marks, lane: int) -> go.Scatter:
    return go.Scatter(
        uid=f"{marks.ink}-{marks.symbol}-{lane}",
        mode="markers",
        x=[day + 0.5 for day in marks.days],
        y=[lane] * len(marks.days),
        marker={"color": INKS[marks.ink], "symbol": marks.symbol, "size": marks.size},
        hoverinfo="skip",
        cliponaxis=False,
    )
