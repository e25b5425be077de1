"""How the effect grew day by day."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cjlab.errors import EvidenceError
from cjlab.plots._curve import Across, Curve, Line
from cjlab.plots._scale import Scale
from cjlab.plots._told import Told
from cjlab.plots._words import Words

if TYPE_CHECKING:
    from collections.abc import Sequence

    import plotly.graph_objects as go

    from cjlab.experiments import Effect, Readout

_TICKS = 14


def by_day(readout: Readout, *, arm: str | None = None, language: str = "en") -> go.Figure:
    """Draw the primary effect of an arm over the first days after the contact, with its interval.

    Parameters
    ----------
    readout : Readout
        A test read out from a log with times.
    arm : str, optional
        A treated arm; the one decided for, or else the one with the best estimate.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        The cumulative effect from day 0 to the horizon; every point counts the same customers.

    Raises
    ------
    SpecError
        When there is no such arm.
    EvidenceError
        When the log has no times, so that no day can be told from another.

    Examples
    --------
    >>> import cjlab as cj
    >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
    >>> readout = test.read_out(cj.datasets.promotion_test())
    >>> finding = cj.plots.by_day(readout, arm="reminder").layout.meta["cjlab"]["finding"]
    >>> finding.partition("; ")[2]
    'it is clear of zero from the first day on.'
    """
    words = Words(readout, language)
    name = readout.leader if arm is None else readout.experiment.arm(arm).name
    days = [one for one in readout.days if one.arm == name]
    if not days:
        raise EvidenceError(
            f"the log of experiment {readout.experiment.name!r} has no times within the horizon; "
            "a curve by day needs events with the day on which they happened"
        )
    scale = Scale(words.voice, readout.experiment.primary.name)
    curve = Curve([_line(words, scale, days)], _across(words, days), _upwards(words, scale, name), scale.tick)
    return curve.figure(
        Told(
            finding=words.finding(_found(words, days)),
            columns=[words.say("day"), words.say("difference"), words.confidence(days[0])],
            rows=[
                [_day(words, one), words.voice.change(one.metric, one.estimate), words.voice.interval(one)]
                for one in days
            ],
            summary=words.say("numbers"),
            title=words.say("by_day"),
        )
    )


def _line(words: Words, scale: Scale, days: Sequence[Effect]) -> Line:
    known = [one for one in days if scale.size(one.low) is not None and scale.size(one.high) is not None]
    middle, low, high = (
        [0.0, *(scale.size(getattr(one, end)) or 0.0 for one in known)] for end in ("estimate", "low", "high")
    )
    told = [words.say("on_day", day=_day(words, one), change=words.voice.difference(one)) for one in known]
    label = "\n".join([words.voice.step(days[-1].metric, days[-1].estimate), f"({words.voice.interval(days[-1])})"])
    return Line([0, *(one.day or 0 for one in known)], middle, ["", *told], label, low=low, high=high)


def _day(words: Words, effect: Effect) -> str:
    """Write a number of days: whole, but for the last of a horizon that is not."""
    day, write = float(effect.day or 0), words.voice.numbers
    return write.count(day) if day.is_integer() else write.decimal(day, digits=2)


def _across(words: Words, days: Sequence[Effect]) -> Across:
    last = days[-1].day or 0
    step = 7 if last > _TICKS else 2 if last > _TICKS // 2 else 1
    places = list(range(0, int(last) + 1, step))
    return Across(words.say("axis_days"), (0, last), places, [words.voice.numbers.count(day) for day in places])


def _upwards(words: Words, scale: Scale, arm: str) -> str:
    names = {"metric": words.voice.metric(scale.metric), "arm": words.arm(arm)}
    return words.say(f"axis_by_day_{scale.kind}", **names, control=words.arm(words.readout.experiment.control))


def _found(words: Words, days: Sequence[Effect]) -> str:
    """Say where the effect ends, and from which day on its interval stays on one side of zero."""
    last = days[-1]
    if not (math.isfinite(last.low) and math.isfinite(last.high)):
        return words.silent(days)
    numbers = {
        "day": _day(words, last),
        "change": words.voice.change(last.metric, last.estimate),
        "interval": words.voice.interval(last),
    }
    if last.low <= 0 <= last.high:
        return words.say("days_open", **numbers)
    same = [(one.low > 0) == (last.low > 0) and not one.low <= 0 <= one.high for one in days]
    first = len(days) - next((n for n, one in enumerate(reversed(same)) if not one), len(days))
    if first == len(days) - 1:
        return words.say("days_last", **numbers)
    return (
        words.say("days_clear", **numbers, first=_day(words, days[first]))
        if first
        else words.say("days_always", **numbers)
    )
