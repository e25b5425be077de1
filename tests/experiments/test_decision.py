"""The rule, arm by arm: first match wins, and each line of it can be the one that decides."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cjlab.errors import SpecError
from cjlab.experiments import Decision, Effect, Metric, Reason, Verdict
from cjlab.experiments._decision import ArmVerdict
from cjlab.experiments._enrolment import Enrolment
from cjlab.experiments._guardrail import guardrail
from cjlab.experiments._rule import ArmEvidence, arm_verdict, decide
from cjlab.experiments._soundness import Soundness

if TYPE_CHECKING:
    from cjlab.experiments import Experiment

MOMENT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
GUARD = Metric(name="complaint", kind="share", event="complaint", role="guardrail", goal="down", margin=0.01)


SENT = {"none": 0, "a": 1000, "b": 1000}


def effect(low: float, high: float, *, metric: str = "visit", arm: str = "a", versus: str = "none") -> Effect:
    middle = (low + high) / 2
    return Effect(metric, arm, versus, 1000, 1000, 0.1 + middle, 0.1, middle, low, high, 0.01, 0.01, 0, 0, 0)


def sound(**changes: object) -> Soundness:
    counts = {"none": 1000, "a": 1000, "b": 1000}
    enrolled = Enrolment(counts, counts, SENT, MOMENT, MOMENT)
    whole = Soundness(enrolled, 0.5, (), None, 0.95, MOMENT, ("a", "b"))
    return replace(whole, **changes)  # type: ignore[arg-type] # the fields of a soundness


def evidence(
    primary: Effect, *, cleared: bool = False, net: Effect | None = None, complaint: Effect | None = None
) -> ArmEvidence:
    guards = () if complaint is None else (guardrail(GUARD, complaint),)
    return ArmEvidence(primary, cleared, guards, net, needed=5000)


def judged(experiment: Experiment, soundness: Soundness, given_: ArmEvidence) -> tuple[Verdict, Reason]:
    verdict = arm_verdict(experiment, soundness, given_)
    return verdict.verdict, verdict.reason


WORKS = effect(0.01, 0.03)
PAYS = effect(0.1, 0.3, metric="net")
HELD = effect(-0.002, 0.004, metric="complaint")
OPEN = effect(-0.002, 0.02, metric="complaint")
BROKEN = effect(0.011, 0.02, metric="complaint")


def test_a_broken_split_comes_before_everything(experiment: Experiment) -> None:
    found = judged(experiment, sound(sample_ratio_p=0.0009), evidence(effect(-0.3, -0.1), complaint=BROKEN))
    assert found == (Verdict.INVALID, Reason.SAMPLE_RATIO)
    assert sound(sample_ratio_p=0.001).broken is None


def test_a_contacted_control_is_no_control(experiment: Experiment) -> None:
    counts = {"none": 1000, "a": 1000, "b": 1000}
    spoilt = Enrolment(counts, counts, {"none": 11, "a": 1000, "b": 1000}, MOMENT, MOMENT)
    assert judged(experiment, sound(enrolment=spoilt), evidence(WORKS)) == (Verdict.INVALID, Reason.CONTAMINATED)


def test_an_arm_that_was_sent_nothing_tests_nothing(experiment: Experiment) -> None:
    counts = {"none": 1000, "a": 1000, "b": 1000}
    silent = sound(enrolment=Enrolment(counts, counts, {"none": 0, "a": 1000, "b": 9}, MOMENT, MOMENT))
    assert (silent.unsent, silent.broken) == (("b",), Reason.NOT_SENT)
    assert judged(experiment, silent, evidence(WORKS)) == (Verdict.INVALID, Reason.NOT_SENT)
    assert replace(silent, contacted=("a",)).broken is None


def test_a_control_that_is_meant_to_be_contacted_is_no_fault() -> None:
    counts = {"none": 1000, "a": 1000, "b": 1000}
    everyone = Enrolment(counts, counts, counts, MOMENT, MOMENT)
    assert sound(enrolment=everyone).broken is Reason.CONTAMINATED
    assert sound(enrolment=everyone, contacted=("none", "a", "b")).broken is None


def test_an_unfinished_test_has_no_verdict(experiment: Experiment) -> None:
    assert judged(experiment, sound(planned=3001), evidence(effect(-0.3, -0.1))) == (
        Verdict.KEEP_TESTING,
        Reason.SMALL,
    )
    young = Enrolment({"none": 1000, "a": 1000, "b": 1000}, {"none": 949, "a": 949, "b": 949}, SENT, MOMENT, MOMENT)
    assert judged(experiment, sound(enrolment=young), evidence(WORKS)) == (Verdict.KEEP_TESTING, Reason.IMMATURE)


def test_harm_and_a_broken_guardrail_stop_an_arm(experiment: Experiment) -> None:
    stopped = judged(experiment, sound(), evidence(WORKS, cleared=True, net=PAYS, complaint=BROKEN))
    assert stopped == (Verdict.DO_NOT_DEPLOY, Reason.GUARDRAIL)
    assert judged(experiment, sound(), evidence(effect(-0.03, -0.01))) == (Verdict.DO_NOT_DEPLOY, Reason.HARM)


def test_what_works_and_pays_is_deployed(experiment: Experiment) -> None:
    found = judged(experiment, sound(), evidence(WORKS, cleared=True, net=PAYS, complaint=HELD))
    assert found == (Verdict.DEPLOY, Reason.PAYS)


def test_what_works_without_paying_is_only_said_to_work(experiment: Experiment) -> None:
    loses = effect(-0.1, 0.3, metric="net")
    wanted = (Verdict.WORKS, Reason.NOT_SHOWN_TO_PAY)
    assert judged(experiment, sound(), evidence(WORKS, cleared=True, net=loses, complaint=HELD)) == wanted
    assert judged(experiment, sound(), evidence(WORKS, cleared=True, net=None)) == wanted
    assert experiment.value is not None
    generous = replace(experiment, value=replace(experiment.value, loss_agreed=0.11))
    assert judged(generous, sound(), evidence(WORKS, cleared=True, net=loses)) == (Verdict.DEPLOY, Reason.PAYS)


def test_an_open_guardrail_keeps_the_test_going(experiment: Experiment) -> None:
    found = arm_verdict(experiment, sound(), evidence(WORKS, cleared=True, net=PAYS, complaint=OPEN))
    assert (found.verdict, found.reason, found.needed) == (Verdict.KEEP_TESTING, Reason.GUARDRAIL_OPEN, 5000)


def test_too_little_is_futile_and_neither_is_undecided(experiment: Experiment) -> None:
    primary = replace(experiment.primary, minimum_effect=0.02)
    asking = replace(experiment, metrics=(primary, *experiment.metrics[1:]))
    assert judged(asking, sound(), evidence(effect(0.001, 0.019))) == (Verdict.DO_NOT_DEPLOY, Reason.FUTILE)
    assert judged(asking, sound(), evidence(effect(0.001, 0.021))) == (Verdict.KEEP_TESTING, Reason.UNDECIDED)


@pytest.mark.parametrize(
    ("high", "cleared", "found"),
    [
        (0.029, False, (Verdict.DO_NOT_DEPLOY, Reason.BELOW_EXPECTED)),
        (0.031, False, (Verdict.KEEP_TESTING, Reason.UNDECIDED)),
        (0.029, True, (Verdict.WORKS, Reason.NOT_SHOWN_TO_PAY)),
    ],
)
def test_less_than_the_test_was_planned_to_find_is_futile(
    experiment: Experiment, high: float, found: tuple[Verdict, Reason], *, cleared: bool
) -> None:
    planned = replace(experiment, planned_customers=3000, expected_effect=0.03)
    assert judged(planned, sound(planned=3000), evidence(effect(0.001, high), cleared=cleared)) == found
    unplanned = replace(experiment, expected_effect=0.03)
    assert judged(unplanned, sound(), evidence(effect(0.001, 0.029)))[0] is Verdict.KEEP_TESTING


def test_an_arm_that_is_known_to_lose_money_is_not_tested_further(experiment: Experiment) -> None:
    losing, undecided = effect(-0.3, -0.1, metric="net"), effect(-0.01, 0.03)
    stopped = (Verdict.DO_NOT_DEPLOY, Reason.COSTS)
    assert judged(experiment, sound(), evidence(undecided, net=losing)) == stopped
    assert judged(experiment, sound(), evidence(WORKS, cleared=True, net=losing, complaint=OPEN)) == stopped
    assert experiment.value is not None
    generous = replace(experiment, value=replace(experiment.value, loss_agreed=0.2))
    assert judged(generous, sound(), evidence(undecided, net=losing)) == (Verdict.KEEP_TESTING, Reason.UNDECIDED)
    working = judged(experiment, sound(), evidence(WORKS, cleared=True, net=losing, complaint=HELD))
    assert working == (Verdict.WORKS, Reason.LOSES)


def guarded(kind: str, *, level: float, low: float, estimate: float = 0.0) -> tuple[bool, bool, bool]:
    money = {"of": "amount"} if kind in {"sum", "mean"} else {}
    metric = Metric(name="refund", kind=kind, event="refund", role="guardrail", goal="down", margin=0.01, **money)
    seen = effect(low, low, metric="refund")._replace(level=level, level_versus=level, estimate=estimate)
    found = guardrail(metric, seen)
    return found.held, found.broken, found.measured


def test_a_guardrail_without_an_interval_is_held_as_seen_or_cannot_be_measured() -> None:
    unknown = float("nan")
    assert guarded("sum", level=0.0, low=unknown) == (True, False, True)
    assert guarded("sum", level=3.0, low=unknown) == (False, False, False)
    assert guarded("mean", level=unknown, low=unknown, estimate=unknown) == (False, False, False)
    assert guarded("mean", level=0.0, low=unknown) == (False, False, False)
    assert guarded("count", level=1.0, low=0.02) == (False, True, True)


def test_a_guardrail_that_cannot_be_measured_ends_the_test(experiment: Experiment) -> None:
    metric = replace(GUARD, kind="mean", of="amount")
    seen = effect(float("nan"), float("nan"), metric="complaint")
    blind = replace(evidence(WORKS, cleared=True, net=PAYS), guardrails=(guardrail(metric, seen),))
    assert judged(experiment, sound(), blind) == (Verdict.DO_NOT_DEPLOY, Reason.GUARDRAIL_UNKNOWN)


@given(low=st.floats(-1, 1), width=st.floats(0.001, 1), cleared=st.booleans())
def test_less_is_better_mirrors_more_is_better(
    experiment: Experiment, low: float, width: float, *, cleared: bool
) -> None:
    down = replace(experiment, metrics=(replace(experiment.primary, goal="down"), *experiment.metrics[1:]))
    up = judged(experiment, sound(), evidence(effect(low, low + width), cleared=cleared))
    assert judged(down, sound(), evidence(effect(-low - width, -low), cleared=cleared)) == up


def decided(verdicts: dict[str, Verdict], net: dict[tuple[str, str], tuple[float, float]]) -> Decision:
    arms = tuple(ArmVerdict(arm, verdict, Reason.PAYS) for arm, verdict in verdicts.items())
    worth = {}
    for (arm, versus), (low, high) in net.items():
        worth[arm, versus] = effect(low, high, metric="net", arm=arm, versus=versus)
    return decide(arms, worth, {"none": 0.0, "a": 0.1, "b": 0.2})


DEPLOY = Verdict.DEPLOY


def test_the_most_valuable_arm_is_chosen() -> None:
    net = {("a", "none"): (0.1, 0.3), ("b", "none"): (0.4, 0.8), ("b", "a"): (0.1, 0.7), ("a", "b"): (-0.7, -0.1)}
    chosen = decided({"a": DEPLOY, "b": DEPLOY}, net)
    assert (chosen.arm, chosen.tied) == ("b", ())


def test_arms_that_cannot_be_told_apart_yield_the_cheaper() -> None:
    net = {("a", "none"): (0.1, 0.3), ("b", "none"): (0.2, 0.4), ("b", "a"): (-0.1, 0.3), ("a", "b"): (-0.3, 0.1)}
    chosen = decided({"a": DEPLOY, "b": DEPLOY}, net)
    assert (chosen.arm, chosen.tied) == ("a", ("b",))


def test_among_equal_costs_the_higher_net_value_is_taken_whatever_the_rounding() -> None:
    arms = tuple(ArmVerdict(arm, DEPLOY, Reason.PAYS) for arm in ("a", "b"))
    worth = {("a", "none"): (0.1, 0.3), ("b", "none"): (0.2, 0.4), ("b", "a"): (-0.1, 0.3), ("a", "b"): (-0.3, 0.1)}
    net = {pair: effect(*ends, metric="net", arm=pair[0], versus=pair[1]) for pair, ends in worth.items()}
    chosen = decide(arms, net, {"none": 0.0, "a": 0.1, "b": 0.1 + 1e-15})
    assert (chosen.arm, chosen.tied) == ("b", ("a",))


def test_of_arms_that_work_the_one_that_may_pay_comes_forward() -> None:
    arms = (
        ArmVerdict("a", Verdict.WORKS, Reason.LOSES),
        ArmVerdict("b", Verdict.WORKS, Reason.NOT_SHOWN_TO_PAY),
    )
    assert decide(arms, {}, {}).arm == "b"
    assert decide((arms[0], replace(arms[0], arm="b")), {}, {}).arm is None


def test_a_decision_names_what_is_open_and_what_is_stopped() -> None:
    mixed = decided({"a": Verdict.DO_NOT_DEPLOY, "b": Verdict.KEEP_TESTING}, {})
    assert (mixed.verdict, mixed.open, mixed.stopped) == (Verdict.KEEP_TESTING, ("b",), ("a",))


def test_one_invalid_arm_makes_the_test_invalid() -> None:
    assert decided({"a": DEPLOY, "b": Verdict.INVALID}, {("a", "none"): (0.1, 0.3)}).verdict is Verdict.INVALID


def test_an_arm_that_is_not_there_is_named() -> None:
    with pytest.raises(SpecError, match="arm is 'c'; allowed: 'a'"):
        decided({"a": Verdict.WORKS}, {}).of("c")


def test_the_best_verdict_of_any_arm_is_the_test_s() -> None:
    assert decided({"a": Verdict.KEEP_TESTING, "b": Verdict.WORKS}, {}) == Decision(
        Verdict.WORKS,
        "b",
        (ArmVerdict("a", Verdict.KEEP_TESTING, Reason.PAYS), ArmVerdict("b", Verdict.WORKS, Reason.PAYS)),
    )
