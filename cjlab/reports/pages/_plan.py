"""The box that says what is done: for whom, what, from when, at what cost, and when it is read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab._display import started
from cjlab.experiments import Reason, Verdict
from cjlab.reports.pages._part import Part, laid_out
from cjlab.reports.pages._teller import NET
from cjlab.reports.pages._top import rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjlab.reports.pages._teller import Teller

_WEEK = 7  # days
_KEYS = {
    Verdict.WORKS: "works",
    Verdict.KEEP_TESTING: "keep_testing",
    Verdict.DO_NOT_DEPLOY: "do_not_deploy",
    Verdict.INVALID: "invalid",
}


def plan(tell: Teller) -> Part:
    """Lay out what is done; a line that nobody declared is left out."""
    deployed = tell.verdict is Verdict.DEPLOY
    lines = {
        "for_whom": tell.experiment.say("population", tell.language),
        "excluded": tell.experiment.say("excluded", tell.language) if deployed else "",
        "what": _what(tell),
        "starts": (tell.experiment.say("start", tell.language) or tell.say("starts_open")) if deployed else "",
        "volume": _volume(tell) if deployed else "",
        "cost": _cost(tell) if deployed else "",
        "kept_aside": _aside(tell) if deployed else "",
        "next_reading": _reading(tell),
    }
    known = [(tell.say(name), said) for name, said in lines.items() if said]
    return laid_out("plan", tell.say("plan"), "plan", heading=tell.say("plan"), lines=known)


def _what(tell: Teller) -> str:
    decision = tell.readout.decision
    if tell.verdict is Verdict.KEEP_TESTING and decision.stopped:
        arms = {"open": _arms(tell, decision.open), "stopped": started(_arms(tell, decision.stopped))}
        return tell.say("what_keep_testing_some", **arms)
    if tell.verdict is not Verdict.DEPLOY:
        return tell.say("what_loses" if loses(tell) else f"what_{_KEYS[tell.verdict]}")
    arm, others = tell.arm(tell.readout.leader), challengers(tell)
    if not others:
        return tell.say("what_deploy", arm=arm)
    number = "one" if len(others) == 1 else "many"
    return tell.say(f"what_deploy_others_{number}", arm=arm, others=tell.joined(others))


def _arms(tell: Teller, arms: Sequence[str]) -> str:
    return tell.joined([tell.arm(arm) for arm in arms])


def loses(tell: Teller) -> bool:
    """Whether every arm that works is known to cost more than it brings."""
    works = [one for one in tell.readout.decision.arms if one.verdict is Verdict.WORKS]
    return bool(works) and all(one.reason is Reason.LOSES for one in works)


def challengers(tell: Teller) -> list[str]:
    """Say the other arms that work."""
    return [tell.arm(arm) for arm in working(tell)]


def working(tell: Teller) -> list[str]:
    """Name the other arms that work and pay, or may: whose net value is not known, or seems not to be a loss."""
    good = {Verdict.DEPLOY, Verdict.WORKS}
    lasting = [one for one in tell.readout.decision.arms if one.verdict in good and one.arm != tell.readout.leader]
    return [one.arm for one in lasting if one.verdict is Verdict.DEPLOY or _may_pay(tell, one.arm)]


def _may_pay(tell: Teller, arm: str) -> bool:
    value = tell.experiment.value
    return value is None or tell.readout.effect(NET, arm).estimate > -value.loss_agreed


def a_week(tell: Teller) -> float | None:
    """Return the customers contacted a week: as declared, or as they entered the test less those kept aside.

    The pace is that of the days from the first entry to the last, both counted; under a week none is known.
    """
    if tell.experiment.per_week is not None:
        return float(tell.experiment.per_week)
    enrolled = tell.readout.soundness.enrolment
    if not tell.experiment.dated or enrolled.first is None or enrolled.last is None:
        return None
    weeks = ((tell.day(enrolled.last) - tell.day(enrolled.first)).days + 1) / _WEEK
    return (1 - tell.experiment.holdout) * enrolled.total / weeks if weeks >= 1 else None


def _volume(tell: Teller) -> str:
    pace, share = a_week(tell), tell.experiment.holdout
    if pace is None:
        return ""
    measured = "volume_week_less" if share else "volume_week"
    key = measured if tell.experiment.per_week is None else "volume_declared"
    return tell.say(key, count=rounded(tell, round(pace)), share=tell.share(share))


def _cost(tell: Teller) -> str:
    """Say what 1,000 contacts cost, and a week of them where the pace of the test is known."""
    if not tell.readout.costs:
        return ""
    cost, pace = tell.readout.costs[tell.readout.leader], a_week(tell)
    words = {"cost": thousand(tell, 1000 * cost)}
    said = tell.say("cost_only", **words)
    if pace is not None:
        said = tell.say("cost_week", **words, week=tell.money(float(f"{pace * cost:.2g}")))
    assumed = tell.experiment.arm(tell.readout.leader).cost is not None
    return tell.say("cost_assumed", cost=said) if assumed else said


def thousand(tell: Teller, cost: float) -> str:
    """Write what 1,000 contacts cost, in whole units where it is."""
    return tell.money(cost, digits=0 if round(cost, 6).is_integer() else 2)


def _aside(tell: Teller) -> str:
    share = tell.experiment.holdout
    return tell.say("aside", share=tell.share(share)) if share else ""


def _reading(tell: Teller) -> str:
    if tell.verdict is Verdict.KEEP_TESTING:
        return _once_finished(tell)
    if tell.readout.soundness.broken in {Reason.CONTAMINATED, Reason.NOT_SENT}:
        return tell.say("reading_invalid_contacts")
    return tell.say(f"reading_{_KEYS.get(tell.verdict, 'deploy')}", horizon=tell.horizon())


def _once_finished(tell: Teller) -> str:
    """Say when a test that goes on is read again."""
    sound = tell.readout.soundness
    if sound.unfinished is Reason.IMMATURE and tell.complete:
        return tell.say("reading_date", date=tell.complete, horizon=tell.horizon())
    if sound.unfinished is Reason.IMMATURE:
        return tell.say("reading_followed", horizon=tell.horizon())
    if sound.missing:
        key = "reading_size_one" if sound.missing == 1 else "reading_size"
        return tell.say(key, count=tell.numbers.count(sound.missing), horizon=tell.horizon())
    needed = tell.readout.decision.of(tell.readout.leader).needed
    if needed is None:
        return tell.say("reading_open")
    return tell.say(
        "reading_needed", count=rounded(tell, needed), arm=tell.head(tell.readout.leader), horizon=tell.horizon()
    )
