"""The head of the page: facts, decision, three numbers."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from cjlab._display import started
from cjlab.experiments import Reason, Verdict
from cjlab.reports.pages._part import Part, laid_out
from cjlab.reports.pages._teller import NET

if TYPE_CHECKING:
    from cjlab.experiments import Effect, Metric
    from cjlab.reports.pages._teller import Teller

_NAMED = 4  # more groups than these are given as a range


class KeyNumber(NamedTuple):
    """A number of the head: its name, itself, its reading."""

    name: str
    value: str
    reading: str


def header(tell: Teller) -> Part:
    """Say what kind of page this is, which test, how many customers, over how long."""
    groups = tell.say("groups", count=tell.word(len(tell.experiment.arms)))
    count = tell.number("customers", tell.readout.soundness.enrolment.total)
    facts = [
        tell.say("kind"),
        started(tell.experiment.say("title", tell.language)),
        f"{count}, {groups}",
        tell.say("after", horizon=tell.horizon()),
        *([] if tell.experiment.dated else [tell.say("no_dates")]),
    ]
    return laid_out("header", tell.experiment.say("question", tell.language), "header", facts=facts)


def decision(tell: Teller) -> Part:
    """Say what to do, why, and what speaks most against it."""
    said = tell.readout.spoken(tell.language)
    return laid_out(
        "decision",
        said.headline,
        "decision",
        note=tell.experiment.say("note", tell.language),
        tone=tell.tone,
        headline=said.headline,
        why=said.why,
        reservation=said.reservation,
    )


def key_numbers(tell: Teller) -> Part:
    """Give three numbers: who was in it, what it brought, what it is worth or what is missing."""
    numbers = [_assigned(tell), *(_broken(tell) if not tell.readable else [_extra(tell), _worth(tell)])]
    return laid_out("key-numbers", tell.say("assigned"), "key_numbers", numbers=numbers)


def _assigned(tell: Teller) -> KeyNumber:
    customers = tell.readout.soundness.enrolment.customers
    count = tell.numbers.customers
    arms = [one.name for one in (*tell.experiment.treated, tell.experiment.arm(tell.experiment.control))]
    if len(arms) <= _NAMED:
        reading = " · ".join(tell.say("arm_count", arm=tell.head(arm), count=count(customers[arm])) for arm in arms)
    else:
        groups = tell.say("groups", count=tell.word(len(arms)))
        least, most = count(min(customers.values())), count(max(customers.values()))
        key = "arm_equal" if least == most else "arm_range"
        reading = tell.say(key, least=least, most=most, groups=groups)
    return KeyNumber(tell.say("assigned"), count(sum(customers.values())), reading)


def _extra(tell: Teller) -> KeyNumber:
    """Say what came on top in the leading arm."""
    metric = _sales(tell)
    effect = tell.readout.effect(metric.name, tell.readout.leader)
    name = tell.say(f"extra_{metric.kind}", metric=tell.voice.metric(metric.name))
    name = tell.say("of_arm", what=started(name), arm=tell.within(tell.readout.leader))
    value, reading = _in_all(tell, metric, effect) if metric.kind in _SUMMED else _each(tell, effect)
    return KeyNumber(name, value, _so_far(tell, reading))


def _sales(tell: Teller) -> Metric:
    """Return the metric that counts sales, by the events of the value; else a secondary one, or the primary."""
    counted = [one for one in tell.experiment.metrics if one.kind in {"share", "count"} and one.role != "guardrail"]
    value = tell.experiment.value
    sold = set(tell.experiment.metric(value.metric).events) if value else set[str]()
    selling = [one for one in counted if sold & set(one.events)]
    secondary = [one for one in counted if one.role == "secondary"]
    return next(iter([*selling, *secondary]), tell.experiment.primary)


_SUMMED = frozenset({"share", "count", "sum"})


def _in_all(tell: Teller, metric: Metric, effect: Effect) -> tuple[str, str]:
    """Multiply a difference a customer by the customers of the arm."""

    def write(a_customer: float, *, signed: bool = False) -> str:
        if not math.isfinite(a_customer):
            return tell.say("unknown")
        if metric.currency:
            return tell.numbers.money(effect.n * a_customer, tell.experiment.currency, digits=0, signed=signed)
        return tell.numbers.decimal(effect.n * a_customer, digits=0, signed=signed)

    enrolled = tell.readout.soundness.enrolment
    key = "among_contacted" if enrolled.contacted[effect.arm] == effect.n else "among_assigned"
    count = tell.numbers.customers(effect.n)
    if not (math.isfinite(effect.low) or math.isfinite(effect.high)):
        return write(effect.estimate, signed=True), tell.say("among_nothing", count=count)
    interval = tell.voice.words("interval", low=write(effect.low), high=write(effect.high))
    return write(effect.estimate, signed=True), tell.say(key, count=count, interval=interval)


def _each(tell: Teller, effect: Effect) -> tuple[str, str]:
    return tell.change(effect), tell.say("interval_of", interval=tell.voice.interval(effect))


def _so_far(tell: Teller, reading: str) -> str:
    unfinished = tell.readout.soundness.unfinished is not None
    return tell.say("so_far", text=reading) if unfinished else reading


def _worth(tell: Teller) -> KeyNumber:
    """Say what the test still lacks, else its net margin, else its main effect."""
    if tell.verdict is Verdict.KEEP_TESTING:
        return _lacking(tell)
    arm = tell.readout.leader
    if not tell.readout.net:
        value, reading = _each(tell, tell.readout.effect(tell.experiment.primary.name, arm))
        return KeyNumber(tell.say("effect_of", arm=tell.within(arm)), value, reading)
    net = tell.readout.effect(NET, arm)
    known = math.isfinite(net.low) or math.isfinite(net.high)
    reading = tell.say("net_reading", interval=tell.voice.interval(net)) if known else tell.say("net_unknown")
    return KeyNumber(tell.say("net_per", arm=tell.within(arm)), tell.voice.step(NET, net.estimate), reading)


def _lacking(tell: Teller) -> KeyNumber:
    sound, count = tell.readout.soundness, tell.numbers.count
    if sound.unfinished is Reason.IMMATURE:
        waiting = sound.enrolment.total - sum(sound.enrolment.mature.values())
        until = tell.say("still_followed_until", date=tell.complete) if tell.complete else ""
        reading = until or tell.say("still_followed_open", horizon=tell.horizon())
        return KeyNumber(tell.say("still_followed"), tell.numbers.customers(waiting), reading)
    if sound.missing and sound.planned:
        reading = tell.say("still_needed_plan", count=count(sound.planned))
        return KeyNumber(tell.say("still_needed"), count(sound.missing), reading)
    arm, needed = tell.readout.leader, tell.readout.decision.of(tell.readout.leader).needed
    if needed is None:
        return KeyNumber(tell.say("still_needed"), tell.say("out_of_reach"), tell.say("out_of_reach_in"))
    reading = tell.say("still_needed_in", arm=tell.head(arm))
    return KeyNumber(tell.say("still_needed"), rounded(tell, needed), reading)


def rounded(tell: Teller, count: int) -> str:
    """Write an estimated size with two significant digits, as what it is."""
    scale = 10 ** max(0, len(str(count)) - 2)
    return tell.numbers.count(-(-count // scale) * scale)


def _broken(tell: Teller) -> list[KeyNumber]:
    """Show what went wrong, instead of effects: the division of the customers, and who was contacted or was not."""
    sound = tell.readout.soundness
    if sound.unsent and sound.broken is Reason.NOT_SENT:
        return [_largest_gap(tell), _reached(tell, "sent_none", sound.unsent[0])]
    touched = [_reached(tell, "contacted_control", sound.alone[0])] if sound.alone else []
    gap = _largest_gap(tell)
    return [*touched, gap] if sound.broken is Reason.CONTAMINATED else [gap, *touched]


def _largest_gap(tell: Teller) -> KeyNumber:
    enrolled, planned, write = tell.readout.soundness.enrolment, tell.experiment.shares, tell.numbers.customers
    found = {arm: count / enrolled.total for arm, count in enrolled.customers.items()}
    arm = max(planned, key=lambda one: abs(found[one] - planned[one]))
    counts = {"found": write(enrolled.customers[arm]), "planned": write(round(enrolled.total * planned[arm]))}
    reading = tell.say("largest_gap_in", arm=tell.head(arm), **counts)
    return KeyNumber(tell.say("largest_gap"), tell.points(found[arm] - planned[arm]), reading)


def _reached(tell: Teller, key: str, arm: str) -> KeyNumber:
    """Say how many customers of an arm were contacted."""
    enrolled = tell.readout.soundness.enrolment
    touched, total = enrolled.contacted[arm], enrolled.customers[arm]
    counts = {"count": tell.numbers.customers(touched), "total": tell.numbers.customers(total)}
    reading = tell.say("contacted_control_in", **counts)
    return KeyNumber(tell.say(key, arm=tell.head(arm)), tell.numbers.share(touched / total, digits=1), reading)
