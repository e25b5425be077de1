"""Groups of customers: which share each has of something, beside its share of the customers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from cjlab._display import Parts, started
from cjlab.plots._intervals import Intervals, Row
from cjlab.plots._told import Told

if TYPE_CHECKING:
    from collections.abc import Sequence

    import plotly.graph_objects as go

    from cjlab.plots._shares import Speech


class Part(NamedTuple):
    """A group: its customers, their share of all, and its part with the ends of its interval."""

    name: str
    customers: float
    share: float
    part: float
    part_low: float
    part_high: float


def parts(rows: Sequence[Part], speech: Speech, *, axis: str, columns: Sequence[str], finding: str) -> go.Figure:
    """Draw a point with its interval and a stroke a group; the sentence is about the first that may be told.

    The groups are all customers: of one of few nothing is told, nor of what would give it away.
    """
    counts = [one.customers for one in rows]
    told = [
        one if may and math.isfinite(one.part) else None for one, may in zip(rows, Parts.of(counts).told, strict=True)
    ]
    heads = list(zip((started(one.name) for one in rows), speech.numbers.parts(counts), strict=True))
    drawn = [_row(name, count, one, speech) for (name, count), one in zip(heads, told, strict=True)]
    cells = [[*head, *_cells(one, speech)] for head, one in zip(heads, told, strict=True)]
    shown = Told(_found(told, speech, finding), columns, cells, speech.say("numbers"))
    return Intervals(drawn, axis, speech.per_cent).figure(shown)


def _row(name: str, count: str, one: Part | None, speech: Speech) -> Row:
    if one is None:
        return Row(name, None, None, None, count)
    part, low, high = (100 * end if math.isfinite(end) else None for end in (one.part, one.part_low, one.part_high))
    beside = speech.ends(one.part_low, one.part_high, speech.bare)
    said = f"{speech.numbers.share(one.part, digits=1)} ({beside})" if beside else speech.share(one.part)
    return Row(name, part, low, high, said, other=100 * one.share)


def _cells(one: Part | None, speech: Speech) -> list[str]:
    if one is None:
        return ["", "", ""]
    shares = [speech.numbers.share(value, digits=1) for value in (one.share, one.part)]
    return [*shares, speech.ends(one.part_low, one.part_high, speech.bare)]


def _found(rows: Sequence[Part | None], speech: Speech, finding: str) -> str:
    """Say of the first group that is told which share it has of both."""
    best = next((one for one in rows if one is not None), None)
    if best is None:
        return speech.say("parts_few")
    beside = speech.ends(best.part_low, best.part_high, speech.bare)
    shares = {key: speech.numbers.share(value, digits=1) for key, value in (("share", best.share), ("part", best.part))}
    return speech.say(finding if beside else f"{finding}_open", name=started(best.name), interval=beside, **shares)
