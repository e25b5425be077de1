"""For whom an arm works."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cjlab._display import started
from cjlab.errors import EvidenceError
from cjlab.plots._effects import row
from cjlab.plots._intervals import Intervals
from cjlab.plots._scale import Scale
from cjlab.plots._told import Told
from cjlab.plots._words import Words

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from cjlab.experiments import Effect, Readout

_EVERYWHERE = {"rise": "raises_everywhere", "fall": "lowers_everywhere", "still": "open_everywhere"}


def segments(readout: Readout, *, arm: str | None = None, language: str = "en") -> go.Figure:
    """Draw the primary effect of an arm for all customers, then segment by segment, corrected for their number.

    Parameters
    ----------
    readout : Readout
        A test read out, with segments.
    arm : str, optional
        A treated arm; the one decided for, or else the one with the best estimate.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        One interval a segment that can be read at the scale of all customers; the others become a sentence.

    Raises
    ------
    SpecError
        When there is no such arm.
    EvidenceError
        When the test has no segment with enough customers.

    Examples
    --------
    >>> import cjlab as cj
    >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
    >>> readout = test.read_out(cj.datasets.promotion_test())
    >>> table = cj.plots.segments(readout, arm="discount").layout.meta["cjlab"]["table"]
    >>> [row[0] for row in table["rows"]]
    ['All customers', 'Singles', 'Couples', 'Families']
    """
    words, name = Words(readout, language), _arm(readout, arm)
    mine = [one for one in readout.segments if one.effect.arm == name]
    if not mine:
        raise EvidenceError(
            f"experiment {readout.experiment.name!r} has no segment with at least 11 customers in each arm; "
            "declare segments, or wait for more customers"
        )
    overall = readout.effect(readout.experiment.primary.name, name)
    scale = Scale(words.voice, overall.metric)
    shown = [one.effect for one in mine if one.readable]
    rows = [row(words, scale, overall, words.say("all"))]
    rows += [row(words, scale, one, label(words, one), ink="muted") for one in shown]
    return Intervals(rows, _axis(words, scale, name), scale.tick).figure(
        Told(
            finding=words.finding(*_found(words, name), *_unreadable(words, name)),
            columns=[words.say(key) for key in ("segment", "customers", "level", "level_control", "difference")]
            + [words.say("interval_any"), words.say("confidence")],
            rows=[_cells(words, one) for one in (overall, *(one.effect for one in mine))],
            summary=words.say("numbers"),
        )
    )


def label(words: Words, effect: Effect) -> str:
    """Say the segment that an effect is about."""
    named = {one.name: one.say(words.language) for one in words.readout.experiment.segments}
    return words.say("all") if effect.segment is None else named[effect.segment]


def _arm(readout: Readout, arm: str | None) -> str:
    return readout.leader if arm is None else readout.experiment.arm(arm).name


def _axis(words: Words, scale: Scale, arm: str) -> str:
    names = {"metric": words.voice.metric(scale.metric), "arm": words.arm(arm)}
    names["control"] = words.arm(words.readout.experiment.control)
    return words.say(f"axis_segments_{scale.kind}", **names)


def _cells(words: Words, effect: Effect) -> list[str]:
    voice = words.voice
    return [
        label(words, effect),
        voice.numbers.customers(effect.n + effect.n_versus),
        voice.level(effect.metric, effect.level),
        voice.level(effect.metric, effect.level_versus),
        voice.change(effect.metric, effect.estimate),
        voice.interval(effect),
        words.share(effect.confidence),
    ]


def _found(words: Words, arm: str) -> list[str]:
    """Say in which segments the arm works, and which differ from the rest."""
    mine = [one for one in words.readout.segments if one.effect.arm == arm]
    apart = [one.effect for one in mine if one.differs_p < words.readout.experiment.alpha]
    differs = words.say("differs", segments=_named(words, apart)) if apart else words.say("differs_none")
    return [_changed(words, [one.effect for one in mine if one.readable]), differs]


def _changed(words: Words, drawn: list[Effect]) -> str:
    """Say where the bars lie: all on one side, or which on which; nothing about bars that are not known."""
    known = [one for one in drawn if math.isfinite(one.low) and math.isfinite(one.high)]
    groups = {
        "rise": [one for one in known if one.low > 0],
        "fall": [one for one in known if one.high < 0],
        "still": [one for one in known if one.low <= 0 <= one.high],
    }
    some = {key: found for key, found in groups.items() if found}
    if len(some) == 1:
        return words.say(_EVERYWHERE[next(iter(some))])
    parts = [words.say(key, segments=_named(words, found)) for key, found in some.items()]
    return f"{started(', '.join(parts))}." if parts else ""


def _named(words: Words, found: list[Effect]) -> str:
    return words.joined([words.say("quoted", name=label(words, one)) for one in found])


def _unreadable(words: Words, arm: str) -> list[str]:
    """Say what stands in no row because its interval would flatten the others."""
    wide = [one.effect for one in words.readout.segments if one.effect.arm == arm and not one.readable]
    return [
        words.say(
            f"too_wide_{'share' if words.readout.experiment.primary.kind == 'share' else 'amount'}",
            segment=words.say("quoted", name=label(words, one)),
            count=words.voice.numbers.customers(one.n + one.n_versus),
            interval=words.voice.interval(one),
        )
        for one in wide
    ]
