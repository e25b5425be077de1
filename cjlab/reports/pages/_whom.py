"""For whom it works, what it is worth, and what is done next."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from cjlab._display import started
from cjlab.experiments import Reason, Verdict
from cjlab.reports.pages._body import Body, Grid, section, text
from cjlab.reports.pages._plan import challengers, loses, thousand, working
from cjlab.reports.pages._teller import NET
from cjlab.reports.pages._top import rounded

if TYPE_CHECKING:
    from cjlab.experiments import Effect
    from cjlab.reports.pages._part import Part
    from cjlab.reports.pages._teller import Teller


def segments(tell: Teller) -> Part:
    """Open the section on segments: how their chart is read, what stands out for other arms, and what was not read."""
    title = tell.say("segments")
    if not tell.readable:
        return text(title, Body())
    if not tell.experiment.segments:
        return section(title, Body(paragraphs=[tell.say("segments_none")]))
    if not tell.readout.segments:
        return section(title, Body(paragraphs=[tell.say("segments_small")]))
    return section(
        title, Body(lead=[f"{tell.say('segments_lead')} {_wider(tell)}".strip(), *_others(tell), *_few(tell)])
    )


def _wider(tell: Teller) -> str:
    """Say how many readings widened the intervals: ``six groups × two e-mails``."""
    groups, arms = len({one.effect.segment for one in tell.readout.segments}), len(tell.experiment.treated)
    if groups * arms == 1:
        return ""
    readings = tell.say("group_one") if groups == 1 else tell.say("groups", count=tell.word(groups))
    if arms > 1:
        readings = f"{readings} × {tell.word(arms)} {tell.messages}"
    return tell.say("segments_wider", readings=readings)


def _few(tell: Teller) -> list[str]:
    read = {one.effect.segment for one in tell.readout.segments}
    few = [tell.segment(one.name) for one in tell.experiment.segments if one.name not in read]
    number = "one" if len(few) == 1 else "many"
    return [tell.say(f"segments_few_{number}", segments=tell.joined(few))] if few else []


def _others(tell: Teller) -> list[str]:
    """Say which arm the chart shows, and in which segments the others differ."""
    others = [arm.name for arm in tell.experiment.treated if arm.name != tell.readout.leader]
    if not others:
        return []
    same = [tell.arm(arm) for arm in others if not standing_out(tell, arm)]
    said = [tell.say("segments_chart", arm=tell.arm(tell.readout.leader))]
    said += [_apart(tell, arm) for arm in others if standing_out(tell, arm)]
    said += [tell.say("segments_same", arms=tell.joined(same))] if same else []
    return [" ".join(said)]


def _apart(tell: Teller, arm: str) -> str:
    """Set the segments in which an arm's effect differs beside its effect on all customers."""
    found = [
        tell.say(
            "segment_effect",
            segment=tell.segment(str(one.segment)),
            change=tell.change(one),
            interval=tell.voice.interval(one),
        )
        for one in standing_out(tell, arm)
    ]
    overall = tell.readout.effect(tell.experiment.primary.name, arm)
    whole = f"{tell.change(overall)} ({tell.voice.interval(overall)})"
    number = "one" if len(found) == 1 else "many"
    return tell.say(f"segments_apart_{number}", arm=tell.arm(arm), found=tell.joined(found), all=whole)


def standing_out(tell: Teller, arm: str) -> list[Effect]:
    """Return an arm's effects in the segments in which it differs clearly from the other customers."""
    mine = [one for one in tell.readout.segments if one.effect.arm == arm]
    return [one.effect for one in mine if one.differs_p < tell.experiment.alpha]


def value(tell: Teller) -> Part:
    """Say what each arm is worth, from which margin on it pays, and whom to contact."""
    if not tell.readable:
        return text(tell.say("value"), Body())
    said = [_whom(tell)]
    if tell.experiment.value is None:
        return section(tell.say("value"), Body(paragraphs=[*said, tell.say("value_none")]))
    grid = _worth(tell) if tell.seen else None
    return section(tell.say("value"), Body(paragraphs=[*said, *_counted(tell)], grid=grid))


def _worth(tell: Teller) -> Grid:
    """Lay out what each arm is worth, and the margin at which it pays where the margin was typed in."""
    assumed = tell.experiment.value is not None and tell.experiment.value.margin_assumed
    names = [
        "group",
        "net_per_thousand",
        f"contact_cost{_offers(tell)}",
        *(["pays_from", "pays_from_low"] if assumed else []),
    ]
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


def _offers(tell: Teller) -> str:
    """Tell the words about the cost of sending from those about offers that cost something besides their discount."""
    return "_offers" if any(arm.offer_cost for arm in tell.experiment.treated) else ""


def _break_even(tell: Teller, arm: str) -> list[str]:
    """Write the margins at which an arm just pays; above the whole amount none does."""
    known = [None if one is None or one > 1 else one for one in tell.readout.break_even(arm)]
    return [tell.say("pays_never") if one is None else tell.numbers.share(one, digits=1) for one in known]


