"""The decision in words: a headline, the effect with its interval, the other arms, the main reservation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cjlab._display import started
from cjlab.experiments._decision import Reason, Verdict
from cjlab.experiments._voice import NET, Voice

if TYPE_CHECKING:
    from cjlab.experiments._effect import Effect
    from cjlab.experiments._readout import Readout

_KEYS = {
    Verdict.DEPLOY: "deploy",
    Verdict.WORKS: "works",
    Verdict.KEEP_TESTING: "keep_testing",
    Verdict.DO_NOT_DEPLOY: "do_not_deploy",
    Verdict.INVALID: "invalid",
}


@dataclass(frozen=True, slots=True)
class Spoken:
    """A decision in words; ``**`` marks what a page shows in bold.

    Parameters
    ----------
    headline : str
        What to do.
    why : tuple of str
        Sentences: the effect with its interval, then the other arms.
    reservation : str
        What speaks most against it; empty where nothing does.
    """

    headline: str
    why: tuple[str, ...]
    reservation: str

    @property
    def sentences(self) -> tuple[str, ...]:
        """Why and the reservation, as one run of sentences."""
        return (*self.why, self.reservation) if self.reservation else self.why


def spoken(readout: Readout, language: str) -> Spoken:
    """Say a decision."""
    voice = Voice(readout.experiment, language)
    decision = readout.decision
    if decision.arm is None:
        why = tuple(one for one in (_general(readout, voice), *_each_arm(readout, voice)) if one)
        key = "works_several" if decision.verdict is Verdict.WORKS else _KEYS[decision.verdict]
        return Spoken(voice.words(key), why, "")
    arm = readout.experiment.arm(decision.arm).say(language)
    why = (_main(readout, voice, decision.arm), *_others(readout, voice, decision.arm))
    key = "loses" if decision.of(decision.arm).reason is Reason.LOSES else _KEYS[decision.verdict]
    return Spoken(voice.words(key, arm=arm), why, _reservation(readout, voice, decision.arm))


def effect_sentence(readout: Readout, voice: Voice, arm: str) -> str:
    """Say what an arm changed in the primary metric, without the full stop."""
    effect, metric = readout.effect(readout.experiment.primary.name, arm), readout.experiment.primary
    kind = "share" if metric.kind == "share" else "amount"
    label = voice.metric(metric.name)
    return voice.words(
        f"{'raises' if effect.estimate >= 0 else 'lowers'}_{kind}",
        metric=label if kind == "share" or voice.language == "en" else started(label),
        horizon=voice.horizon(),
        before=voice.level(metric.name, effect.level_versus),
        after=voice.level(metric.name, effect.level),
        change=voice.change(metric.name, effect.estimate),
        confidence=voice.numbers.share(effect.confidence, digits=0),
        interval=voice.interval(effect),
    )


def _main(readout: Readout, voice: Voice, arm: str) -> str:
    said, value = effect_sentence(readout, voice, arm), readout.experiment.value
    if value is None:
        return voice.words("no_value", effect=said)
    net = readout.effect(NET, arm)
    words = {"effect": said, "net": voice.level(NET, net.estimate), "interval": voice.interval(net)}
    if readout.decision.verdict is not Verdict.DEPLOY:
        return voice.words("losing" if net.high < 0 else "not_paying", **words)
    if net.low > 0:
        return voice.words("and_pays", **words)
    return voice.words("within_loss", **words, loss=voice.level(NET, value.loss_agreed))


def _others(readout: Readout, voice: Voice, chosen: str) -> list[str]:
    """Say how the other arms stand to the chosen one."""
    said = []
    for arm in readout.experiment.treated:
        if arm.name == chosen:
            continue
        effect = readout.effect(readout.experiment.primary.name, arm.name)
        apart = _apart(readout, chosen, arm.name)
        if arm.name in readout.decision.tied and apart is not None:
            said.append(voice.words("tied", arm=started(arm.say(voice.language)), interval=voice.interval(apart)))
        elif readout.decision.of(arm.name).verdict is Verdict.DEPLOY and apart is not None:
            said.append(_also_pays(readout, voice, arm.name, apart))
        else:
            said.append(_arm_line(readout, voice, arm.name, effect))
    return said


def _also_pays(readout: Readout, voice: Voice, arm: str, apart: Effect) -> str:
    effect = readout.effect(readout.experiment.primary.name, arm)
    return voice.words(
        "also_pays",
        arm=started(readout.experiment.arm(arm).say(voice.language)),
        change=voice.change(effect.metric, effect.estimate),
        change_interval=voice.interval(effect),
        less=voice.level(NET, apart.estimate),
        interval=voice.interval(apart),
    )


def _apart(readout: Readout, arm: str, versus: str) -> Effect | None:
    return next((one for one in readout.net if (one.arm, one.versus) == (arm, versus)), None)


def _each_arm(readout: Readout, voice: Voice) -> list[str]:
    if readout.decision.verdict is Verdict.INVALID:
        return []
    primary = readout.experiment.primary.name
    return [
        _arm_line(readout, voice, arm.name, readout.effect(primary, arm.name)) for arm in readout.experiment.treated
    ]


def _arm_line(readout: Readout, voice: Voice, arm: str, effect: Effect) -> str:
    return voice.words(
        "each_arm",
        arm=readout.experiment.arm(arm).head(voice.language),
        change=voice.change(effect.metric, effect.estimate),
        interval=voice.interval(effect),
        reason=reason(readout, voice, arm),
    )


def reason(readout: Readout, voice: Voice, arm: str) -> str:
    """Say why an arm got its verdict."""
    verdict = readout.decision.of(arm)
    key = f"reason_{verdict.reason.name.lower()}"
    if verdict.reason is not Reason.UNDECIDED:
        return voice.words(key)
    if verdict.needed is None:
        return voice.words("reason_undecided_open")
    return voice.words(key, count=voice.numbers.count(_rounded(verdict.needed)))


def _rounded(count: int) -> int:
    """Round to two significant digits: a size that is an estimate should look like one."""
    scale = int(10 ** max(0, len(str(count)) - 2))
    return -(-count // scale) * scale


def _general(readout: Readout, voice: Voice) -> str:
    """Say why the test as a whole brings no arm forward."""
    sound, verdict = readout.soundness, readout.decision.verdict
    if verdict is Verdict.INVALID:
        return _invalid(readout, voice)
    if verdict is Verdict.KEEP_TESTING and sound.unfinished is Reason.SMALL:
        planned, missing = voice.numbers.count(sound.planned or 0), voice.numbers.count(sound.missing or 0)
        return voice.words("why_small_one" if sound.missing == 1 else "why_small", count=missing, planned=planned)
    if verdict is Verdict.KEEP_TESTING and sound.unfinished is Reason.IMMATURE:
        return _immature(readout, voice)
    keys = {Verdict.KEEP_TESTING: "why_undecided", Verdict.DO_NOT_DEPLOY: "why_stop"}
    return voice.words(keys[verdict]) if verdict in keys else ""


def _immature(readout: Readout, voice: Voice) -> str:
    sound = readout.soundness
    words = {
        "share": voice.numbers.share(sound.enrolment.mature_share, digits=0),
        "required": voice.numbers.share(sound.required, digits=0),
        "horizon": voice.horizon(),
    }
    if sound.complete is None:
        return voice.words("why_immature_undated", **words)
    return voice.words("why_immature", **words, date=voice.numbers.date(sound.complete.date()))


def _invalid(readout: Readout, voice: Voice) -> str:
    sound, numbers = readout.soundness, voice.numbers
    if sound.broken is Reason.CONTAMINATED:
        return voice.words("why_contaminated", share=numbers.share(sound.contaminated, digits=1))
    counts = " / ".join(numbers.count(count) for count in sound.enrolment.customers.values())
    plan = " / ".join(numbers.share(share, digits=1) for share in readout.experiment.shares.values())
    return voice.words("why_sample_ratio", counts=counts, plan=plan)


def _reservation(readout: Readout, voice: Voice, arm: str) -> str:
    """Say what speaks most against it: unlike groups, outcomes to come, numbers typed in, the horizon."""
    sound, numbers = readout.soundness, voice.numbers
    if sound.alike is False:
        size = numbers.share(sound.largest_difference or 0, digits=0)
        return voice.words("reservation_alike", size=size)
    if sound.enrolment.mature_share < 1 and sound.complete is not None:
        share = numbers.share(1 - sound.enrolment.mature_share, digits=0)
        date = numbers.date(sound.complete.date())
        return voice.words("reservation_mature", share=share, horizon=voice.horizon(), date=date)
    assumed = _assumed(readout, voice, arm)
    if not assumed:
        return voice.words("reservation_horizon", horizon=voice.horizon())
    _, low = readout.break_even(arm)
    if low is None or readout.decision.verdict is not Verdict.DEPLOY:
        return voice.words("reservation_assumed_never", assumed=assumed)
    return voice.words("reservation_assumed", assumed=assumed, margin=numbers.share(low, digits=1))


def _assumed(readout: Readout, voice: Voice, arm: str) -> str:
    """Say which numbers were typed in rather than measured."""
    value, cost = readout.experiment.value, readout.experiment.arm(arm).cost
    if value is None:
        return ""
    margin = voice.numbers.share(value.margin, digits=0)
    money = "" if cost is None else voice.numbers.money(cost, readout.experiment.currency)
    if value.margin_assumed and cost is not None:
        return voice.words("margin_and_cost", margin=margin, cost=money)
    if value.margin_assumed:
        return voice.words("margin_only", margin=margin)
    return voice.words("cost_only", cost=money) if cost is not None else ""
