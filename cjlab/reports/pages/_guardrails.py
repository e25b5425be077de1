"""The lines that were not to be crossed, and whether they hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

from markupsafe import Markup

from cjlab._display import started
from cjlab.reports.pages._body import Body, Grid, section, text

if TYPE_CHECKING:
    from cjlab.experiments import Guardrail
    from cjlab.reports.pages._part import Part
    from cjlab.reports.pages._teller import Teller

_NUMBERS = frozenset(range(3, 7))


def guardrails(tell: Teller) -> Part:
    """Lay out every guardrail of every group against the limit agreed before."""
    title = tell.say("guardrails")
    if not tell.readable:
        return text(title, Body())
    if not tell.readout.guardrails:
        return section(title, Body(paragraphs=[tell.say("guardrails_none")]))
    names = ("metric", "group", "answer", "difference", "limit", "in_control", "in_group")
    columns = [tell.say(name) for name in names]
    return section(
        title,
        Body(
            lead=[tell.say("guardrails_lead", confidence=tell.confidence())], grid=Grid(columns, _rows(tell), _NUMBERS)
        ),
    )


def _rows(tell: Teller) -> list[list[str | Markup]]:
    voice, rows = tell.voice, list[list[str | Markup]]()
    for one in tell.readout.guardrails:
        metric, effect = tell.experiment.metric(one.metric), one.effect
        harm = voice.step(one.metric, -metric.sign * one.margin)
        rows.append(
            [
                started(voice.metric(one.metric)),
                tell.head(one.arm),
                _answer(tell, one),
                voice.difference(effect),
                tell.say("at_most" if metric.sign < 0 else "at_least", size=harm),
                voice.level(one.metric, effect.level_versus),
                voice.level(one.metric, effect.level),
            ]
        )
    return rows


def _answer(tell: Teller, one: Guardrail) -> Markup:
    """Answer whether a line holds; while the test is unfinished it is too early for any answer."""
    if tell.readout.soundness.unfinished is not None:
        return tell.chip(tell.say("too_early"), "")
    if one.held:
        return tell.chip(tell.say("held"), "good")
    if not one.measured:
        return tell.chip(tell.say("unmeasured"), "bad")
    return tell.chip(tell.say("broken"), "bad") if one.broken else tell.chip(tell.say("open"), "warn")
