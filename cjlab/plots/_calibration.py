"""What was said beside what happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab._display import LEAST
from cjlab.plots._curve import Across, Curve, Line
from cjlab.plots._shares import Speech, records
from cjlab.plots._ticks import Span, Ticks
from cjlab.plots._told import Told

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from cjlab.metrics import Calibration


def calibration(calibration: Calibration, *, language: str = "en") -> go.Figure:
    r"""Draw the share that happened against the share that was said, bin by bin.

    Parameters
    ----------
    calibration : Calibration
        What ``cj.metrics.calibration`` found.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        The bins of at least 11 customers with their band, and the line on which both are the same.

    Examples
    --------
    >>> import cjlab as cj
    >>> found = cj.metrics.calibration([0, 1, 1, 1] * 10, [0.2, 0.2, 0.8, 0.8] * 10, bins=2)
    >>> cj.plots.calibration(found).layout.meta["cjlab"]["table"]["rows"][0][:3]
    ['20\xa0%', '50\xa0%', '29.9\xa0% to 70.1\xa0%']
    """
    speech = Speech(language)
    bins = [row for row in records(calibration.bins) if row["n"] >= LEAST]
    said, happened, low, high = ([100 * row[name] for row in bins] for name in ("score", "happened", "low", "high"))
    told = [
        speech.say("said_happened", said=speech.share(row["score"]), happened=speech.share(row["happened"]))
        for row in bins
    ]
    top = max([*said, *high, 1.0])
    same = speech.say("as_said")
    lines = [
        Line(said, happened, told, "", low=low, high=high),
        Line([0.0, top], [0.0, top], [same] * 2, same, "muted"),
    ]
    ends = Span.of([top], air=0.06)
    ticks = Ticks.of(ends, most=6)
    names = [speech.per_cent(value, ticks.digits) for value in ticks.values]
    across = Across(speech.say("axis_said"), (0.0, ends.high), ticks.values, names)
    one = calibration.ece

    def points(value: float) -> str:
        return speech.numbers.decimal(100 * value, digits=1)

    interval = speech.ends(one.low, one.high, points)
    return Curve(lines, across, speech.say("axis_happened"), speech.per_cent).figure(
        Told(
            finding=speech.say("apart_on_average", points=points(one.estimate), interval=interval),
            columns=[speech.say(key) for key in ("said", "happened", "interval_any", "customers")],
            rows=[
                [
                    *map(speech.share, (row["score"], row["happened"])),
                    speech.ends(row["low"], row["high"], speech.share),
                    speech.numbers.count(row["n"]),
                ]
                for row in bins
            ],
            summary=speech.say("numbers"),
        )
    )
