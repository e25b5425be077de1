"""Levels of groups: a share, a mean or a sum of money each, with its interval."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from cjlab._display import LEAST, Numbers, Parts, Wording, started
from cjlab.errors import EvidenceError
from cjlab.plots._intervals import Intervals, Row
from cjlab.plots._told import Told
from cjlab.plots._unit import Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    import plotly.graph_objects as go


class Level(NamedTuple):
    """A group and its level.

    Parameters
    ----------
    name : str
        What the group is called.
    n : float
        How many customers it has.
    estimate, low, high : float
        Its level and the ends of its interval; NaN where unknown.
    ink : str, default: "accent"
        Its colour: "accent", "muted", "good" or "bad".

    Examples
    --------
    >>> Level("Silent", 40, 0.2, 0.1, 0.35).ink
    'accent'
    """

    name: str
    n: float
    estimate: float
    low: float
    high: float
    ink: str = "accent"


def levels(
    lines: Sequence[Level],
    *,
    axis: str,
    finding: str,
    unit: str = "share",
    limit: float | None = None,
    parts: bool = False,
    language: str = "en",
) -> go.Figure:
    """Draw a level a group, each with its interval and its numbers beside it.

    Parameters
    ----------
    lines : sequence of Level
        The groups, from top to bottom.
    axis : str
        What the axis measures, with its unit.
    finding : str
        What the chart shows, in a sentence that its numbers bear out.
    unit : str, default: "share"
        What levels are: ``"share"``, written in per cent, ``"number"``, or amounts of a currency by its ISO 4217 code.
    limit : float, optional
        A level that is marked by a dotted line.
    parts : bool, default: False
        Whether the groups share no customer and a reader knows how many are in all of them: then what would give away
        a group of few by subtraction is not told either.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        One interval a group; of a group of fewer than 11 customers no more is told than that.

    Raises
    ------
    EvidenceError
        When no group has a level.
    SpecError
        When the unit or the language is not known.

    Examples
    --------
    >>> import cjlab as cj
    >>> lines = [cj.plots.Level("Read", 60, 0.6, 0.48, 0.71), cj.plots.Level("Do not", 40, 0.4, 0.29, 0.52, "bad")]
    >>> figure = cj.plots.levels(lines, axis="share of customers", finding="Most read.")
    >>> figure.layout.meta["cjlab"]["table"]["rows"][0][:2]
    ['Read', '60']
    """
    say, numbers = Wording.of("cjlab.plots", language), Numbers(language)
    write = Written(unit, numbers)
    if not any(math.isfinite(one.estimate) for one in lines):
        raise EvidenceError("no group has a level; there is nothing to draw")
    sizes = [one.n for one in lines]
    counts = numbers.parts(sizes) if parts else [numbers.customers(round(n)) for n in sizes]
    may = Parts.of(sizes).told if parts else [not 0 < n < LEAST for n in sizes]
    rows = [_row(one, write, "" if told else count) for one, count, told in zip(lines, counts, may, strict=True)]
    columns = [say(key) for key in ("group", "customers", "level_of")]
    columns.append(say("interval", confidence=numbers.share(0.95, digits=0)))
    table = [
        [started(one.name), count, *(_cells(one, write) if told else ["", ""])]
        for one, count, told in zip(lines, counts, may, strict=True)
    ]
    told = Told(finding=finding, columns=columns, rows=table, summary=say("numbers"))
    return Intervals(rows, axis, write.tick, () if limit is None else (write.factor * limit,)).figure(told)


def _row(one: Level, write: Written, instead: str) -> Row:
    """Return a row; what is said instead of a level that may not be told."""
    if instead or not math.isfinite(one.estimate):
        return Row(started(one.name), None, None, None, instead or write(one.estimate), one.ink)
    ends = [write.factor * end if math.isfinite(end) else None for end in (one.low, one.high)]
    text = write.with_ends(one.estimate, one.low, one.high)
    return Row(started(one.name), write.factor * one.estimate, ends[0], ends[1], text, one.ink)


def _cells(one: Level, write: Written) -> list[str]:
    return [write(one.estimate), write.ends(one.low, one.high)] if math.isfinite(one.estimate) else ["", ""]
