"""For whom it works, what it is worth, and what is done next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab.experiments import Reason, Verdict
from cjlab.reports.pages._body import Body, Grid, section
from cjlab.reports.pages._plan import challengers, loses, thousand
from cjlab.reports.pages._teller import NET
from cjlab.reports.pages._top import rounded

if TYPE_CHECKING:
    from cjlab.reports.pages._part import Part
    from cjlab.reports.pages._teller import Teller


def segments(tell: Teller) -> Part:
    """Open the section on segments, with what was not read and why."""
    title = tell.say("segments")
    if not tell.experiment.segments:
        return section(title, Body(paragraphs=[tell.say("segments_none")]))
    if not tell.readable:
        return section(title, Body(paragraphs=[tell.say("segments_hidden")]))
    if not tell.readout.segments:
        return section(title, Body(paragraphs=[tell.say("segments_small")]))
    said = [tell.say("segments_lead", count=tell.numbers.count(len(tell.readout.segments)))]
    read = {one.effect.segment for one in tell.readout.segments}
    few = [tell.segment(one.name) for one in tell.experiment.segments if one.name not in read]
    if few:
        said.append(tell.say(f"segments_few_{'one' if len(few) == 1 else 'many'}", segments=tell.joined(few)))
    return section(title, Body(lead=said))


def value(tell: Teller) -> Part:
    """Say what each arm is worth, from which margin on it pays, and whom to contact."""
    said = [_whom(tell)]
    if not tell.readable:
        return section(tell.say("value"), Body(paragraphs=said))
    if tell.experiment.value is None:
        return section(tell.say("value"), Body(paragraphs=[*said, tell.say("value_none")]))
    return section(tell.say("value"), Body(paragraphs=[*said, _counted(tell)], grid=_worth(tell)))


def _worth(tell: Teller) -> Grid:
    """Lay out what each arm is worth, and the margin at which it pays where the margin was typed in."""
    assumed = tell.experiment.value is not None and tell.experiment.value.margin_assumed
    names = ["group", "net_per_thousand", "contact_cost", *(["pays_from", "pays_from_low"] if assumed else [])]
    columns = [tell.say(name) for name in names]
    columns.insert(2, tell.say("interval", confidence=tell.confidence()))
    rows = [
        _of_arm(tell, arm.name) + (_break_even(tell, arm.name) if assumed else []) for arm in tell.experiment.treated
    ]
    return Grid(columns, rows, frozenset(range(1, len(columns))))


def _of_arm(tell: Teller, arm: str) -> list[str]:
    net = tell.readout.effect(NET, arm)
    cost = 1000 * (tell.readout.costs[arm] - tell.readout.costs[tell.experiment.control])
    return [tell.head(arm), tell.voice.step(NET, net.estimate), tell.voice.interval(net), thousand(tell, cost)]


def _break_even(tell: Teller, arm: str) -> list[str]:
    """Write the margins at which an arm just pays; above the whole amount none does."""
    known = [None if one is None or one > 1 else one for one in tell.readout.break_even(arm)]
    return [tell.say("pays_never") if one is None else tell.numbers.share(one, digits=1) for one in known]


def _counted(tell: Teller) -> str:
    """Say what the money is made of."""
    worth = tell.experiment.value
    if worth is None:
        return ""
    metric = tell.voice.metric(worth.metric)
    if worth.margin == 1 and not worth.margin_assumed:
        return tell.say("value_margin_own", metric=metric)
    assumed = tell.say("value_assumed") if worth.margin_assumed else ""
    return tell.say("value_margin", margin=tell.share(worth.margin), metric=metric, assumed=assumed)


def differing(tell: Teller) -> list[str]:
    """Name the segments in which the leading arm's effect differs clearly from the other customers'."""
    mine = [one for one in tell.readout.segments if one.effect.arm == tell.readout.leader]
    return [tell.segment(str(one.effect.segment)) for one in mine if one.differs_p < tell.experiment.alpha]


def _whom(tell: Teller) -> str:
    if tell.verdict is not Verdict.DEPLOY:
        return tell.say("whom_none")
    other = differing(tell)
    if other:
        return tell.say(f"whom_some_{'one' if len(other) == 1 else 'many'}", segments=tell.joined(other))
    return tell.say("whom_all" if tell.readout.segments else "whom_all_unread")


def following(tell: Teller) -> Part:
    """List what is done next."""
    steps = {
        Verdict.DEPLOY: _after_deploy,
        Verdict.WORKS: _after_works,
        Verdict.KEEP_TESTING: _after_waiting,
        Verdict.DO_NOT_DEPLOY: _after_stop,
        Verdict.INVALID: _after_broken,
    }[tell.verdict](tell)
    return section(tell.say("next"), Body(steps=[step for step in steps if step]))


def _after_deploy(tell: Teller) -> list[str]:
    share, others, other = tell.experiment.holdout, challengers(tell), differing(tell)
    send = "next_deploy_send" if share else "next_deploy_send_all"
    worth = tell.experiment.value
    assumed = worth is not None and (worth.margin_assumed or tell.experiment.arm(tell.readout.leader).cost is not None)
    return [
        tell.say(send, arm=tell.arm(tell.readout.leader), share=tell.share(share)),
        tell.say("next_deploy_read", horizon=tell.horizon()) if share else "",
        tell.say("next_challenge", others=tell.joined(others)) if others else "",
        tell.say("next_assumed") if assumed else "",
        tell.say("next_segments", segments=tell.joined(other)) if other else "",
        "" if tell.readout.guardrails else tell.say("next_guardrails"),
    ]


def _after_works(tell: Teller) -> list[str]:
    key = "next_loses" if loses(tell) else "next_works_more"
    guardrails = "" if tell.readout.guardrails else tell.say("next_guardrails")
    return [tell.say("next_works_value" if tell.experiment.value is None else key), guardrails]


def _after_waiting(tell: Teller) -> list[str]:
    sound, last = tell.readout.soundness, tell.say("next_no_peek")
    if sound.unfinished is Reason.IMMATURE:
        if sound.complete is None or not tell.experiment.dated:
            return [tell.say("next_wait_open", horizon=tell.horizon()), last]
        return [tell.say("next_wait", date=tell.date(sound.complete)), last]
    if sound.missing:
        key = "next_size_one" if sound.missing == 1 else "next_size"
        return [tell.say(key, count=tell.numbers.count(sound.missing)), last]
    verdict = tell.readout.decision.of(tell.readout.leader)
    if verdict.reason is Reason.GUARDRAIL_OPEN:
        return [tell.say("next_guardrail_open"), last]
    if verdict.needed is None:
        return [tell.say("next_redesign"), last]
    return [tell.say("next_needed", count=rounded(tell, verdict.needed), arm=tell.head(tell.readout.leader)), last]


def _after_stop(tell: Teller) -> list[str]:
    return [tell.say("next_stop"), tell.say("next_learn")]


def _after_broken(tell: Teller) -> list[str]:
    return [tell.say("next_cause"), tell.say("next_repair"), tell.say("next_again")]
