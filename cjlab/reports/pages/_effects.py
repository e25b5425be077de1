"""What the test changed: the lead, and every number of every metric and group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab._display import started
from cjlab.reports.pages._body import Body, Fold, Grid, section, text

if TYPE_CHECKING:
    from cjlab.experiments import Effect
    from cjlab.reports.pages._part import Part
    from cjlab.reports.pages._teller import Teller

_NUMBERS = frozenset(range(2, 7))


def lead(tell: Teller) -> Part:
    """Open the section, and say how its charts are read, or why there are none."""
    title = tell.say("effects", messages=tell.messages)
    if not tell.readable:
        return section(title, Body(paragraphs=[tell.say("effects_hidden")]))
    if not tell.seen:
        return section(title, Body(paragraphs=[tell.say("so_far_none", horizon=tell.horizon())]))
    said = [tell.say("effects_lead", confidence=tell.confidence())]
    if tell.readout.soundness.unfinished is not None:
        said.insert(0, tell.say("so_far_lead"))
    return section(title, Body(lead=said))


def short(tell: Teller) -> str:
    """Say the effect of the leading group on the main metric in a line: ``+7.66 points (7.00 to 8.32)``."""
    if not tell.readable:
        return ""
    effect = tell.readout.effect(tell.experiment.primary.name, tell.readout.leader)
    return f"{tell.change(effect)} ({tell.voice.interval(effect)})"


def hidden(title: str) -> Part:
    """Stand where something would be shown, and show nothing."""
    return text(title, Body())


def numbers(tell: Teller) -> Part:
    """Fold the table of all metrics and groups: levels, difference, interval, p; the adjusted line below each."""
    title = tell.say("all_numbers")
    if not tell.seen:
        return hidden(title)
    columns = [tell.say(name) for name in ("metric", "group", "in_control", "in_group")]
    columns += [tell.say("difference_with", confidence=tell.confidence()), tell.say("p"), tell.say("p_corrected")]
    rows = [row for one in tell.readout.effects for row in _rows(tell, one)]
    return text(title, Body(folded=Fold(title, Grid(columns, rows, _NUMBERS), tell.say("all_numbers_note"))))


def _rows(tell: Teller, effect: Effect) -> list[list[str]]:
    metric = started(tell.voice.metric(effect.metric))
    adjusted = [one for one in tell.readout.adjusted if (one.metric, one.arm) == (effect.metric, effect.arm)]
    corrected = tell.experiment.metric(effect.metric).role != "guardrail"
    first = _row(tell, effect, metric, tell.numbers.probability(effect.p_corrected) if corrected else "")
    return [first, *(_row(tell, one, tell.say("adjusted"), "") for one in adjusted)]


def _row(tell: Teller, effect: Effect, metric: str, corrected: str) -> list[str]:
    voice = tell.voice
    return [
        metric,
        tell.head(effect.arm),
        voice.level(effect.metric, effect.level_versus),
        voice.level(effect.metric, effect.level),
        voice.difference(effect),
        tell.numbers.probability(effect.p),
        corrected,
    ]
