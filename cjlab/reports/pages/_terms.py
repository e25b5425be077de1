"""What each number means, and how it was computed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from babel.numbers import get_currency_name

from cjlab._display import started
from cjlab.reports.pages import _body
from cjlab.reports.pages._part import Part, laid_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjlab.experiments import Metric
    from cjlab.reports.pages._teller import Teller


class Term(NamedTuple):
    """A name, what it means, and the events and column it is made from."""

    name: str
    text: str
    events: Sequence[str] = ()
    column: str = ""


def definitions(tell: Teller) -> Part:
    """Define every metric and every word that the page uses."""
    terms = [*(_metric(tell, one) for one in tell.experiment.metrics), *_net(tell), *_words(tell)]
    words = {"source": tell.say("source_event"), "column": tell.say("source_column"), "either": tell.say("or")}
    return laid_out("definitions", tell.say("definitions"), "definitions", terms=terms, **words)


def _metric(tell: Teller, metric: Metric) -> Term:
    parts = {part: tell.voice.metric(name) for part, name in (("top", metric.top), ("bottom", metric.bottom)) if name}
    said = [
        tell.say(f"def_{metric.kind}", horizon=tell.horizon(), **parts),
        _unit(tell, metric),
        tell.say(f"role_{metric.role}"),
    ]
    return Term(started(tell.voice.metric(metric.name)), " ".join(said), metric.events, metric.of or "")


def _unit(tell: Teller, metric: Metric) -> str:
    if metric.currency:
        currency = get_currency_name(tell.experiment.currency, count=2, locale=tell.language)
        return tell.say("unit_money", currency=currency)
    return tell.say({"share": "unit_share", "ratio": "unit_ratio"}.get(metric.kind, "unit_number"))


def _net(tell: Teller) -> list[Term]:
    value = tell.experiment.value
    if value is None:
        return []
    words = {"metric": tell.voice.metric(value.metric), "margin": tell.share(value.margin), "horizon": tell.horizon()}
    return [Term(tell.say("def_net_name"), tell.say("def_net", **words))]


def _words(tell: Teller) -> list[Term]:
    interval = Term(tell.say("def_interval_name"), tell.say("def_interval", confidence=tell.confidence()))
    others = [Term(tell.say(f"def_{name}_name"), tell.say(f"def_{name}")) for name in ("extra", "p")]
    return [others[0], interval, others[1]]


def method(tell: Teller) -> Part:
    """Say how it was computed, in the words of statistics."""
    experiment = tell.experiment
    minimum = tell.voice.change(experiment.primary.name, experiment.primary.minimum_effect)
    loss = -experiment.value.loss_agreed if experiment.value else 0.0
    used = {
        "m_design": True,
        "m_shares": True,
        "m_families": True,
        "m_adjusted": bool(tell.readout.adjusted),
        "m_guardrails": bool(experiment.guardrails),
        "m_segments": bool(tell.readout.segments),
        "m_split": True,
        "m_balance": bool(experiment.balance),
        "m_rule": True,
        "m_choice": len(experiment.treated) > 1,
        "m_looks": True,
    }
    words = {
        "alpha": tell.share(experiment.alpha),
        "count": tell.numbers.count(len(tell.readout.segments)),
        "p": tell.p(tell.readout.soundness.sample_ratio_p),
        "minimum": minimum,
        "loss": tell.voice.level("net", loss),
    }
    body = _body.Body(paragraphs=[tell.say(key, **words) for key, wanted in used.items() if wanted])
    return _body.method(tell.say("method"), body)
