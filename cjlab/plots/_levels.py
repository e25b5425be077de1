"""Levels of groups: a share, a mean or a sum of money each, with its interval."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from cjlab._display import Numbers, Wording, started
from cjlab.errors import EvidenceError
from cjlab.plots._intervals import Intervals, Row
from cjlab.plots._told import Told
from cjlab.plots._unit import Written

if TYPE_CHECKING:
    from collections.abc import Sequence

    import plotly.graph_objects as go


_LEAST: Final = 11  # the level of fewer customers is not told


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
    rows = [_row(one, write) for one in lines]
    columns = [say(key) for key in ("group", "customers", "level_of")]
    columns.append(say("interval", confidence=numbers.share(0.95, digits=0)))
    table = [[started(one.name), numbers.customers(round(one.n)), *_cells(one, write)] for one in lines]
    told = Told(finding=finding, columns=columns, rows=table, summary=say("numbers"))
    return Intervals(rows, axis, write.tick, () if limit is None else (write.factor * limit,)).figure(told)


def _row(one: Level, write: Written) -> Row:
    if not _told(one):
        said = write(one.estimate) if math.isnan(one.estimate) else write.numbers.customers(round(one.n))
        return Row(started(one.name), None, None, None, said, one.ink)
    ends = [write.factor * end if math.isfinite(end) else None for end in (one.low, one.high)]
    text = write.with_ends(one.estimate, one.low, one.high)
    return Row(started(one.name), write.factor * one.estimate, ends[0], ends[1], text, one.ink)


def _cells(one: Level, write: Written) -> list[str]:
    return [write(one.estimate), write.ends(one.low, one.high)] if _told(one) else ["", ""]


def _told(one: Level) -> bool:
    """Whether a group's level is told: it is known, and the group is none of a few customers."""
    return math.isfinite(one.estimate) and not 0 < one.n < _LEAST
