"""How alike treated and others are, before and after an adjustment."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cjlab._display import started
from cjlab.plots._intervals import Intervals, Row
from cjlab.plots._shares import Speech
from cjlab.plots._told import Told

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from cjlab.models.matching import Adjusted

_ALIKE = 10.0  # per cent of a standard deviation


def matched(adjusted: Adjusted, *, language: str = "en") -> go.Figure:
    r"""Draw how far treated and others were apart in each covariate, before and after the adjustment.

    Parameters
    ----------
    adjusted : Adjusted
        What ``cj.models.match`` or ``cj.models.weigh`` found.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        One row a covariate, those furthest apart before first: a point where it is after, a stroke where it was before,
        in per cent of a standard deviation, between dotted lines at ±10 %.

    Examples
    --------
    >>> import cjlab as cj
    >>> people = cj.datasets.lalonde()
    >>> found = cj.models.weigh(people.drop(columns=["treat", "re78"]), people["re78"], treated=people["treat"])
    >>> len(cj.plots.matched(found).layout.meta["cjlab"]["table"]["columns"])
    3
    """
    speech = Speech(language)
    own = adjusted.balance[~adjusted.balance["square"]]
    before, after = (dict(zip(map(str, own.index), map(float, own[name]), strict=True)) for name in ("before", "after"))
    order = sorted(before, key=lambda name: -abs(before[name]) if math.isfinite(before[name]) else 0.0)
    rows = [_row(name.replace("_", " "), before[name], after[name], speech) for name in order]
    cells = [[row.label, _said(before[name], speech), row.text] for name, row in zip(order, rows, strict=True)]
    apart = max((abs(one) for one in after.values() if math.isfinite(one)), default=math.nan)
    words = {"size": speech.numbers.share(apart, digits=1), "limit": speech.numbers.share(_ALIKE / 100, digits=0)}
    finding = speech.say("matched_alike" if adjusted.balanced else "matched_apart", **words)
    columns = [speech.say(key) for key in ("trait", "apart_before", "apart_after")]
    chart = Intervals(rows, speech.say("axis_matched"), speech.per_cent, limits=(-_ALIKE, _ALIKE))
    return chart.figure(Told(finding, columns, cells, speech.say("numbers")))


def _row(name: str, before: float, after: float, speech: Speech) -> Row:
    drawn = 100 * after if math.isfinite(after) else None
    other = 100 * before if math.isfinite(before) else None
    ink = "accent" if abs(100 * after) <= _ALIKE else "bad"
    return Row(started(name), drawn, drawn, drawn, _said(after, speech), ink, other)


def _said(size: float, speech: Speech) -> str:
    return speech.numbers.share(size, digits=1)
