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
from cjlab.experiments._decision import ArmEvidence, ArmVerdict, arm_verdict, decide
from cjlab.experiments._enrolment import Enrolment
from cjlab.experiments._guardrail import guardrail
from cjlab.experiments._soundness import Soundness

if TYPE_CHECKING:
    from cjlab.experiments import Experiment

MOMENT = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
GUARD = Metric(name="complaint", kind="share", event="complaint", role="guardrail", goal="down", margin=0.01)


def effect(low: float, high: float, *, metric: str = "visit", arm: str = "a", versus: str = "none") -> Effect:
    middle = (low + high) / 2
    return Effect(metric, arm, versus, 1000, 1000, 0.1 + middle, 0.1, middle, low, high, 0.01, 0.01, 0, 0, 0)


def sound(**changes: object) -> Soundness:
    counts = {"none": 1000, "a": 1000, "b": 1000}
    enrolled = Enrolment(counts, counts, {"none": 0, "a": 1000, "b": 1000}, MOMENT, MOMENT)
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


def test_an_unfinished_test_has_no_verdict(experiment: Experiment) -> None:
    assert judged(experiment, sound(planned=3001), evidence(effect(-0.3, -0.1))) == (
        Verdict.KEEP_TESTING,
        Reason.SMALL,
    )
    young = Enrolment(
        {"none": 1000, "a": 1000, "b": 1000}, {"none": 949, "a": 949, "b": 949}, {"none": 0}, MOMENT, MOMENT
    )
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
