"""What each arm brings in money, and how far the best is ahead."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cjlab.errors import EvidenceError
from cjlab.plots._effects import row, turned
from cjlab.plots._intervals import Intervals
from cjlab.plots._scale import NET, Scale
from cjlab.plots._told import Told
from cjlab.plots._words import Words

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from cjlab.experiments import Effect, Readout


def net_margin(readout: Readout, *, language: str = "en") -> go.Figure:
    """Draw the net margin that each arm brings per 1,000 customers, after contact and offer cost.

    Parameters
    ----------
    readout : Readout
        A test read out, whose declaration gives an outcome a value.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        One interval an arm against the control, then the leading arm minus each of the others.

    Raises
    ------
    EvidenceError
        When the test declares no value of an outcome.

    Examples
    --------
    >>> import cjlab as cj
    >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
    >>> readout = test.read_out(cj.datasets.promotion_test())
    >>> finding = cj.plots.net_margin(readout).layout.meta["cjlab"]["finding"]
    >>> finding.partition(".")[0]
    'The reminder pays for itself: the bar lies wholly above zero'
    """
    words = Words(readout, language)
    if not readout.net:
        raise EvidenceError(
            f"experiment {readout.experiment.name!r} declares no value of an outcome; "
            "add [value] with the metric that is money and its margin"
        )
    scale = Scale(words.voice, NET)
    against = [readout.effect(NET, arm.name) for arm in readout.experiment.treated]
    ahead = _ahead(readout, against)
    rows = [row(words, scale, one, words.head(one.arm)) for one in against]
    rows += [row(words, scale, one, _minus(words, one), ink="muted") for one in ahead]
    axis = words.say("axis_net_pairs" if ahead else "axis_net", control=words.arm(readout.experiment.control))
    return Intervals(rows, axis, scale.tick).figure(
        Told(
            finding=words.finding(*_found(words, against, ahead)),
            columns=[words.say(key) for key in ("compared", "customers", "versus", "net")]
            + [words.confidence(against[0])],
            rows=[[one.label, *_numbers(words, effect)] for one, effect in zip(rows, [*against, *ahead], strict=True)],
            summary=words.say("numbers"),
        )
    )


def _ahead(readout: Readout, against: list[Effect]) -> list[Effect]:
    """Return the leading arm minus each other arm; the arm that was decided for leads."""
    leader = readout.decision.arm or max(against, key=lambda one: one.estimate).arm
    return [one for one in readout.net if one.arm == leader and one.versus != readout.experiment.control]


def _minus(words: Words, effect: Effect) -> str:
    return words.say("minus", arm=words.head(effect.arm), versus=words.arm(effect.versus))


def _numbers(words: Words, effect: Effect) -> list[str]:
    voice = words.voice
    counts = [voice.numbers.customers(count) for count in (effect.n, effect.n_versus)]
    return [*counts, voice.step(NET, effect.estimate), voice.interval(effect)]


def _silent(words: Words, against: list[Effect]) -> str:
    """Say why no interval is known, where none is."""
    value = words.readout.experiment.value
    if value is None or any(math.isfinite(one.low) for one in against):
        return ""
    amounts = [words.readout.effect(value.metric, one.arm).estimate for one in against]
    return words.say("unknown_net" if any(amounts) else "silent_net")


def _found(words: Words, against: list[Effect], ahead: list[Effect]) -> list[str]:
    """Say which arms pay, and whether the leader is ahead."""
    costly = [one.arm for one in against if one.high < 0]
    said = [
        _silent(words, against),
        words.about("pays", [one.arm for one in against if one.low > 0]),
        words.about("costs", costly, than=words.than(costly)),
        words.about("may_cost", [one.arm for one in against if one.low <= 0 <= one.high]),
    ]
    if len(ahead) != 1:
        clear = [one.versus for one in ahead if one.low > 0]
        return said if not clear else [*said, words.about("ahead_of", [ahead[0].arm], others=words.listed(clear))]
    (one,) = ahead
    if not math.isfinite(one.low):
        return said
    key = "ahead" if one.low > 0 else "behind" if one.high < 0 else "level_pegging"
    ends = words.voice.interval(turned(one) if key == "behind" else one)
    names = {"second": words.arm(one.versus), "difference": words.unsigned(one), "interval": ends}
    return [*said, words.about(key, [one.arm], **names)]
