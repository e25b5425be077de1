"""The decision in words: a headline, the effect with its interval, the other arms, the main reservation."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from cjlab._display import started
from cjlab.experiments._columns import NET
from cjlab.experiments._decision import Reason, Verdict, alike_in_cost
from cjlab.experiments._reason import arm_line, brings
from cjlab.experiments._reservation import reservation
from cjlab.experiments._voice import Voice
from cjlab.experiments._why import why

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
        said = (why(readout, voice), *_each_arm(readout, voice))
        return Spoken(voice.words(_headline(readout)), tuple(one for one in said if one), reservation(readout, voice))
    arm = readout.experiment.arm(decision.arm).say(language)
    said = (_main(readout, voice, decision.arm), *_others(readout, voice, decision.arm))
    key = "loses" if decision.of(decision.arm).reason is Reason.LOSES else _KEYS[decision.verdict]
    return Spoken(voice.words(key, arm=arm), said, reservation(readout, voice))


def _headline(readout: Readout) -> str:
    """Name the headline of a decision about no single arm."""
    decision = readout.decision
    if decision.verdict is not Verdict.WORKS:
        return _KEYS[decision.verdict]
    pays = [one for one in decision.arms if one.verdict is Verdict.WORKS and one.reason is not Reason.LOSES]
    return "works_several" if pays else "loses_several"


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
    net, words = readout.effect(NET, arm), {"effect": said, **brings(readout, voice, arm)}
    if readout.decision.verdict is not Verdict.DEPLOY:
        loses = readout.decision.of(arm).reason is Reason.LOSES
        return voice.words("losing" if loses else "not_paying", **words)
    if net.low > 0:
        return voice.words("and_pays", **words)
    return voice.words("within_loss", **words, loss=voice.level(NET, value.loss_agreed))


def _others(readout: Readout, voice: Voice, chosen: str) -> list[str]:
    """Say how the other arms stand to the chosen one."""
    said = []
    for arm in readout.experiment.treated:
        if arm.name == chosen:
            continue
        apart = _apart(readout, chosen, arm.name)
        if arm.name in readout.decision.tied and apart is not None:
            said.append(_tied(readout, voice, arm.name, apart))
        elif readout.decision.of(arm.name).verdict is Verdict.DEPLOY and apart is not None:
            said.append(_also_pays(readout, voice, arm.name, apart))
        else:
            said.append(arm_line(readout, voice, arm.name))
    return said


def _tied(readout: Readout, voice: Voice, arm: str, apart: Effect) -> str:
    """Say that an arm cannot be told from the chosen one, and why the other was taken."""
    equal = alike_in_cost(readout.costs, arm, apart.arm)
    return voice.words(
        "tied_equal" if equal else "tied",
        arm=readout.experiment.arm(arm).head(voice.language),
        change=voice.change(readout.experiment.primary.name, _primary(readout, arm).estimate),
        net=voice.level(NET, readout.effect(NET, arm).estimate),
        interval=voice.interval(apart),
        chosen=started(readout.experiment.arm(apart.arm).say(voice.language)),
    )


def _also_pays(readout: Readout, voice: Voice, arm: str, apart: Effect) -> str:
    effect = _primary(readout, arm)
    return voice.words(
        "also_pays",
        arm=started(readout.experiment.arm(arm).say(voice.language)),
        change=voice.change(effect.metric, effect.estimate),
        change_interval=voice.interval(effect),
        less=voice.level(NET, apart.estimate),
        interval=voice.interval(apart),
    )


def _primary(readout: Readout, arm: str) -> Effect:
    return readout.effect(readout.experiment.primary.name, arm)


def _apart(readout: Readout, arm: str, versus: str) -> Effect | None:
    return next((one for one in readout.net if (one.arm, one.versus) == (arm, versus)), None)


def _each_arm(readout: Readout, voice: Voice) -> list[str]:
    if readout.decision.verdict is Verdict.INVALID:
        return []
    primary = readout.experiment.primary.name
    known = [arm.name for arm in readout.experiment.treated if isfinite(readout.effect(primary, arm.name).estimate)]
    return [arm_line(readout, voice, arm, opens=arm == known[0]) for arm in known]