def _counted(tell: Teller) -> list[str]:
    """Say what the money is made of, what is deducted, and where there is nothing to compare."""
    worth = tell.experiment.value
    if worth is None:
        return []
    metric = tell.voice.metric(worth.metric)
    assumed = tell.say("value_assumed") if worth.margin_assumed else ""
    own = worth.margin == 1 and not worth.margin_assumed
    money = tell.say(
        "value_margin_own" if own else "value_margin", metric=metric, margin=tell.share(worth.margin), assumed=assumed
    )
    amounts = [tell.readout.effect(worth.metric, arm.name) for arm in tell.experiment.treated]
    silent = all(math.isnan(one.p) and not one.estimate for one in amounts)
    said = tell.say("value_silent", metric=started(metric)) if silent else ""
    return [f"{money} {tell.say(f'value_cost{_offers(tell)}')}", *([said] if said else [])]


def _whom(tell: Teller) -> str:
    if tell.verdict is not Verdict.DEPLOY:
        return tell.say("whom_none")
    other = differing(tell)
    if other:
        return tell.say("whom_some", segments=tell.joined(other))
    arm = tell.arm(tell.readout.leader)
    return tell.say("whom_all" if tell.readout.segments else "whom_all_unread", arm=arm)


def differing(tell: Teller) -> list[str]:
    """Name the segments in which the leading arm's effect differs clearly from the other customers'."""
    return [tell.segment(str(one.segment)) for one in standing_out(tell, tell.readout.leader)]


def _better(tell: Teller) -> list[str]:
    """Name the next test of every other arm that works and does better in some segment than elsewhere."""
    sign, primary, said = tell.experiment.primary.sign, tell.experiment.primary.name, list[str]()
    for arm in working(tell):
        overall = tell.readout.effect(primary, arm).estimate
        better = [one for one in standing_out(tell, arm) if sign * one.estimate > sign * overall]
        segments = tell.joined([tell.segment(str(one.segment)) for one in better])
        said += [tell.say("next_better", arm=tell.arm(arm), segments=segments)] if better else []
    return said


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
    number = "one" if len(others) == 1 else "many"
    send = "next_deploy_send" if share else "next_deploy_send_all"
    worth = tell.experiment.value
    assumed = worth is not None and (worth.margin_assumed or tell.experiment.arm(tell.readout.leader).cost is not None)
    return [
        tell.say(send, arm=tell.arm(tell.readout.leader), share=tell.share(share)),
        tell.say("next_deploy_read", horizon=tell.horizon()) if share else "",
        tell.say(f"next_challenge_{number}", others=tell.joined(others)) if others else "",
        *_better(tell),
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
        missing = max(0, (sound.planned or 0) - sound.enrolment.total)
        wait = "next_wait" if tell.complete else "next_wait_open"
        return [_enter(tell, missing), tell.say(wait, date=tell.complete, horizon=tell.horizon()), last]
    if sound.missing:
        return [_enter(tell, sound.missing), last]
    stopped = tell.joined([tell.arm(arm) for arm in tell.readout.decision.stopped])
    return [tell.say("next_stop_some", stopped=stopped) if stopped else "", _to_decide(tell), last]


def _enter(tell: Teller, missing: int) -> str:
    """Ask for the customers whom the plan still wants."""
    key = "next_size_one" if missing == 1 else "next_size"
    return tell.say(key, count=tell.numbers.count(missing)) if missing else ""


def _to_decide(tell: Teller) -> str:
    """Say what would decide the arm that leads."""
    verdict = tell.readout.decision.of(tell.readout.leader)
    if verdict.reason is Reason.GUARDRAIL_OPEN:
        return tell.say("next_guardrail_out" if verdict.needed is None else "next_guardrail_open")
    if verdict.needed is None:
        return tell.say("next_redesign")
    return tell.say("next_needed", count=rounded(tell, verdict.needed), arm=tell.head(tell.readout.leader))


_CURES = {
    Reason.GUARDRAIL: "next_line",
    Reason.GUARDRAIL_UNKNOWN: "next_measure",
    Reason.COSTS: "next_loses",
}


def _after_stop(tell: Teller) -> list[str]:
    """Stop all arms; change what may be changed, and write down the rest."""
    cures = [_CURES.get(one.reason, "next_learn") for one in tell.readout.decision.arms]
    return [tell.say("next_stop"), *(tell.say(key) for key in sorted(set(cures), key=cures.index))]


_CAUSES = {Reason.CONTAMINATED: "contaminated", Reason.NOT_SENT: "not_sent"}


def _after_broken(tell: Teller) -> list[str]:
    sound = tell.readout.soundness
    if sound.broken not in _CAUSES:
        return [tell.say("next_cause"), tell.say("next_repair"), tell.say("next_again")]
    cause, arms = _CAUSES[sound.broken], tell.joined([tell.arm(arm) for arm in sound.unsent])
    said = [tell.say(f"next_{step}_{cause}", arms=arms) for step in ("cause", "repair")]
    return [*said, tell.say("next_again")]
