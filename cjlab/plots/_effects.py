"""What each arm changed in a metric."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cjlab.errors import SpecError
from cjlab.plots._intervals import Intervals, Row
from cjlab.plots._scale import NET, Scale
from cjlab.plots._told import Told
from cjlab.plots._words import Words

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from cjlab.experiments import Effect, Readout


def effects(readout: Readout, *, metric: str | None = None, language: str = "en") -> go.Figure:
    """Draw what each arm changed in a metric, against the control.

    Parameters
    ----------
    readout : Readout
        A test read out.
    metric : str, optional
        The metric's name; the primary metric when it is not given.
    language : {"en", "fr"}, default: "en"
        The reader's language.

    Returns
    -------
    plotly.graph_objects.Figure
        One interval an arm, unadjusted, for all customers; shares in points.

    Raises
    ------
    SpecError
        When the test has no such metric, or the language is not known.

    Examples
    --------
    >>> import cjlab as cj
    >>> test = cj.experiments.Experiment.read("notebooks/experiments/promotion.toml")
    >>> readout = test.read_out(cj.datasets.promotion_test())
    >>> cj.plots.effects(readout, metric="visit").layout.meta["cjlab"]["finding"]
    'The reminder and the discount raise the share of customers who visit: the bars lie wholly above zero.'
    """
    words, name = Words(readout, language), metric or readout.experiment.primary.name
    if name == NET:
        raise SpecError("metric is 'net'; draw the net value with cj.plots.net_margin")
    scale = Scale(words.voice, readout.experiment.metric(name).name)
    found = [readout.effect(name, arm.name) for arm in readout.experiment.treated]
    rows = [row(words, scale, one, words.head(one.arm)) for one in found]
    chart = Intervals(rows, words.say(f"axis_{scale.kind}", **_compared(words, name)), scale.tick)
    return chart.figure(
        Told(
            finding=words.finding(*_found(words, found)),
            columns=[words.say(key) for key in ("group", "customers", "level", "level_control", "difference")]
            + [words.confidence(found[0]), words.say("relative")],
            rows=[_cells(words, one) for one in found],
            summary=words.say("numbers"),
        )
    )


def row(words: Words, scale: Scale, effect: Effect, label: str, *, ink: str = "accent") -> Row:
    """Turn an effect into a row of a chart."""
    estimate, low, high = (scale.size(end) for end in (effect.estimate, effect.low, effect.high))
    return Row(label, estimate, low, high, words.voice.difference(effect), ink)


def _compared(words: Words, metric: str) -> dict[str, str]:
    return {"metric": words.voice.metric(metric), "control": words.arm(words.readout.experiment.control)}


def _cells(words: Words, effect: Effect) -> list[str]:
    voice = words.voice
    return [
        words.head(effect.arm),
        voice.numbers.customers(effect.n),
        voice.level(effect.metric, effect.level),
        voice.level(effect.metric, effect.level_versus),
        voice.change(effect.metric, effect.estimate),
        voice.interval(effect),
        relative(words, effect),
    ]


def relative(words: Words, effect: Effect) -> str:
    """Write an effect as a share of the control's level, where that level is above 0."""
    if effect.level_versus <= 0 or not math.isfinite(effect.relative):
        return words.voice.words("unknown")
    sign = "+" if effect.relative > 0 else ""
    return f"{sign}{words.voice.numbers.share(effect.relative, digits=0)}"


def _found(words: Words, found: list[Effect]) -> list[str]:
    """Say which arms lie clear of zero, which do not, and how the best two compare."""
    what = words.what(found[0].metric)
    raised, lowered = [one for one in found if one.low > 0], [one for one in found if one.high < 0]
    still = [one.arm for one in found if one.low <= 0 <= one.high]
    alpha = words.readout.experiment.alpha
    frail = [one.arm for one in (*raised, *lowered) if one.p_corrected >= alpha]
    return [
        words.silent(found),
        words.about("raises", [one.arm for one in raised], what=what),
        words.about("lowers", [one.arm for one in lowered], what=what),
        words.about("open", still),
        words.about("frail", frail),
        _best_two(words, sorted(raised, key=lambda one: -one.estimate)[:2]),
    ]


def _best_two(words: Words, best: list[Effect]) -> str:
    """Compare the two arms that raise the primary metric most, by the interval of their difference."""
    if len(best) < 2:  # noqa: PLR2004 - two to compare
        return ""
    first, second = best
    apart = next((one for one in words.readout.rivals if {one.arm, one.versus} == {first.arm, second.arm}), None)
    if apart is None or apart.metric != first.metric:
        return ""
    if apart.arm != first.arm:
        apart = turned(apart)
    arms = {"first": words.arm(first.arm), "second": words.arm(second.arm)}
    if apart.low <= 0 <= apart.high:
        return words.say("alike", **arms)
    numbers = {"difference": words.unsigned(apart), "interval": words.voice.interval(apart)}
    return words.about("leads", [first.arm], second=arms["second"], **numbers)


def turned(effect: Effect) -> Effect:
    """Return the same comparison seen from the other arm."""
    return effect._replace(
        arm=effect.versus,
        versus=effect.arm,
        n=effect.n_versus,
        n_versus=effect.n,
        estimate=-effect.estimate,
        low=-effect.high,
        high=-effect.low,
    )
