"""How many of those to whom it happens a score finds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cjlab.plots._curve import Curve, Line
from cjlab.plots._shares import TOLD, Speech, rows
from cjlab.plots._told import Told

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from cjlab.metrics import Curve as Measured
    from cjlab.metrics import PrecisionRecall, Roc

_FIFTH = 20  # hundredths
_FIRST = 0.01  # before this share is found, precision is that of a handful
_POINTS = 1_000


def gain(curve: Measured, *, language: str = "en") -> go.Figure:
    r"""Draw the share found of those to whom it happens, against the share contacted.

    Parameters
    ----------
    curve : Curve
        What ``cj.metrics.gain`` found.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        The curve with its band, and the straight line of contacting at random.

    Examples
    --------
    >>> import cjlab as cj
    >>> figure = cj.plots.gain(cj.metrics.gain([1, 0, 0, 0, 1], [5, 4, 3, 2, 1]))
    >>> figure.layout.meta["cjlab"]["table"]["rows"][2][:2]
    ['20\xa0%', '50\xa0%']
    """
    speech = Speech(language)
    share, found, low, high = (100 * one for one in (curve.share, curve.estimate, curve.low, curve.high))
    told = [
        speech.say("contacted_finds", share=speech.share(one / 100, 0), found=speech.share(other / 100))
        for one, other in zip(share, found, strict=True)
    ]
    lines = [
        Line(list(curve.share), list(found), told, speech.say("by_score"), low=list(low), high=list(high)),
        _straight(speech),
    ]
    at = curve.estimate[_FIFTH], curve.low[_FIFTH], curve.high[_FIFTH]
    interval = speech.ends(at[1], at[2], speech.share)
    finding = speech.say("fifth_finds", found=speech.share(at[0]), interval=interval)
    columns = [speech.say(key) for key in ("share_contacted", "share_found", "interval_any")]
    return Curve(lines, speech.across("axis_contacted"), speech.say("axis_found"), speech.per_cent).figure(
        Told(finding, columns, rows(curve, speech, speech.share), speech.say("numbers"))
    )


def roc(roc: Roc, *, language: str = "en") -> go.Figure:
    r"""Draw whom a score finds, against whom it names by mistake, as its threshold falls.

    Parameters
    ----------
    roc : Roc
        What ``cj.metrics.roc`` found.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        The curve, and the straight line of a score that knows nothing.

    Examples
    --------
    >>> import cjlab as cj
    >>> figure = cj.plots.roc(cj.metrics.roc([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1]))
    >>> figure.layout.meta["cjlab"]["finding"].partition(":")[0]
    'The score puts the right one of two first in 75\xa0% of cases (6.9\xa0% to 99.2\xa0%)'
    """
    speech = Speech(language)
    false, true = roc.false_positive_rate, roc.true_positive_rate
    told = [
        speech.say("finds_by_mistake", found=speech.share(one), mistaken=speech.share(other))
        for one, other in zip(true, false, strict=True)
    ]
    lines = [Line(list(false), list(100 * true), told, speech.say("by_score")), _straight(speech)]
    places = [place / 100 for place in TOLD]
    ends = speech.ends(roc.auc.low, roc.auc.high, speech.share)
    return Curve(lines, speech.across("axis_mistaken"), speech.say("axis_found"), speech.per_cent).figure(
        Told(
            finding=speech.say("right_first", share=speech.share(roc.auc.estimate), interval=ends),
            columns=[speech.say("share_mistaken"), speech.say("share_found")],
            rows=[[speech.share(one, 0), speech.share(float(np.interp(one, false, true)))] for one in places],
            summary=speech.say("numbers"),
        )
    )


def precision_recall(found: PrecisionRecall, *, language: str = "en") -> go.Figure:
    r"""Draw how many of those named are meant, against how many of those meant are named.

    Parameters
    ----------
    found : PrecisionRecall
        What ``cj.metrics.precision_recall`` found.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        The curve, and the level line of naming at random.

    Examples
    --------
    >>> import cjlab as cj
    >>> figure = cj.plots.precision_recall(cj.metrics.precision_recall([1, 0, 1, 0], [0.9, 0.8, 0.7, 0.1]))
    >>> figure.layout.meta["cjlab"]["table"]["rows"][4]
    ['50\xa0%', '100\xa0%']
    """
    speech, base = Speech(language), found.positives / found.n
    first = int(np.searchsorted(found.recall, _FIRST))
    kept = np.unique(np.linspace(first, len(found.recall) - 1, _POINTS).round().astype(int))
    recall, precision = found.recall[kept], found.precision[kept]
    told = [
        speech.say("named_right", found=speech.share(one), right=speech.share(other))
        for one, other in zip(recall, precision, strict=True)
    ]
    random = speech.say("at_random")
    lines = [
        Line(list(recall), list(100 * precision), told, speech.say("by_score")),
        Line([0.0, 1.0], [100 * base] * 2, [random] * 2, random, "muted"),
    ]
    tenths = [place / 100 for place in TOLD[1:]]
    at = np.searchsorted(found.recall, np.array(tenths) - 1e-9)
    average = found.average_precision
    return Curve(lines, speech.across("axis_recall"), speech.say("axis_precision"), speech.per_cent).figure(
        Told(
            finding=speech.say(
                "right_on_average",
                share=speech.share(average.estimate),
                interval=speech.ends(average.low, average.high, speech.share),
                base=speech.share(base),
            ),
            columns=[speech.say("share_found"), speech.say("share_right")],
            rows=[["0\xa0%", ""]] * 0
            + [
                [speech.share(one, 0), speech.share(float(found.precision[place]))]
                for one, place in zip(tenths, at, strict=True)
            ],
            summary=speech.say("numbers"),
        )
    )


def _straight(speech: Speech) -> Line:
    """Return the line of contacting at random, or of knowing nothing."""
    random = speech.say("at_random")
    return Line([0.0, 1.0], [0.0, 100.0], [random] * 2, random, "muted")
