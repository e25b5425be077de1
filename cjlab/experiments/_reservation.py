"""What speaks most against a decision, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cjlab._display import joined
from cjlab.experiments._decision import Reason, Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cjlab.experiments._readout import Readout
    from cjlab.experiments._voice import Voice

_IN_MONEY = frozenset({Reason.LOSES, Reason.NOT_SHOWN_TO_PAY, Reason.COSTS})


def reservation(readout: Readout, voice: Voice) -> str:
    """Say what speaks most against a decision about one arm, or against one that rests on money; else nothing."""
    decision = readout.decision
    if decision.arm is not None:
        return _of_arm(readout, voice, decision.arm)
    if decision.verdict in {Verdict.WORKS, Verdict.DO_NOT_DEPLOY}:
        arms = [one.arm for one in decision.arms if one.reason in _IN_MONEY]
        assumed = _assumed(readout, voice, arms) if arms else ""
        return voice.words("reservation_assumed_never", assumed=assumed) if assumed else ""
    return ""


def _of_arm(readout: Readout, voice: Voice, arm: str) -> str:
    """Name the weightiest: unlike groups, outcomes to come, a line held unseen, numbers typed in, the horizon."""
    sound, numbers = readout.soundness, voice.numbers
    if sound.alike is False:
        size = numbers.share(sound.largest_difference or 0, digits=0)
        return voice.words("reservation_alike", size=size)
    if sound.enrolment.mature_share < 1 and readout.all_complete is not None:
        share = numbers.share(1 - sound.enrolment.mature_share, digits=0)
        date = numbers.date(readout.all_complete)
        return voice.words("reservation_mature", share=share, horizon=voice.horizon(), date=date)
    unseen = [voice.metric(one.metric) for one in readout.guardrails if one.arm == arm and not one.bounded]
    if unseen:
        return voice.words("reservation_unseen", metrics=joined(unseen, language=voice.language))
    assumed = _assumed(readout, voice, [arm])
    if not assumed:
        return voice.words("reservation_horizon", horizon=voice.horizon())
    _, low = readout.break_even(arm)
    if low is None or readout.decision.verdict is not Verdict.DEPLOY:
        return voice.words("reservation_assumed_never", assumed=assumed)
    return voice.words("reservation_assumed", assumed=assumed, margin=numbers.share(low, digits=1))


def _assumed(readout: Readout, voice: Voice, arms: Sequence[str]) -> str:
    """Say which numbers were typed in rather than measured."""
    value, declared = readout.experiment.value, [readout.experiment.arm(arm).cost for arm in arms]
    if value is None:
        return ""
    margin = voice.numbers.share(value.margin, digits=0)
    costs = sorted({cost for cost in declared if cost is not None})
    money = " / ".join(voice.numbers.money(cost, readout.experiment.currency) for cost in costs)
    if value.margin_assumed and costs:
        return voice.words("margin_and_cost", margin=margin, cost=money)
    if value.margin_assumed:
        return voice.words("margin_only", margin=margin)
    return voice.words("cost_only", cost=money) if costs else ""
