"""What contacting by score brings beside contacting at random."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab._display import started
from cjlab.plots._curve import Curve, Line
from cjlab.plots._shares import Speech, rows
from cjlab.plots._told import Told

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from cjlab.metrics import Uplift

_PER = 1_000  # customers


def qini(uplift: Uplift, *, axis: str | None = None, language: str = "en") -> go.Figure:
    r"""Draw what contacting the best-scored share brings, beside contacting as many at random.

    Parameters
    ----------
    uplift : Uplift
        What ``cj.metrics.qini`` or ``cj.metrics.auuc`` found.
    axis : str, optional
        What the vertical axis measures, per 1,000 customers; by default more of the outcome.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        The curve with its band, and the straight line of contacting at random.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.qini(
    ...     [1, 0, 0, 0], [4, 3, 2, 1], arm=list("acac"), control="c", propensity=[0.5] * 4
    ... )
    >>> cj.plots.qini(found).layout.meta["cjlab"]["table"]["rows"][5][::2]
    ['50\xa0%', '10 to 990']
    """
    speech, curve = Speech(language), uplift.curve
    gain, low, high = (_PER * one for one in (curve.estimate, curve.low, curve.high))
    random = curve.share * gain[-1]
    write = speech.fitting([*low, *high])
    told = [
        speech.say("contacted_brings", share=speech.share(share, 0), gain=write(one))
        for share, one in zip(curve.share, gain, strict=True)
    ]
    lines = [
        Line(list(curve.share), list(gain), told, speech.say("by_score"), low=list(low), high=list(high)),
        Line([0.0, 1.0], [0.0, float(random[-1])], [speech.say("at_random")] * 2, speech.say("at_random"), "muted"),
    ]
    table = [
        [*row, write(float(random[place * 10]))] for place, row in enumerate(rows(curve, speech, write, float(_PER)))
    ]
    columns = [started(speech.say(key)) for key in ("share_contacted", "by_score", "interval_any", "at_random")]
    upwards = axis or speech.say("axis_gain")
    return Curve(lines, speech.across("axis_contacted"), upwards, speech.decimal).figure(
        Told(finding=_found(uplift, speech), columns=columns, rows=table, summary=speech.say("numbers"))
    )


def _found(uplift: Uplift, speech: Speech) -> str:
    """Say whether the ranking brings more than chance; of an AUUC, what lies between both lines."""
    if uplift.measure == "auuc":
        gain = _PER * (uplift.estimate - uplift.effect.estimate / 2)
        return speech.say("ranked_area", gain=speech.fitting([gain])(gain))
    ends = [_PER * end for end in (uplift.low, uplift.high)]
    write = speech.fitting(ends)
    key = "ranked_more" if uplift.low > 0 else "ranked_less" if uplift.high < 0 else "ranked_open"
    return speech.say(key, gain=write(_PER * uplift.estimate), interval=speech.ends(ends[0], ends[1], write))
