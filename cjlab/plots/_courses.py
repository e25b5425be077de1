"""Courses: how shares or counts go along an axis, each with its interval where it has one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from cjlab._display import Numbers, Wording
from cjlab.errors import EvidenceError
from cjlab.plots._curve import Across, Curve, Line
from cjlab.plots._told import Told
from cjlab.plots._unit import Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    import plotly.graph_objects as go


_NAMED: Final = 12  # places beside which there is room for every name


class Course(NamedTuple):
    """A line: what it is called, where its points lie, and the ends of their intervals.

    Parameters
    ----------
    name : str
        What it is called.
    x, y : sequence of float
        Its points.
    low, high : sequence of float
        The ends of the interval of each point; none where it has none.
    ink : str, default: "accent"
        Its colour: "accent", "muted", "good" or "bad".

    Examples
    --------
    >>> Course("buyers", [0, 1], [10, 12]).ink
    'accent'
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    low: Sequence[float] = ()
    high: Sequence[float] = ()
    ink: str = "accent"


class Axis(NamedTuple):
    """A horizontal axis: what it measures, and the places that have a name.

    Parameters
    ----------
    title : str
        What it measures, with its unit.
    names : dict of float to str
        The places that have a name, rising; the first and the last are its ends.

    Examples
    --------
    >>> Axis("month", {0: "January", 1: "February"}).names[1]
    'February'
    """

    title: str
    names: dict[float, str]


def courses(
    lines: Sequence[Course],
    *,
    across: Axis,
    upwards: str,
    finding: str,
    unit: str = "share",
    spot: tuple[float, float, str] | None = None,
    language: str = "en",
) -> go.Figure:
    """Draw lines along an axis, with bands for their intervals.

    Parameters
    ----------
    lines : sequence of Course
        The lines; the first matters most.
    across : Axis
        The horizontal axis.
    upwards : str
        What the vertical axis measures, with its unit.
    finding : str
        What the chart shows, in a sentence that its numbers bear out.
    unit : str, default: "share"
        What values are: ``"share"``, written in per cent, ``"number"``, written whole, or amounts of a currency by its
        ISO 4217 code.
    spot : tuple of (float, float, str), optional
        A point that matters: its place and what it is in words.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        The chart.

    Raises
    ------
    EvidenceError
        When no line has a point.
    SpecError
        When the unit or the language is not known.

    Examples
    --------
    >>> import cjlab as cj
    >>> axis = cj.plots.Axis("month", {0: "Jan", 1: "Feb"})
    >>> lines = [cj.plots.Course("buyers", [0, 1], [20, 30])]
    >>> figure = cj.plots.courses(lines, across=axis, upwards="customers", finding="More.", unit="number")
    >>> figure.layout.meta["cjlab"]["table"]["rows"]
    [['Jan', '20'], ['Feb', '30']]
    """
    say, write = Wording.of("cjlab.plots", language), Written(unit, Numbers(language), digits=0)
    if not any(len(one.x) for one in lines):
        raise EvidenceError("no line has a point; there is nothing to draw")
    drawn = [_line(one, write.factor, alone=len(lines) == 1) for one in lines if len(one.x)]
    places = list(across.names)
    every = 1 if len(places) <= _NAMED else 3
    names = [name if place % every == 0 else "" for place, name in enumerate(across.names.values())]
    axis = Across(across.title, (places[0], places[-1]), places, names)
    at = None if spot is None else (spot[0], write.factor * spot[1], spot[2])
    columns, rows = _table(lines, across, write)
    told = Told(finding=finding, columns=columns, rows=rows, summary=say("numbers"))
    return Curve(drawn, axis, upwards, write.tick, at).figure(told)


def _line(one: Course, factor: float, *, alone: bool) -> Line:
    """Scale a line; one that is alone needs no name at its end."""
    scaled = [[factor * value for value in values] for values in (one.y, one.low, one.high)]
    label = "" if alone else one.name.replace(" ", "\n", 1)
    return Line(one.x, scaled[0], [""] * len(one.x), label, one.ink, low=scaled[1], high=scaled[2])


def _table(lines: Sequence[Course], across: Axis, write: Written) -> tuple[list[str], list[list[str]]]:
    points = [{x: place for place, x in enumerate(one.x)} for one in lines]
    rows = [
        [name, *(_cell(one, known.get(x), write) for one, known in zip(lines, points, strict=True))]
        for x, name in across.names.items()
    ]
    return [across.title, *(one.name for one in lines)], rows


def _cell(one: Course, place: int | None, write: Written) -> str:
    if place is None:
        return ""
    if not len(one.low):
        return write(one.y[place])
    return write.with_ends(one.y[place], one.low[place], one.high[place])
