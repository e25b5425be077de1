"""Groups of customers: which share each has of something, beside its share of the customers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from cjlab._display import started
from cjlab.plots._intervals import Intervals, Row
from cjlab.plots._told import Told

if TYPE_CHECKING:
    from collections.abc import Sequence

    import plotly.graph_objects as go

    from cjlab.plots._shares import Speech

_LEAST: Final = 11  # the share of fewer customers is not told


class Part(NamedTuple):
    """A group: its customers, their share of all, and its part with the ends of its interval."""

    name: str
    customers: float
    share: float
    part: float
    part_low: float
    part_high: float

    @property
    def told(self) -> bool:
        """Whether it has so many customers that its share may be told."""
        return self.customers >= _LEAST and math.isfinite(self.part)


def parts(rows: Sequence[Part], speech: Speech, *, axis: str, columns: Sequence[str], finding: str) -> go.Figure:
    """Draw a point with its interval and a stroke a group; the sentence is about the first that may be told."""
    told = Told(_found(rows, speech, finding), columns, [_cells(one, speech) for one in rows], speech.say("numbers"))
    return Intervals([_row(one, speech) for one in rows], axis, speech.per_cent).figure(told)


def _row(one: Part, speech: Speech) -> Row:
    name = started(one.name)
    if not one.told:
        return Row(name, None, None, None, speech.numbers.customers(round(one.customers)))
    part, low, high = (100 * end if math.isfinite(end) else None for end in (one.part, one.part_low, one.part_high))
    beside = speech.ends(one.part_low, one.part_high, speech.bare)
    said = f"{speech.numbers.share(one.part, digits=1)} ({beside})" if beside else speech.share(one.part)
    return Row(name, part, low, high, said, other=100 * one.share)


def _cells(one: Part, speech: Speech) -> list[str]:
    count = speech.numbers.customers(round(one.customers))
    if not one.told:
        return [started(one.name), count, "", "", ""]
    shares = [speech.numbers.share(value, digits=1) for value in (one.share, one.part)]
    return [started(one.name), count, *shares, speech.ends(one.part_low, one.part_high, speech.bare)]


def _found(rows: Sequence[Part], speech: Speech, finding: str) -> str:
    """Say of the first group that is told which share it has of both."""
    best = next((one for one in rows if one.told), None)
    if best is None:
        return speech.say("parts_few")
    beside = speech.ends(best.part_low, best.part_high, speech.bare)
    shares = {key: speech.numbers.share(value, digits=1) for key, value in (("share", best.share), ("part", best.part))}
    return speech.say(finding if beside else f"{finding}_open", name=started(best.name), interval=beside, **shares)
